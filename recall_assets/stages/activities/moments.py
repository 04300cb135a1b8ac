"""Moments: what the stream of a deployment showed, thinned to what differs, as vectors.

    frames    a a a a b b a c c c c c c c c c      letters: context = program, title, address
    moments   [a    ][b][a][c        ][c    ]      of one context, at most a minute each
    vectors   tf-idf of terms ─► blended with what the same context was seen beside ─► unit length

Blending is what joins documents into a purpose: an editor, a terminal and a page that are visited in turn share
their neighbours, so they come to resemble each other, while a page that replaces them does not.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from recall_assets.records import DocumentFrequency, Frame
from recall_assets.stages.activities.presence import Stretch
from recall_assets.stages.activities.terms import terms_of

Matrix = NDArray[np.float64]

LONGEST_MOMENT = timedelta(minutes=1)
LONGEST_CREDIT = 3.0  # minutes that one still moment counts at most
BLEND_MINUTES = 5.0  # how far a context's company reaches
BLEND_SHARE = 1.0  # weight of the company against the moment's own terms
COMMON = 0.6  # of the day's contexts: a term in more of them is chrome


@dataclass(frozen=True, slots=True)
class Moment:
    """Consecutive frames of one context; `minutes` is its weight."""

    frames: tuple[Frame, ...]
    stretch: int
    start_at: datetime
    minutes: float
    context: tuple[str | None, str | None, str | None]


def moments_of(stretches: Sequence[Stretch]) -> list[Moment]:
    """The moments of all stretches in time order."""
    found: list[Moment] = []
    for number, stretch in enumerate(stretches):
        groups: list[list[Frame]] = []
        for frame in stretch.frames:
            last = groups[-1] if groups else None
            if (
                last
                and _context(last[0]) == _context(frame)
                and frame.captured_at - last[0].captured_at < LONGEST_MOMENT
            ):
                last.append(frame)
            else:
                groups.append([frame])
        starts = [group[0].captured_at for group in groups] + [stretch.end_at]
        for group, start, after in zip(groups, starts, starts[1:], strict=False):
            minutes = max((after - start).total_seconds() / 60, 1 / 60)
            found.append(Moment(tuple(group), number, start, min(minutes, LONGEST_CREDIT), _context(group[0])))
    return found


def _context(frame: Frame) -> tuple[str | None, str | None, str | None]:
    title = (frame.window_title or "").lstrip("*●• ")
    return (frame.app_name, title, frame.url)


def vectors_of(moments: Sequence[Moment], document_frequency: DocumentFrequency) -> Matrix:
    """Unit vectors of the moments, float64[n, d], blended with their company."""
    bags = [_bag(moment) for moment in moments]
    matrix = _tfidf(moments, bags, document_frequency)
    return _unit(_blended(moments, matrix))


def _bag(moment: Moment) -> dict[str, float]:
    bag: dict[str, float] = defaultdict(float)
    distinct = {frame.text: frame for frame in moment.frames}
    for frame in distinct.values():
        for term, weight in terms_of(frame).items():
            bag[term] = max(bag[term], weight)
    return bag


def _tfidf(
    moments: Sequence[Moment], bags: Sequence[dict[str, float]], document_frequency: DocumentFrequency
) -> Matrix:
    """A row a moment: weight x rarity, each kind of term scaled to its own share."""
    contexts: dict[str, set[object]] = defaultdict(set)
    for moment, bag in zip(moments, bags, strict=True):
        for term in bag:
            contexts[term].add(moment.context)
    count = len({moment.context for moment in moments})
    total = count + document_frequency.documents
    rarity = {
        term: float(np.log((1 + total) / (1 + len(seen) + document_frequency.counts.get(term, 0))))
        for term, seen in contexts.items()
        if count < 8 or len(seen) <= COMMON * count
    }
    columns = {term: number for number, term in enumerate(sorted(rarity))}
    matrix = np.zeros((len(moments), max(1, len(columns))))
    for row, bag in enumerate(bags):
        for kind_terms in _by_kind(bag).values():
            weights = {term: weight * rarity[term] for term, weight in kind_terms.items() if term in rarity}
            length = float(np.sqrt(sum(weight * weight for weight in weights.values())))
            share = max(kind_terms.values())
            for term, weight in weights.items():
                matrix[row, columns[term]] = share * weight / length if length else 0.0
    return matrix


def _by_kind(bag: dict[str, float]) -> dict[str, dict[str, float]]:
    kinds: dict[str, dict[str, float]] = defaultdict(dict)
    for term, weight in bag.items():
        kinds[term.partition(":")[0]][term] = weight
    return kinds


def _blended(moments: Sequence[Moment], matrix: Matrix) -> Matrix:
    """Each moment's vector plus that of the company which its context kept around that time."""
    at = np.array([moment.start_at.timestamp() / 60 for moment in moments])
    minutes = np.array([moment.minutes for moment in moments])
    near = np.exp(-np.abs(at[:, None] - at[None, :]) / BLEND_MINUTES) * minutes[None, :]
    stretch = np.array([moment.stretch for moment in moments])
    near *= stretch[:, None] == stretch[None, :]
    numbers: dict[object, int] = {}
    context = np.array([numbers.setdefault(moment.context, len(numbers)) for moment in moments])
    same = (context[:, None] == context[None, :]) * np.exp(-np.abs(at[:, None] - at[None, :]) / (6 * BLEND_MINUTES))
    same *= stretch[:, None] == stretch[None, :]
    same /= same.sum(axis=1, keepdims=True)
    near /= near.sum(axis=1, keepdims=True)
    unit = _unit(matrix)
    company = same @ (near @ unit)
    blended: Matrix = unit + BLEND_SHARE * _unit(company)
    return blended


def _unit(matrix: Matrix) -> Matrix:
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Matrix = np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 0)
    return unit


def contexts_of(moments: Sequence[Moment]) -> Counter[tuple[str | None, str | None, str | None]]:
    """How many minutes-weighted moments each context had, in whole moments."""
    return Counter(moment.context for moment in moments)
