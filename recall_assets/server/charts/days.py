"""Figures of many days as columns of stacked pieces, in the same order in each, the largest over all at the bottom.

h
6 ┤      ▒▒
3 ┤ ██   ██   ██
  └ Mon  Tue  Wed     a column a day, as high as its total; a piece a figure
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recall_assets.server.charts.bars import Figure

_STEPS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 180, 240, 360, 480, 720))
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A figure in its column: `y` is its top, both are shares of the chart's height."""

    figure: Figure
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day: `x` and `width` are shares of the chart's width."""

    day: date
    total: timedelta
    x: float
    width: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart: its columns in order, and its lines with the time that each stands for."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[float, timedelta], ...]


def columns_of(days: Sequence[tuple[date, Sequence[Figure]]], *, gap: float = 0.25) -> Columns:
    """The chart of these days, in their order.

    Args:
        gap: between columns, as a share of a column's place.
    """
    totals = [sum((one.length for one in figures), timedelta()) for _, figures in days]
    overall: Counter[str] = Counter()
    for _, figures in days:
        overall.update({one.name: round(one.length.total_seconds()) for one in figures})
    top, lines = _scale(max(totals, default=timedelta()))
    place = 100 / max(len(days), 1)
    columns = []
    for number, ((day, figures), total) in enumerate(zip(days, totals, strict=True)):
        pieces = []
        reached = 100.0
        for one in sorted(figures, key=lambda one: (-overall[one.name], one.name)):
            height = round(100 * (one.length / top), 3)
            reached = round(reached - height, 3)
            pieces.append(Piece(one, max(reached, 0.0), height))
        x, width = round((number + gap / 2) * place, 3), round((1 - gap) * place, 3)
        columns.append(Column(day, total, x, width, tuple(pieces)))
    return Columns(tuple(columns), tuple((round(100 - 100 * (line / top), 3), line) for line in lines))


def _scale(highest: timedelta) -> tuple[timedelta, list[timedelta]]:
    """What the whole height stands for, and the lengths that have a line: few, and round."""
    step = next((step for step in _STEPS if highest <= step * _MOST_LINES), _STEPS[-1])
    count = max(1, -(-highest // step))
    return step * count, [step * number for number in range(1, count + 1)]
