"""A day's lanes: who did what when, on one axis of whole hours.

08:00      09:00      10:00      11:00
  |[aaaaaaa][bb]  :     |[ccccccccc]|        a block starts and ends at a share of the axis
  |          gap ─┘     |   ▲ now   |
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

_HOUR = timedelta(hours=1)
_MOST_TICKS = 12
_SHORTEST_AXIS = 4 * _HOUR


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an axis: where it begins and how wide it is, as shares of the axis."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A whole hour on an axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The time [start, end) that lanes share, in whole hours of one zone."""

    start: datetime
    end: datetime

    def share(self, moment: datetime) -> float:
        """Where a moment lies, 0 to 100; what lies outside is at the nearer end."""
        return round(100 * min(max((moment - self.start) / (self.end - self.start), 0.0), 1.0), 3)

    def stretch(self, start: datetime, end: datetime) -> Stretch:
        """Where [start, end) lies."""
        x = self.share(start)
        return Stretch(x, round(self.share(end) - x, 3))

    def ticks(self) -> list[Tick]:
        """Whole hours from the first to the last, at most twelve or so."""
        hours = round((self.end - self.start) / _HOUR)
        step = next(step for step in (1, 2, 3, 4, 6, 12, 24) if hours / step <= _MOST_TICKS)
        moments = (self.start + number * _HOUR for number in range(0, hours + 1, step))
        return [Tick(self.share(moment), f"{moment:%H:%M}") for moment in moments]

    def now(self, moment: datetime) -> float | None:
        """Where now is; None where it is on another day."""
        return self.share(moment) if self.start <= moment <= self.end else None


def axis_of(spans: Iterable[tuple[datetime, datetime]], zone: tzinfo) -> Axis | None:
    """The hours that hold all spans, at least four of them; None without a span."""
    found = list(spans)
    if not found:
        return None
    start = min(begin for begin, _ in found).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    last = max(end for _, end in found).astimezone(zone)
    end = last.replace(minute=0, second=0, microsecond=0)
    if end < last:
        end += _HOUR
    return Axis(start, max(end, start + _SHORTEST_AXIS))


def gaps(spans: Sequence[tuple[datetime, datetime]], shortest: timedelta) -> list[tuple[datetime, datetime]]:
    """The times of at least that length between spans that none of them covers, in order."""
    found = []
    reached: datetime | None = None
    for start, end in sorted(spans):
        if reached is not None and start - reached >= shortest:
            found.append((reached, start))
        reached = end if reached is None else max(reached, end)
    return found
