"""What truly changed on a screen and when, seen by other means than the agent's, and how much of it frames show.

grab ─► somebody does something ─► grabs until it stands ─► grabs while it stands
  └──────── differs ─┬─► where it changed: a frame there afterwards shows something new
                     └─► and stood: a frame that equals it there has found the change
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import mss
import numpy as np
import numpy.typing as npt

from capture_agent.desktop import Pixels
from capture_agent.protocol import Rect
from tests.system.live_agent import StoredFrame

TRUE_CHANGES = ("typing", "scroll", "page", "popup")
RETURN = "return"  # from a window that has kept the agent from looking
STANDS_SECONDS = 2.5
_LOOK_SECONDS = 0.2
_COLOUR = 24  # a lossy image is off by less
_NOISE_PIXELS = 60  # a caret
_ALIKE = 0.99

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """What one doing changed on one monitor: `changed` until `stood`, and `standing` of it stood unchanged."""

    kind: str
    monitor: int
    began: datetime
    stood: datetime
    changed: Mask = field(repr=False)
    standing: Mask = field(repr=False)
    pixels: Pixels = field(repr=False)

    def is_on(self, frame: StoredFrame) -> bool:
        """Whether a frame shows it."""
        if frame.monitor != self.monitor or frame.at < self.began:
            return False
        alike = ~differing(frame.pixels, self.pixels)[self.standing]
        return bool(alike.mean() >= _ALIKE)


@dataclass(frozen=True, slots=True)
class Figures:
    """How much of what happened is on frames, and how many of them show nothing new."""

    missed: tuple[Change, ...]
    changes: int
    superfluous: tuple[StoredFrame, ...]
    frames: int

    @property
    def found(self) -> float:
        return 1 - len(self.missed) / self.changes

    def __str__(self) -> str:
        lost = f"; missed: {', '.join(change.kind for change in self.missed)}" if self.missed else ""
        return (
            f"changes found {self.found:.4f} ({self.changes - len(self.missed)}/{self.changes}); {self.frames} frames "
            f"kept, superfluous {len(self.superfluous) / self.frames:.4f}{lost}"
        )


class Witness:
    """Grabs monitors by itself and notes what changes; monitors must not overlap."""

    def __init__(self, address: str, monitors: Sequence[Rect]) -> None:
        self._grabber = mss.MSS(display=address)
        self._monitors = monitors
        self.changes: list[Change] = []

    def grab(self) -> list[Pixels]:
        """Every monitor as it is now, RGB."""
        shots = (self._grabber.grab((x, y, x + w, y + h)) for x, y, w, h in self._monitors)
        return [np.array(shot)[..., 2::-1] for shot in shots]

    def does(self, kind: str, act: Callable[[], object], stands: float = STANDS_SECONDS) -> None:
        """Lets something happen, waits until it stands, and notes where it changed what."""
        before, began = self.grab(), datetime.now(UTC)
        act()
        now, stood = self._settled()
        after, changing = now, [differing(a, a) for a in now]
        until = time.monotonic() + stands
        while time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            last, now = now, self.grab()
            stirred = [differing(a, b) for a, b in zip(last, now, strict=True)]
            changing = [a | b for a, b in zip(changing, stirred, strict=True)]
            if any(stirs.sum() > _NOISE_PIXELS for stirs in stirred):
                stood = datetime.now(UTC)
        for monitor, (a, b) in enumerate(zip(before, after, strict=True)):
            changed, standing = differing(a, now[monitor]) | differing(a, b), ~changing[monitor]
            if changed.sum() > _NOISE_PIXELS:
                here = Change(kind, monitor, began, stood, changed | ~standing, changed & standing, now[monitor])
                self.changes.append(here)

    def _settled(self) -> tuple[list[Pixels], datetime]:
        last, at = self.grab(), datetime.now(UTC)
        while True:
            time.sleep(_LOOK_SECONDS)
            now = self.grab()
            if all(differing(a, b).sum() <= _NOISE_PIXELS for a, b in zip(last, now, strict=True)):
                return now, at
            last, at = now, datetime.now(UTC)

    def figures(self, frames: Sequence[StoredFrame]) -> Figures:
        """How well frames show what was noted."""
        true = [change for change in self.changes if change.kind in TRUE_CHANGES]
        assert all(change.standing.any() for change in true), "what was done never stood"
        missed = tuple(change for change in true if not any(change.is_on(frame) for frame in frames))
        superfluous = tuple(self._superfluous([*frames]))
        return Figures(missed, len(true), superfluous, len(frames))

    def _superfluous(self, frames: list[StoredFrame]) -> list[StoredFrame]:
        last: dict[int, StoredFrame] = {}
        nothing_new = []
        for frame in frames:
            before = last.get(frame.monitor)
            last[frame.monitor] = frame
            if before is not None and not self._is_new(before, frame):
                nothing_new.append(frame)
        return nothing_new

    def _is_new(self, before: StoredFrame, frame: StoredFrame) -> bool:
        """Whether what was done since the frame before, or just before it, shows."""
        late = timedelta(seconds=2 * _LOOK_SECONDS)
        since = [change for change in self.changes if change.began <= frame.at and change.stood + late >= before.at]
        if any(change.kind == RETURN and change.began >= before.at for change in since):
            return True
        done = [change.changed for change in since if change.monitor == frame.monitor]
        return (
            bool(done)
            and int((differing(before.pixels, frame.pixels) & np.logical_or.reduce(done)).sum()) > _NOISE_PIXELS
        )


def differing(a: Pixels, b: Pixels) -> Mask:
    """Which pixels have another colour, bool[height, width]."""
    apart: Mask = (np.maximum(a, b) - np.minimum(a, b)).max(axis=2) > _COLOUR
    return apart
