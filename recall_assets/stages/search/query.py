"""What somebody typed into the search, taken apart.

    what did I change in the rate limiter on thursday app:firefox "half up" -draft after:2026-11-02
    └───────── text: words, as the legs take them ──────┘└ days ┘└ filter ┘└phrase┘└ not ┘└ days ─┘

Filters: `app: project: deployment: kind: url: before: after: on:`, a value with blanks in quotes; the same filter twice
means either. `after:` begins with the day that it names, `before:` ends on the day before. Days in the text count as
well, and leave it, with the part of the day that stands beside them; several are taken from the first to the last. What
looks like a filter and is none is text.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from recall_assets.errors import InputError
from recall_assets.stages.search.asks import Asks, asks_of
from recall_assets.stages.search.days import BARE, SAID, DaySpan, span_of
from recall_assets.stages.search.hours import Hours, days_and_parts, without_hours

KINDS = ("day", "project", "activity", "frame", "transcript", "memory")
_FILTERS = {
    "app": "apps",
    "project": "projects",
    "deployment": "deployments",
    "machine": "deployments",
    "kind": "kinds",
    "url": "urls",
}
_DAYS = ("before", "after", "since", "on")
_TOKEN = re.compile(
    rf"(?P<key>{'|'.join((*_FILTERS, *_DAYS))}):(?:\"(?P<quoted>[^\"]*)\"|(?P<value>\S+))"
    r"|(?P<not>(?<!\S)-(?=[\w\"]))?(?:\"(?P<phrase>[^\"]+)\"|(?P<word>\S+))",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    rf"\b(?:(?P<after>since|after)|(?P<before>before)|on|in|during|from|between)?\s*(?<![\w-])(?:{SAID.pattern})(?![\w-])"
    rf"|\b(?:(?P<after_bare>since|after)|(?P<before_bare>before)|on|in|during|from|between)\s+(?:{BARE.pattern})(?![\w-])",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:since|after|before|on|in|during|from|between)\s+", re.IGNORECASE)
_TO = re.compile(r"\s*(?:and|or|to|until|till|through|,|-|–|&)\s*", re.IGNORECASE)


EVER = DaySpan()


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought, where and when; values of filters are compared without regard to case."""

    text: str = field(default="", repr=False)  # what is left for the legs
    phrases: tuple[str, ...] = field(default=(), repr=False)
    excluded: tuple[str, ...] = field(default=(), repr=False)
    apps: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    days: DaySpan = EVER
    days_in_text: bool = False  # some of the days were no filter, but stood in the text
    hours: Hours | None = None  # of each day

    @property
    def asks(self) -> Asks:
        """What is asked for, and the words of the text that are sought."""
        return asks_of(self.text)

    @property
    def words(self) -> str:
        """What is sought by words and by meaning; nothing where what happened is asked for, or filters stand alone."""
        asks = self.asks
        filtered = replace(self, text="", excluded=()) != Query()
        empty = not asks.telling if filtered or asks.doing else not asks.words
        return " ".join(("" if empty else asks.words, *self.phrases)).strip()

    @property
    def when(self) -> str:
        """The days and hours that were understood, as a person says them; nothing where all are asked."""
        first, last = (day and f"{day:%A}, {day.day} {day:%B} {day.year}" for day in (self.days.first, self.days.last))
        if first == last:
            days = first or ""
        else:
            days = f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"
        return f"{days}, {self.hours}" if self.hours else days

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked: no word and no filter."""
        return self == Query()


def parse(typed: str, today: date, *, days_in_text: bool = True) -> Query:
    """What `typed` asks, seen from `today`.

    Args:
        days_in_text: whether days in the text are days, or words like others.

    Raises:
        InputError: a filter's day or kind is none.
    """
    words: list[str] = []
    found: dict[str, list[str]] = {name: [] for name in ("phrases", "excluded", *_FILTERS.values())}
    days = EVER
    for match in _TOKEN.finditer(typed):
        value = match["quoted"] or match["value"] or ""
        if match["key"] and match["key"].lower() in _DAYS:
            days &= _filtered(match["key"].lower(), value, today)
        elif match["key"]:
            found[_FILTERS[match["key"].lower()]].append(value)
        elif match["not"]:
            found["excluded"].append(match["phrase"] or match["word"])
        elif match["phrase"]:
            found["phrases"].append(match["phrase"])
        else:
            words.append(match["word"])
    for kind in found["kinds"]:
        if kind.lower() not in KINDS:
            raise InputError(f"There is no kind '{kind}'.", f"One of {', '.join(KINDS)}.")
    text, said, hours = " ".join(words), EVER, None
    if days_in_text:
        without, said = _without_days(days_and_parts(text), today)
        text = text if said == EVER else without
        if said & days != EVER:
            text, hours = without_hours(text)
    return Query(
        text,
        days=days & said,
        days_in_text=said != EVER,
        hours=hours,
        **{name: tuple(values) for name, values in found.items()},
    )


def _filtered(key: str, value: str, today: date) -> DaySpan:
    span = span_of(value.replace("_", " "), today)
    if span is None or span.first is None:
        raise InputError(
            f"'{value}' after {key}: is no day.",
            'Say 2026-11-09, 2026-11, monday, yesterday, "last week" or "3 days ago".',
        )
    if key == "before":
        return DaySpan(None, span.first - timedelta(days=1))
    return span if key == "on" else DaySpan(span.first, None)


def _without_days(text: str, today: date) -> tuple[str, DaySpan]:
    """The text without the days that it names, and those days."""
    days, named = EVER, []
    kept, at = [], 0
    for match in _IN_TEXT.finditer(text):
        span = span_of(_LEADING.sub("", match.group().strip(), count=1), today)
        if span is None or span.first is None or span.first > today:  # what was seen lies in the past
            continue
        if match["after"] or match["after_bare"]:
            days &= DaySpan(span.first, None)
        elif match["before"] or match["before_bare"]:
            days &= DaySpan(None, span.first - timedelta(days=1))
        else:
            named.append(span)
        between = text[at : match.start()]
        kept.append("" if at and _TO.fullmatch(between) else between)
        at = match.end()
    kept.append(text[at:])
    return " ".join(" ".join(kept).split()), days & DaySpan.hull(named)
