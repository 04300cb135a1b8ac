"""How alike two bags of activity terms are: per kind of term, then over the kinds that both have.

    activity {repository: .. host: .. word: ..} ─┐
    centroid {repository: .. word: ..} ──────────┴─► cosine per kind ─► weighted mean, 0..1

What names a purpose (repository, ticket, channel, host, document) counts double. Rarity is that among the bags at hand.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

Terms = Mapping[str, float]
Bag = Mapping[str, Mapping[str, float]]  # kind -> value -> weight, each kind of length 1

KIND_SHARE: Mapping[str, float] = {
    "ticket": 1.0,
    "series": 3.0,
    "repository": 4.0,
    "channel": 1.0,
    "path": 0.5,
    "host": 1.0,
    "person": 0.5,
    "title": 0.5,
    "word": 4.0,
}
NAMING = frozenset({"repository", "series"})
DISPUTED = 0.1  # cosine of names below which two bags name different things
DISPUTE = 0.3  # what is left then of their likeness
ONE_SIDED = 0.25  # share of a kind's weight that counts against two bags when only one of them has it


def rarity_of(bags: Iterable[Terms]) -> dict[str, float]:
    """Inverse document frequency of each term among the bags, smoothed; 0 for a term that all have."""
    seen: Counter[str] = Counter()
    count = 0
    for bag in bags:
        count += 1
        seen.update(bag.keys())
    return {term: math.log((count + 1) / (number + 0.5)) for term, number in seen.items()}


def bag_of(terms: Terms, rarity: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The terms by kind, weighted by rarity and scaled to length 1 within each kind."""
    kinds: dict[str, dict[str, float]] = {}
    for term, weight in terms.items():
        kind, _, value = term.partition(":")
        worth = math.sqrt(max(weight, 0.0)) * max(rarity.get(term, 0.0), 0.0)
        if worth > 0 and kind in KIND_SHARE:
            kinds.setdefault(kind, {})[value] = worth
    for kind, values in kinds.items():
        length = math.sqrt(sum(weight * weight for weight in values.values()))
        kinds[kind] = {value: weight / length for value, weight in values.items()}
    return kinds


def similarity(one: Bag, other: Bag) -> float:
    """0..1; symmetric."""
    told = agreed = 0.0
    disputed = False
    for kind, share in KIND_SHARE.items():
        mine, theirs = one.get(kind), other.get(kind)
        if mine and theirs:
            told += share
            small, large = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
            cosine = sum(weight * large.get(value, 0.0) for value, weight in small.items())
            agreed += share * cosine
            disputed |= kind in NAMING and cosine < DISPUTED
        elif mine or theirs:
            told += share * ONE_SIDED
    alike = agreed / told if told else 0.0
    return alike * DISPUTE if disputed else alike
