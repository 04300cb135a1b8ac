"""How alike two bags of activity terms are: per kind of term, then over the kinds that both have.

    activity {repository: .. host: .. word: ..} ─┐
    centroid {repository: .. word: ..} ──────────┴─► cosine per kind ─► weighted mean, 0..1

What names a purpose (repository, ticket, channel, host, document) counts double. Rarity is that among the bags at hand.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Terms = Mapping[str, float]


class Kind(NamedTuple):
    """A kind of term in a bag: `strength` 0..1, so that a passing mention of a name is no name; values at length 1."""

    strength: float
    values: Mapping[str, float]


Bag = Mapping[str, Kind]
_ABSENT = Kind(0.0, {})

KIND_SHARE: Mapping[str, float] = {
    "ticket": 1.0,
    "series": 3.0,
    "repository": 2.0,
    "channel": 1.0,
    "path": 0.5,
    "host": 1.0,
    "person": 0.5,
    "name": 3.0,
    "word": 5.0,
}
NAMING = frozenset({"repository", "series"})
DISPUTED = 0.1  # cosine of names below which two bags name different things
DISPUTE = 0.3  # what is left then of their likeness
TELLING = 0.5  # strength of a name from which it can dispute
FULL_STRENGTH = 0.4  # of the heaviest kind's heaviest term
ONE_SIDED = 0.25  # share of a kind's weight that counts against two bags when only one of them has it


def rarity_of(bags: Iterable[Terms]) -> dict[str, float]:
    """Inverse document frequency of each term among the bags that are not empty, smoothed."""
    seen: Counter[str] = Counter()
    count = 0
    for bag in bags:
        count += bool(bag)
        seen.update(bag.keys())
    return {term: math.log((count + 1) / (number + 0.5)) for term, number in seen.items()}


def bag_of(terms: Terms, rarity: Mapping[str, float]) -> dict[str, Kind]:
    """The terms by kind: how strongly the kind shows against the others, and its values at length 1."""
    kinds: dict[str, dict[str, float]] = {}
    heaviest: dict[str, float] = {}
    for term, weight in terms.items():
        kind, _, value = term.partition(":")
        if weight > 0 and kind in KIND_SHARE:
            kinds.setdefault(kind, {})[value] = math.sqrt(weight) * rarity.get(term, 0.0)
            heaviest[kind] = max(heaviest.get(kind, 0.0), weight)
    most = max(heaviest.values(), default=0.0)
    bag: dict[str, Kind] = {}
    for kind, values in kinds.items():
        length = math.sqrt(sum(weight * weight for weight in values.values()))
        if length:
            strength = min(1.0, heaviest[kind] / (FULL_STRENGTH * most))
            bag[kind] = Kind(strength, {value: weight / length for value, weight in values.items()})
    return bag


def similarity(one: Bag, other: Bag) -> float:
    """0..1; symmetric."""
    told = agreed = 0.0
    disputed = False
    for kind, share in KIND_SHARE.items():
        mine, theirs = one.get(kind, _ABSENT), other.get(kind, _ABSENT)
        both = min(mine.strength, theirs.strength)
        told += share * (both + ONE_SIDED * abs(mine.strength - theirs.strength))
        if not both:
            continue
        small, large = sorted((mine.values, theirs.values), key=len)
        cosine = sum(weight * large.get(value, 0.0) for value, weight in small.items())
        agreed += share * both * cosine
        disputed |= kind in NAMING and both > TELLING and cosine < DISPUTED
    alike = agreed / told if told else 0.0
    return alike * DISPUTE if disputed else alike
