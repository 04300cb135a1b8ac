"""The part of a day that a question names, by the clock of the machine.

yesterday afternoon      12:00-18:00        monday at 3 pm                 14:50-15:10
this morning, tonight    of today           between 14:00 and 16:30 on 9 november
last night               of yesterday       (a clock alone, and `the morning` of no day, are words)
"""

import re
from dataclasses import dataclass
from datetime import time

_PARTS = {
    "morning": (time(5), time(12)),
    "noon": (time(11, 30), time(13, 30)),
    "afternoon": (time(12), time(18)),
    "evening": (time(17, 30), time.max),
    "night": (time(20), time.max),
}
_AROUND_MINUTES = 10
# What names part of a day and the day in one: said as day and part, which is how the rest is read.
_IN_ONE = (
    (re.compile(r"\bthis (morning|noon|afternoon|evening)\b", re.IGNORECASE), r"today \1"),
    (re.compile(r"\btonight\b", re.IGNORECASE), "today evening"),
    (re.compile(r"\blast (?:night|evening)\b", re.IGNORECASE), "yesterday evening"),
)
_CLOCK = r"(?:\d{1,2}:\d{2}(?:\s*[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?)"
_EITHER = rf"(?:{_CLOCK}|\d{{1,2}})"
_PART = re.compile(
    rf"\b(?:(?:in|on|during|at|of)\s+)?(?:the\s+)?(?P<part>{'|'.join(_PARTS)})\b(?:\s+of\b)?"
    rf"|\b(?:between|from)\s+(?P<first>{_EITHER})\s*(?:and|to|until|till|-|–)\s*(?P<last>{_CLOCK})"
    rf"|\b(?:at|around|about)\s+(?P<clock>{_CLOCK})",
    re.IGNORECASE,
)
_READ = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>[ap])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `first` to `last` on each of the days, by the machine's clock."""

    first: time
    last: time

    def __str__(self) -> str:
        last = "24:00" if self.last == time.max else f"{self.last:%H:%M}"
        return f"{self.first:%H:%M} – {last}"


def days_and_parts(text: str) -> str:
    """The text with `tonight` and the like said as day and part of it."""
    for said, meant in _IN_ONE:
        text = said.sub(meant, text)
    return text


def without_hours(text: str) -> tuple[str, Hours | None]:
    """The text without the first part of a day that it names, and that part; None where it names none."""
    match = _PART.search(text)
    hours = _hours(match) if match else None
    if match is None or hours is None:
        return text, None
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split()), hours


def _hours(match: re.Match[str]) -> Hours | None:
    if match["part"]:
        return Hours(*_PARTS[match["part"].lower()])
    try:
        if match["clock"]:
            minutes = _minutes(match["clock"])
            return Hours(_time(minutes - _AROUND_MINUTES), _time(minutes + _AROUND_MINUTES))
        last = _minutes(match["last"])
        first = _minutes(match["first"])
        if re.fullmatch(r"\d+", match["first"]) and first + 12 * 60 < last:  # from 2 to 4 pm
            first += 12 * 60
        return Hours(_time(first), _time(last)) if first < last else None
    except ValueError:
        return None


def _minutes(clock: str) -> int:
    """Minutes since midnight of `3 pm`, `15:30`; ValueError for what no clock shows."""
    read = _READ.match(clock)
    if read is None:
        raise ValueError(clock)
    hour, minute = int(read["hour"]), int(read["minute"] or 0)
    if read["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if read["half"].lower() == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(clock)
    return hour * 60 + minute


def _time(minutes: int) -> time:
    return time() if minutes < 0 else time.max if minutes >= 24 * 60 else time(minutes // 60, minutes % 60)
