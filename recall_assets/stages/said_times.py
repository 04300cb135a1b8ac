"""Moments as people say them, seen from now.

    yesterday               from 00:00 to the next 00:00       last week       Monday 00:00 to the next Monday 00:00
    yesterday 14:30         14:30                              14:30, now      of today
    2026-11-09T14:30        14:30 of that day                  2026-11-09      from 00:00 to the next 00:00

Days are those of `stages.search.days`, in the zone of `now`. A span that ends with a day ends after it.
"""

import re
from datetime import date, datetime, time, timedelta

from recall_assets.errors import InputError
from recall_assets.stages.search.days import span_of

_WITH_CLOCK = re.compile(
    r"(?:(?P<day>.*?)(?:\s+at\s+|\s+|(?<=\d)[Tt]|(?<=\d),\s*))?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)


def begin_of(words: str, now: datetime) -> datetime:
    """When what the words name begins.

    Raises:
        InputError: they name no time.
    """
    return _read(words, now, ends=False)


def end_of(words: str, now: datetime) -> datetime:
    """When what the words name has ended: of a day the next one's beginning.

    Raises:
        InputError: they name no time.
    """
    return _read(words, now, ends=True)


def _read(words: str, now: datetime, *, ends: bool) -> datetime:
    said = " ".join(words.split())
    if said.lower() == "now":
        return now
    clock = _WITH_CLOCK.fullmatch(said)
    span = span_of((clock["day"] or "today") if clock else said, now.date())
    try:
        if clock and span is not None and span.first is not None:
            return _at(span.first, time(int(clock["hour"]), int(clock["minute"])), now)
        if not clock and span is not None and span.first is not None and span.last is not None:
            return _at(span.last + timedelta(days=1) if ends else span.first, time(), now)
    except (ValueError, OverflowError):
        pass
    raise InputError(
        f"'{words}' is no time.", "Say 2026-11-09, 2026-11-09 14:30, yesterday, monday 9:00, last week, 14:30 or now."
    )


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)
