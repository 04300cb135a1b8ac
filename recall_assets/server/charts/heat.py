"""A month as weeks of days, each as warm as it was long.

Mo Tu We Th Fr Sa Su
                   1     0  nothing      1  up to 2 h    2  up to 4 h
 2  3  4  5  6  7  8     3  up to 6 h    4  more
"""

from collections.abc import Iterator
from datetime import date, timedelta

_STEPS = (timedelta(hours=2), timedelta(hours=4), timedelta(hours=6))


def level(active: timedelta) -> int:
    """0 to 4: how warm a day of so much active time is."""
    if not active:
        return 0
    return 1 + sum(active > step for step in _STEPS)


def weeks_of(first: date) -> Iterator[list[date]]:
    """The weeks, from Monday, that hold the days of the month of `first`."""
    day = first.replace(day=1)
    last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    monday = day - timedelta(days=day.weekday())
    while monday <= last:
        yield [monday + timedelta(days=number) for number in range(7)]
        monday += timedelta(days=7)
