"""Figures by name as rows of bars, longest first; what is too small to tell apart is one row at the end.

Ledgerly  ██████████████  3 h 10 min   100
Nimbus    ███████         1 h 35 min    50
4 others  ██              25 min        13
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

_MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class Figure:
    """A length of time under a name; `colour` is a class of the stylesheet, `link` where a click leads."""

    name: str
    length: timedelta
    colour: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure, and its share of the longest one, 0 to 100."""

    figure: Figure
    share: float


def bars_of(figures: Iterable[Figure], *, most: int = _MOST_ROWS) -> list[Bar]:
    """The rows, longest first and at most `most` of them; nothing is left out, the smallest are added up."""
    ordered = sorted((one for one in figures if one.length > timedelta()), key=lambda one: (-one.length, one.name))
    if len(ordered) > most:
        rest = ordered[most - 1 :]
        total = sum((one.length for one in rest), timedelta())
        ordered = [*ordered[: most - 1], Figure(f"{len(rest)} others", total)]
    if not ordered:
        return []
    longest = max(one.length for one in ordered)
    return [Bar(one, round(100 * (one.length / longest), 2)) for one in ordered]
