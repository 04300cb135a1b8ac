"""Joins neighbouring segments that serve one purpose although they share no document.

    segments   [a b a b][c d c][e e f e]
    alike          └─ .6 ─┘ └─ .1 ─┘          ─► [a b a b c d c][e e f e]

Projects inform the cut here: neighbours whose nearest known project is the same need less likeness to be joined. A
meeting is not joined with work at the desk.
"""

from collections.abc import Mapping, Sequence

from recall_assets.records import Project
from recall_assets.stages.likeness import bag_of, rarity_of, similarity

ALIKE = 0.4  # of neighbours; on generated days cuts within a purpose lay above .48, true changes below .2
ALIKE_IN_PROJECT = 0.25
BELONGS = 0.3  # to a known project
LONGEST_JOINED = 240.0  # minutes

Terms = Mapping[str, float]


def joined(
    terms: Sequence[Terms],
    minutes: Sequence[float],
    apart: Sequence[bool],
    projects: Sequence[Project],
) -> list[tuple[int, int]]:
    """Ranges [first, after) of segments to join, covering all in order.

    Args:
        terms: of each segment.
        minutes: of each segment.
        apart: for each segment, whether it must not be joined with the one before it.
        projects: known ones; their terms are their centroids.
    """
    rarity = rarity_of([*terms, *(project.terms for project in projects)])
    centroids = [(project.id, bag_of(project.terms, rarity)) for project in projects if project.terms]
    groups = [
        (number, number + 1, dict(one), length) for number, (one, length) in enumerate(zip(terms, minutes, strict=True))
    ]
    while True:
        bags = [bag_of(group[2], rarity) for group in groups]
        nearest = [max(((similarity(bag, c), str(i)) for i, c in centroids), default=(0.0, "")) for bag in bags]
        best, place = 0.0, 0
        for index in range(1, len(groups)):
            if apart[groups[index][0]] or groups[index - 1][3] + groups[index][3] > LONGEST_JOINED:
                continue
            one, other = nearest[index - 1], nearest[index]
            known = one[1] == other[1] and min(one[0], other[0]) >= BELONGS
            excess = similarity(bags[index - 1], bags[index]) - (ALIKE_IN_PROJECT if known else ALIKE)
            if excess > best:
                best, place = excess, index
        if not place:
            return [(first, after) for first, after, _, _ in groups]
        groups[place - 1 : place + 1] = [_union(groups[place - 1], groups[place])]


def _union(
    one: tuple[int, int, dict[str, float], float], other: tuple[int, int, dict[str, float], float]
) -> tuple[int, int, dict[str, float], float]:
    minutes = one[3] + other[3]
    terms = {
        term: (one[2].get(term, 0.0) * one[3] + other[2].get(term, 0.0) * other[3]) / minutes
        for term in {**one[2], **other[2]}
    }
    return one[0], other[1], terms, minutes
