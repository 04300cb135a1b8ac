"""Stretches of presence: where somebody sat at the machine, and where nobody did.

    frames     f f ff   f f f  f . . .  .      .      f ff f        .  unchanged screen, nobody there
    stretches  [──────────────)                       [──────)
                              └ first unchanged frame        └ still seen, at most STILL_LIMIT

A machine that reports idle time is believed: a frame was earned by input `idle_seconds` before it, and since an agent
sends a frame every 5 minutes of activity, a longer silence is absence. Where idle time is unknown (imports), a
screen may stand still for a reader; then only unchanged frames that keep coming minutes apart, or a silence beyond
`STILL_LIMIT`, are absence. Purpose does not matter here: that is `segmentation`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recall_assets.records import Frame

ABSENCE = timedelta(minutes=5)
FORCED_FRAME_SLACK = timedelta(minutes=1)  # the agent's forced frame every 5 minutes may be late
STILL_LIMIT = timedelta(minutes=20)  # of reading or listening without a change, where idle time is unknown
CONFIRMED_STILL = timedelta(minutes=2)  # between two unchanged frames; shorter ones are a moved pointer or a video
SHORTEST = timedelta(seconds=5)  # what a single last frame is worth

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of unbroken presence in time order, which ended at `end_at`."""

    frames: tuple[Frame, ...]
    end_at: datetime


def stretches(frames: Sequence[Frame]) -> list[Stretch]:
    """Stretches of presence in time order; `frames` are one deployment's, sorted by captured_at.

    Frames of absence (locked, idle, unchanged for long) belong to no stretch.
    """
    present = _presence(frames)
    found: list[Stretch] = []
    current: list[Frame] = []
    for index, frame in enumerate(frames):
        if not present[index]:
            if current:
                found.append(
                    Stretch(tuple(current), max(_end(current[-1]), min(frame.captured_at, _limit(current[-1]))))
                )
                current = []
            continue
        if current and frame.captured_at - current[-1].captured_at > _silence(current[-1], frame):
            found.append(Stretch(tuple(current), _end(current[-1])))
            current = []
        current.append(frame)
    if current:
        last = current[-1]
        found.append(Stretch(tuple(current), max(_end(last), min(last.seen_until, _limit(last)))))
    return found


def _silence(earlier: Frame, later: Frame) -> timedelta:
    known = earlier.idle_seconds is not None and later.idle_seconds is not None
    return ABSENCE + FORCED_FRAME_SLACK if known else STILL_LIMIT


def _end(frame: Frame) -> datetime:
    """Where a stretch ends after which nothing is known."""
    return frame.captured_at + SHORTEST


def _limit(frame: Frame) -> datetime:
    """Until when a frame that was still seen counts as presence."""
    held = frame.seen_until - frame.captured_at
    allowed = ABSENCE if frame.idle_seconds is not None else STILL_LIMIT
    return frame.captured_at + (held if held <= allowed else SHORTEST)


def _presence(frames: Sequence[Frame]) -> list[bool]:
    present = [
        not frame.locked and frame.trigger != "idle" and (frame.idle_seconds or 0) <= ABSENCE.total_seconds()
        for frame in frames
    ]
    for first, after in _unchanged_runs(frames):
        sparse = [
            index
            for index in range(first, after - 1)
            if frames[index + 1].captured_at - frames[index].captured_at > CONFIRMED_STILL
        ]
        still = sum((frames[index + 1].captured_at - frames[index].captured_at for index in sparse), timedelta(0))
        if still > ABSENCE:
            present[sparse[0] : after] = [False] * (after - sparse[0])
    return present


def _unchanged_runs(frames: Sequence[Frame]) -> list[tuple[int, int]]:
    """Ranges [first, after) of frames that show what their monitor showed before; only where idle time is unknown."""
    shown: dict[int, tuple[object, ...]] = {}
    runs: list[tuple[int, int]] = []
    begin: int | None = None
    for index, frame in enumerate(frames):
        content = (frame.app_name, frame.window_title, frame.url, frozenset(_WORD.findall(frame.text)))
        unchanged = frame.idle_seconds is None and shown.get(frame.monitor) == content
        shown[frame.monitor] = content
        if unchanged and begin is None:
            begin = index
        elif not unchanged and begin is not None:
            runs.append((begin, index))
            begin = None
    if begin is not None:
        runs.append((begin, len(frames)))
    return runs
