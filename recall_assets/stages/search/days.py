"""Days as people say them, seen from today: what is asked lies in the past.

    Thursday          the last one, today if it is one      last Thursday   never today
    last week         Monday to Sunday                      last 7 days     today is the seventh
    3 weeks ago       that Monday to Sunday                 in October      the last one that has begun
    2026-11-09, 9 November 2026, Nov 9th, 9.11.2026         2026-11, November 2026, 2026

English, and forms that need no language; `11/09/2026` is read by nobody in the same way, so not here either.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """Days from `first` to `last`, both included; None where it is open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def hull(cls, spans: Sequence["DaySpan"]) -> "DaySpan":
        """From the first day of all to the last; open where there are none."""
        firsts, lasts = [span.first for span in spans if span.first], [span.last for span in spans if span.last]
        return cls(min(firsts, default=None), max(lasts, default=None))

    def __and__(self, other: Self) -> "DaySpan":
        """The days of both."""
        firsts = [day for day in (self.first, other.first) if day is not None]
        lasts = [day for day in (self.last, other.last) if day is not None]
        return DaySpan(max(firsts, default=None), min(lasts, default=None))


def _abbreviated(names: tuple[str, ...], least: int) -> str:
    """A pattern for names and their beginnings: `thu`, `thur`, `thurs`, `thursday`."""
    return "|".join(
        f"{name[:least]}(?:{'|'.join(name[least:end] for end in range(len(name), least, -1))})?" for name in names
    )


_WEEKDAY = rf"(?P<weekday>{_abbreviated(_WEEKDAYS, 3)})"
_MONTH = rf"(?P<month>{_abbreviated(_MONTHS, 3)})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_OF_MONTH = r"(?P<day>\d{1,2})"
_Parts = dict[str, str]


def _weekday(parts: _Parts, today: date) -> DaySpan:
    wanted = next(n for n, name in enumerate(_WEEKDAYS) if name.startswith(parts["weekday"][:3]))
    back = (today.weekday() - wanted) % 7
    if parts.get("last") and back == 0:
        back = 7
    return _one(today - timedelta(days=back))


def _one(day: date) -> DaySpan:
    return DaySpan(day, day)


def _week(day: date) -> DaySpan:
    monday = day - timedelta(days=day.weekday())
    return DaySpan(monday, monday + 6 * _DAY)


def _month(year: int, month: int) -> DaySpan:
    return DaySpan(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _months_back(today: date, count: int) -> DaySpan:
    months = today.year * 12 + today.month - 1 - count
    return _month(months // 12, months % 12 + 1)


def _year(year: int) -> DaySpan:
    return DaySpan(date(year, 1, 1), date(year, 12, 31))


def _count(parts: _Parts) -> int:
    return _NUMBERS.get(parts["number"]) or int(parts["number"])


def _units_ago(parts: _Parts, today: date) -> DaySpan:
    count, unit = _count(parts), parts["unit"]
    if unit == "day":
        return _one(today - count * _DAY)
    if unit == "week":
        return _week(today - 7 * count * _DAY)
    return (
        _months_back(today, count if unit == "month" else 12 * count) if unit == "month" else _year(today.year - count)
    )


def _past_units(parts: _Parts, today: date) -> DaySpan:
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[parts["unit"]] * _count(parts)
    return DaySpan(today - (days - 1) * _DAY, today)


def _unit(parts: _Parts, today: date) -> DaySpan:
    back = 1 if parts["which"] in {"last", "previous"} else 0
    if parts["unit"] == "week":
        return _week(today - 7 * back * _DAY)
    return _months_back(today, back) if parts["unit"] == "month" else _year(today.year - back)


def _weekend(parts: _Parts, today: date) -> DaySpan:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    if parts["which"] in {"last", "previous"} and today.weekday() >= 5:
        saturday -= 7 * _DAY
    return DaySpan(saturday, saturday + _DAY)


def _of_month(parts: _Parts, today: date) -> DaySpan:
    month = _number_of_month(parts)
    if parts.get("year"):
        return _one(date(int(parts["year"]), month, int(parts["day"])))
    day = date(today.year, month, int(parts["day"]))
    return _one(day if day <= today else date(today.year - 1, month, int(parts["day"])))


def _whole_month(parts: _Parts, today: date) -> DaySpan:
    month = _number_of_month(parts)
    year = int(parts["year"]) if parts.get("year") else today.year - (month > today.month)
    return _month(year, month)


def _number_of_month(parts: _Parts) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"][:3]))


def _iso(parts: _Parts, _: date) -> DaySpan:
    return _one(date(int(parts["year"]), int(parts["m"]), int(parts["d"])))


# The longer forms come first. Those below are words like others (`sat`, `may`, 2026): they need `on` or `in`.
_FORMS: tuple[tuple[str, Callable[[_Parts, date], DaySpan]], ...] = (
    (rf"{_YEAR}[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})", _iso),
    (rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.{_YEAR}", _iso),
    (rf"(?:the )?{_OF_MONTH}(?:st|nd|rd|th)?\.? (?:of )?{_MONTH}(?:,? {_YEAR})?", _of_month),
    (rf"{_MONTH} {_OF_MONTH}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?", _of_month),
    (r"(?:the )?day before yesterday", lambda _, today: _one(today - 2 * _DAY)),
    (r"yesterday", lambda _, today: _one(today - _DAY)),
    (r"today", lambda _, today: _one(today)),
    (rf"{_NUMBER} (?P<unit>day|week|month|year)s? ago", _units_ago),
    (rf"(?:the )?(?:last|past) {_NUMBER} (?P<unit>day|week|month|year)s?", _past_units),
    (r"(?:the )?(?P<which>last|previous|this) weekend", _weekend),
    (r"(?P<which>last|previous|this) (?P<unit>week|month|year)", _unit),
    (rf"(?:(?P<last>last|previous)|this) {_WEEKDAY}", _weekday),
    (rf"(?P<weekday>{'|'.join(_WEEKDAYS)})", _weekday),
)
_BARE_FORMS: tuple[tuple[str, Callable[[_Parts, date], DaySpan]], ...] = (
    (_WEEKDAY, _weekday),
    (rf"{_MONTH}(?:,? {_YEAR})?", _whole_month),
    (rf"{_YEAR}-(?P<m>0[1-9]|1[0-2])", lambda parts, _: _month(int(parts["year"]), int(parts["m"]))),
    (_YEAR, lambda parts, _: _year(int(parts["year"]))),
)
SAID = re.compile("|".join(f"(?:{re.sub(r'[(][?]P<[a-z]+>', '(?:', form)})" for form, _ in _FORMS), re.IGNORECASE)
BARE = re.compile("|".join(f"(?:{re.sub(r'[(][?]P<[a-z]+>', '(?:', form)})" for form, _ in _BARE_FORMS), re.IGNORECASE)


def span_of(words: str, today: date) -> DaySpan | None:
    """The days that the words name, or None where they name none, or one that no calendar has.

    Args:
        words: all of them must belong to the name of the days.
    """
    said = " ".join(words.lower().split())
    for form, meaning in (*_FORMS, *_BARE_FORMS):
        match = re.fullmatch(form, said)
        if match is not None:
            try:
                return meaning({name: part for name, part in match.groupdict().items() if part}, today)
            except (ValueError, OverflowError):
                return None
    return None
