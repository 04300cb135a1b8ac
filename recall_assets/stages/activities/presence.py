"""Stretches of presence: where somebody sat at the machine, and where nobody did.

    frames     f f ff   f f f  f . . .  .      .      f ff f        .  unchanged screen, nobody there
    signs      | | ||   | | |  |                      | || |
    stretches  [───────────────)                      [────)
                               └ last sign of presence     └ still seen, at most STILL_LIMIT

Each frame gives a sign: the time at which somebody was last known to be there. Where idle time is known that is the
last input, or the frame itself while the picture moves (a call, a film). Where it is unknown (imports) every frame is
one, unless it says that it was taken while the machine was idle. Speech is a sign for as long as it is heard: who talks
in a call touches nothing. A silence between signs longer than ABSENCE, or than STILL_LIMIT where a screen may stand
still for a reader whose input we do not know, is absence. Purpose does not matter here: that is `segmentation`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from recall_assets.records import Frame, Transcript

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


class Speech:
    """When somebody was heard, in spans [start, end] by their start."""

    def __init__(self, transcripts: Sequence[Transcript]) -> None:
        self._spans = sorted((said.started_at, said.ended_at) for said in transcripts)
        self._starts = [start for start, _ in self._spans]
        self._reached = list(accumulate((end for _, end in self._spans), max))

    def last_before(self, moment: datetime) -> datetime:
        """The latest moment up to this one at which somebody spoke; the beginning of time where nobody had."""
        place = bisect_right(self._starts, moment)
        return min(self._reached[place - 1], moment) if place else datetime.min.replace(tzinfo=UTC)

    def silence(self, start: datetime, end: datetime) -> timedelta:
        """The longest stretch between the two moments in which nobody spoke."""
        longest, reached = timedelta(), start
        for begun, ended in self._spans:
            if start < ended and begun < end:
                longest, reached = max(longest, begun - reached), max(reached, ended)
        return max(longest, end - reached)

    def carries(self, start: datetime, end: datetime, pause: timedelta) -> datetime:
        """How far from `start` towards `end` somebody goes on to speak, without a longer pause than this."""
        reached = start
        for begun, ended in self._spans:
            if reached < ended and begun < end and begun - reached <= pause:
                reached = max(reached, min(ended, end))
        return reached


def stretches(frames: Sequence[Frame], transcripts: Sequence[Transcript] = ()) -> list[Stretch]:
    """Stretches of presence in time order; `frames` are one deployment's, sorted by captured_at.

    Frames of absence (locked, idle with nobody speaking) belong to no stretch.
    """
    speech = Speech(transcripts)
    found: list[Stretch] = []
    current: list[Frame] = []
    seen_at = datetime.min.replace(tzinfo=UTC)
    for frame, sign in zip(frames, _signs(frames, speech), strict=True):
        if current and sign is None:
            found.append(_closed(current, seen_at, frame.captured_at, speech))
            current = []
        elif current and sign is not None and speech.silence(seen_at, sign) > _silence(current[-1], frame):
            found.append(_closed(current, seen_at, sign, speech))
            current = []
        if sign is None or (not current and frame.captured_at - sign > ABSENCE):
            continue
        current.append(frame)
        seen_at = max(seen_at, sign)
    if current:
        found.append(_closed(current, seen_at, current[-1].seen_until, speech))
    return found


def _closed(frames: Sequence[Frame], seen_at: datetime, until: datetime, speech: Speech) -> Stretch:
    """The stretch of the frames up to the last sign; it ends at `until` if that is near enough."""
    kept = tuple(frame for frame in frames if frame.captured_at <= seen_at) or tuple(frames[:1])
    allowed = ABSENCE if kept[-1].idle_seconds is not None else STILL_LIMIT
    seen_at = speech.carries(seen_at, until, allowed)
    end_at = until if until - seen_at <= allowed else seen_at
    return Stretch(kept, max(end_at, kept[-1].captured_at + SHORTEST))


def _silence(earlier: Frame, later: Frame) -> timedelta:
    known = earlier.idle_seconds is not None and later.idle_seconds is not None
    return ABSENCE + FORCED_FRAME_SLACK if known else STILL_LIMIT


def _signs(frames: Sequence[Frame], speech: Speech) -> list[datetime | None]:
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
        heard_at = speech.last_before(frame.captured_at)
        idles = frame.trigger == "idle" and frame.idle_seconds is None
        if frame.locked or (idles and frame.captured_at - heard_at > ABSENCE):
            signs.append(None)
        else:
            signs.append(heard_at if idles else frame.captured_at if moves else max(frame.captured_at - idle, heard_at))
    return signs
