"""Which stretches of a stream of sound hold a voice, cut into segments for a speech engine.

    loudness  ▁▁▁▁▅▇▆▇▅▁▁▇▆▇▁▁▁▁▁▁▁▁▁▁▁▁▃▁▁▁▁▁▅▇▇▆▇▇▅▇▇▆▇▇▇▅▇▇...
    segments     [············]                 [·················|········      cut at 30 s, where it is quietest
              0.5 s before  2 s after        a click is no voice

A frame of 30 ms is loud when it stands 9 dB above the steady noise of the last ten seconds; a voice is there when a
quarter of half a second is loud and the sound is not a click. The gate lets rather too much through: the speech engine
has a detector of its own, and what is dropped here is gone. Pure; samples are float32[n], mono at 16 kHz, -1..1.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 16_000
FRAME = RATE * 30 // 1000
LONGEST = 30 * RATE
_BEFORE = RATE // 2
_AFTER = 2 * RATE
_WINDOW = 17  # frames: half a second
_LOUD_OF_WINDOW = 5
_NOISE_FRAMES = 330  # ten seconds
_NOISE_EVERY = 10
_ABOVE_NOISE = 2.8  # 9 dB
_QUIETEST = 0.001  # -60 dB of full scale: nobody is understood below it
_CUT_WITHIN = 3 * RATE


class Segment(NamedTuple):
    """A stretch with a voice; `begins` counts samples since the stream began."""

    begins: int
    samples: Samples


@dataclass
class VoiceSegments:
    """Takes a stream bit by bit and gives the segments that are complete."""

    _taken: int = 0  # samples that went through whole frames
    _rest: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    _recent: Samples = field(default_factory=lambda: np.zeros(0, np.float32))  # what may become the lead of a segment
    _open: list[Samples] = field(default_factory=list)
    _open_from: int = 0
    _quiet: int = 0  # samples since the last voice
    _noise: float = 0.0  # the steady level of the last ten seconds
    _levels: deque[float] = field(default_factory=lambda: deque(maxlen=_NOISE_FRAMES))
    _loud: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def take(self, samples: Samples) -> list[Segment]:
        """The segments that end within these samples, in time order."""
        waiting = np.concatenate([self._rest, samples])
        whole = len(waiting) // FRAME * FRAME
        self._rest = waiting[whole:]
        complete: list[Segment] = []
        for frame in waiting[:whole].reshape(-1, FRAME):
            complete += self._take_frame(frame)
        return complete

    def end(self) -> list[Segment]:
        """The segment that was open; the stream goes on as if nothing had been before."""
        last = self._close()
        self._rest = self._recent = np.zeros(0, np.float32)
        self._loud.clear()
        return last

    def _take_frame(self, frame: Samples) -> list[Segment]:
        voice = self._hears(frame)
        self._taken += FRAME
        if not self._open:
            self._recent = np.concatenate([self._recent, frame])[-(_BEFORE + _WINDOW * FRAME) :]
            if voice:
                self._open, self._open_from = [self._recent], self._taken - len(self._recent)
                self._recent, self._quiet = np.zeros(0, np.float32), 0
            return []
        self._open.append(frame)
        self._quiet = 0 if voice else self._quiet + FRAME
        if self._quiet >= _AFTER:
            return self._close()
        return self._cut() if self._taken - self._open_from >= LONGEST else []

    def _hears(self, frame: Samples) -> bool:
        level = float(np.sqrt(np.mean(np.square(frame))))
        self._levels.append(level)
        if self._taken // FRAME % _NOISE_EVERY == 0:
            self._noise = float(np.quantile(self._levels, 0.1))
        self._loud.append(level > max(_QUIETEST, _ABOVE_NOISE * self._noise))
        return sum(self._loud) >= _LOUD_OF_WINDOW and self._loud[-1]

    def _close(self) -> list[Segment]:
        if not self._open:
            return []
        segment = Segment(self._open_from, np.concatenate(self._open))
        self._open = []
        return [segment]

    def _cut(self) -> list[Segment]:
        """The open segment up to the quietest moment of its last seconds; what follows stays open."""
        samples = np.concatenate(self._open)
        tail = samples[-_CUT_WITHIN:].reshape(-1, FRAME)
        at = len(samples) - _CUT_WITHIN + FRAME * int(np.square(tail).mean(axis=1).argmin())
        segment = Segment(self._open_from, samples[:at])
        self._open, self._open_from = [samples[at:]], self._open_from + at
        return [segment]
