"""Records one source until it is told to stop: child process ─► voice gate ─► FLAC ─► whoever keeps it.

    device ─ PCM, 0.25 s a block ─► may sound be kept? ─ no ─► dropped, and what was open with it
                                                       └ yes ─► VoiceSegments ─► Recorded

A device that goes away, or a child that gives nothing, is told as a problem and tried again; recording never ends by
itself. What was said until sound may no longer be kept is dropped with its segment: better less than too much.
"""

import contextlib
import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Literal

import numpy as np

from capture_agent.audio.device import BLOCK
from capture_agent.audio.voice import RATE, Samples, Segment, VoiceSegments

Source = Literal["microphone", "system"]
_BLOCK_BYTES = 2 * BLOCK
# A microphone always gives something; what the speakers play is, with some sound servers, nothing while all is quiet.
_PATIENCE_SECONDS: dict[Source, float] = {"microphone": 10.0, "system": 600.0}
_AGAIN_SECONDS = 10.0
_WATCH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Recorded:
    """A segment as a FLAC file, mono at 16 kHz; times as the machine's clock showed them."""

    source: Source
    began: datetime
    ended: datetime
    flac: bytes


@dataclass
class Recorder:
    """Records in the thread that calls `run`.

    Args:
        allowed: whether sound may be kept now; asked four times a second.
        keep: takes a segment; what it raises ends `run`.
        now: the machine's clock, aware.
    """

    source: Source
    allowed: Callable[[], bool]
    keep: Callable[[Recorded], None]
    now: Callable[[], datetime]
    again_seconds: float = _AGAIN_SECONDS
    problem: str | None = field(default=None, init=False)
    heard_at: datetime | None = field(default=None, init=False)  # when the device last gave sound, be it silence

    def run(self, stop: threading.Event) -> None:
        """Records until `stop`."""
        while not stop.is_set():
            with self._child(stop) as sound:
                self._record(sound)
            if not stop.is_set():
                stop.wait(self.again_seconds)

    @contextlib.contextmanager
    def _child(self, stop: threading.Event) -> Iterator[IO[bytes]]:
        """What a fresh child gives; it is ended on `stop` and when it falls silent, and then says why."""
        command = [sys.executable, "-m", "capture_agent.audio.device", self.source]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
        assert child.stdout is not None
        watch = threading.Thread(target=self._watch, args=(child, stop), daemon=True)
        watch.start()
        try:
            yield child.stdout
        finally:
            child.kill()
            _, said = child.communicate()
            watch.join()
            lines = said.decode("utf-8", "replace").strip().splitlines()
            if not stop.is_set():
                self.problem = lines[-1] if lines else f"The {self.source} device gives no sound; it is tried again."

    def _watch(self, child: "subprocess.Popen[bytes]", stop: threading.Event) -> None:
        began, heard = time.monotonic(), self.heard_at
        while child.poll() is None:
            if self.heard_at != heard:
                began, heard = time.monotonic(), self.heard_at
            if stop.wait(_WATCH_SECONDS) or time.monotonic() - began > _PATIENCE_SECONDS[self.source]:
                child.kill()
                return

    def _record(self, sound: IO[bytes]) -> None:
        gate, heard = VoiceSegments(), 0
        while len(block := sound.read(_BLOCK_BYTES)) == _BLOCK_BYTES:
            self.problem, self.heard_at = None, self.now()
            heard += BLOCK
            if self.allowed():
                samples = np.frombuffer(block, "<i2").astype(np.float32) / np.float32(32768)
                self._keep(gate.take(samples), heard)
            else:
                gate, heard = VoiceSegments(), 0
        self._keep(gate.end(), heard)

    def _keep(self, segments: Iterable[Segment], heard: int) -> None:
        for segment in segments:
            began = self.now() - _seconds(heard - segment.begins)
            ended = began + _seconds(len(segment.samples))
            self.keep(Recorded(self.source, began, ended, flac(segment.samples)))


def flac(samples: Samples) -> bytes:
    """The sound as a FLAC file, lossless at 16 bits."""
    import soundfile  # the extra `agent-audio` brings it

    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _seconds(samples: int) -> timedelta:
    return timedelta(seconds=samples / RATE)
