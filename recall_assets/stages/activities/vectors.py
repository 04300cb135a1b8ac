"""Vectors of moments, and how rare each term is.

    terms ─► tf-idf, each kind scaled to its share ─► blended with what the same context was seen beside ─► unit length

Blending is what joins documents into a purpose: an editor, a terminal and a page that are visited in turn share
their neighbours, so they come to resemble each other, while a page that replaces them does not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recall_assets.records import DocumentFrequency
from recall_assets.stages.activities.moments import Moment

Matrix = NDArray[np.float64]

BLEND_MINUTES = 8.0  # how far a context's company reaches
MEMORY = 6.0  # times as far, a later visit of the same context still counts
BLEND_SHARE = 2.0  # weight of the company against the moment's own terms
COMMON = 0.6  # of the day's contexts: a term in more of them is chrome
PHRASE = "phrase:"
NAMING = ("repository:", "series:")
LEAST_OF_NAMES = 0.3  # rarity
FEW = 8  # contexts of a day that are too few to say what is common


def rarity_of_terms(moments: Sequence[Moment], document_frequency: DocumentFrequency) -> dict[str, float]:
    """Inverse document frequency over the day's contexts and the past; terms that are everywhere are left out.

    Not so names of purposes: a day may be spent on one of them.
    """
    contexts: dict[str, set[object]] = defaultdict(set)
    for moment in moments:
        for term in moment.terms:
            if not term.startswith(PHRASE):
                contexts[term].add(moment.context)
    count = len({moment.context for moment in moments})
    total = count + document_frequency.documents
    rarity = {
        term: float(np.log((1 + total) / (1 + len(seen) + document_frequency.counts.get(term, 0))))
        for term, seen in contexts.items()
        if count < FEW or len(seen) <= COMMON * count or term.startswith(NAMING)
    }
    return {term: max(worth, LEAST_OF_NAMES) if term.startswith(NAMING) else worth for term, worth in rarity.items()}


def unit_vectors(moments: Sequence[Moment], rarity: Mapping[str, float]) -> Matrix:
    """Vectors of the moments alone, float64[n, d] of length 1; zero where a moment says nothing."""
    return _unit(_tfidf(moments, rarity))


def _tfidf(moments: Sequence[Moment], rarity: Mapping[str, float]) -> Matrix:
    """A row a moment: weight x rarity, each kind of term scaled to its own share."""
    columns = {term: number for number, term in enumerate(sorted(rarity))}
    matrix = np.zeros((len(moments), max(1, len(columns))))
    for row, moment in enumerate(moments):
        for kind_terms in _by_kind(moment.terms).values():
            weights = {term: weight * rarity[term] for term, weight in kind_terms.items() if term in rarity}
            length = float(np.sqrt(sum(weight * weight for weight in weights.values())))
            share = max(kind_terms.values())
            for term, weight in weights.items():
                matrix[row, columns[term]] = share * weight / length if length else 0.0
    return matrix


def _by_kind(bag: Mapping[str, float]) -> dict[str, dict[str, float]]:
    kinds: dict[str, dict[str, float]] = defaultdict(dict)
    for term, weight in bag.items():
        kinds[term.partition(":")[0]][term] = weight
    return kinds


def blended(moments: Sequence[Moment], vectors: Matrix) -> Matrix:
    """The unit vectors of one stretch's moments, each with that of the company which its context kept at that time."""
    at = np.array([moment.start_at.timestamp() / 60 for moment in moments])
    minutes = np.array([moment.minutes for moment in moments])
    distance = np.abs(at[:, None] - at[None, :])
    near = np.exp(-distance / BLEND_MINUTES) * minutes[None, :]
    near /= near.sum(axis=1, keepdims=True)
    numbers: dict[object, int] = {}
    context = np.array([numbers.setdefault(moment.context, len(numbers)) for moment in moments])
    same = (context[:, None] == context[None, :]) * np.exp(-distance / (MEMORY * BLEND_MINUTES))
    same /= same.sum(axis=1, keepdims=True)
    return _unit(vectors + BLEND_SHARE * _unit(same @ (near @ vectors)))


def _unit(matrix: Matrix) -> Matrix:
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Matrix = np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 0)
    return unit
