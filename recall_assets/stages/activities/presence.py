"""Stretches of presence: where somebody sat at the machine, and where nobody did.

    frames     f f ff   f f f  f . . .  .      .      f ff f        .  unchanged screen, nobody there
    signs      | | ||   | | |  |                      | || |
    stretches  [───────────────)                      [────)
                               └ last sign of presence     └ still seen, at most STILL_LIMIT

Each frame gives a sign: the time at which somebody was last known to be there. Where idle time is known that is the
last input, or the frame itself while the picture moves (a call, a film). Where it is unknown (imports) every frame is
one, unless it says that it was taken while the machine was idle. A silence between signs longer than ABSENCE,
or than STILL_LIMIT where a screen may stand still for a reader whose input we do not know, is absence. Purpose does
not matter here: that is `segmentation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recall_assets.records import Frame

ABSENCE = timedelta(minutes=5)
FORCED_FRAME_SLACK = timedelta(minutes=1)  # the agent's forced frame every 5 minutes of activity may be late
STILL_LIMIT = timedelta(minutes=20)  # of reading, listening or watching without input
MOVING = timedelta(minutes=1)  # between changed frames of a picture that moves
SHORTEST = timedelta(seconds=5)  # what a single last frame is worth


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of unbroken presence in time order, which ended at `end_at`."""

    frames: tuple[Frame, ...]
    end_at: datetime


def stretches(frames: Sequence[Frame]) -> list[Stretch]:
    """Stretches of presence in time order; `frames` are one deployment's, sorted by captured_at.

    Frames of absence (locked, idle) belong to no stretch.
    """
    found: list[Stretch] = []
    current: list[Frame] = []
    seen_at = datetime.min.replace(tzinfo=UTC)
    for frame, sign in zip(frames, _signs(frames), strict=True):
        if current and sign is None:
            found.append(_closed(current, seen_at, frame.captured_at))
            current = []
        elif current and sign is not None and sign - seen_at > _silence(current[-1], frame):
            found.append(_closed(current, seen_at, seen_at))
            current = []
        if sign is None or (not current and frame.captured_at - sign > ABSENCE):
            continue
        current.append(frame)
        seen_at = max(seen_at, sign)
    if current:
        found.append(_closed(current, seen_at, current[-1].seen_until))
    return found


def _closed(frames: Sequence[Frame], seen_at: datetime, until: datetime) -> Stretch:
    """The stretch of the frames up to the last sign; it ends at `until` if that is near enough."""
    kept = tuple(frame for frame in frames if frame.captured_at <= seen_at) or tuple(frames[:1])
    allowed = ABSENCE if kept[-1].idle_seconds is not None else STILL_LIMIT
    end_at = until if until - seen_at <= allowed else seen_at
    return Stretch(kept, max(end_at, kept[-1].captured_at + SHORTEST))


def _silence(earlier: Frame, later: Frame) -> timedelta:
    known = earlier.idle_seconds is not None and later.idle_seconds is not None
    return ABSENCE + FORCED_FRAME_SLACK if known else STILL_LIMIT


def _signs(frames: Sequence[Frame]) -> list[datetime | None]:
    """When somebody was last known to be there, as each frame tells; none where it shows absence."""
    signs: list[datetime | None] = []
    for index, frame in enumerate(frames):
        idle = timedelta(seconds=frame.idle_seconds or 0)
        before = frames[index - 1] if index else None
        moves = (
            before is not None
            and frame.trigger == "change"
            and frame.same_as is None
            and frame.captured_at - before.captured_at <= MOVING
            and frame.text != before.text
            and idle <= STILL_LIMIT
        )
        gone = frame.locked or (frame.trigger == "idle" and frame.idle_seconds is None)
        signs.append(None if gone else frame.captured_at if moves else frame.captured_at - idle)
    return signs
