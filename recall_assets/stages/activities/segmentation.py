"""The cheapest partition of a stretch's moments into segments of one purpose, by dynamic programming.

    moments   a b a b a c d c d d c c
    segments  [a b a b a][c d c d d c c]
    cost      minutes - |sum of minutes x unit vectors|   (0 where all point the same way)
              + PENALTY a segment, more when it is shorter than SHORT or longer than LONG

Exact: every segment up to LONGEST is tried at every moment. A silence inside a stretch never costs.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from recall_assets.stages.activities.vectors import Matrix

PENALTY = 3.2  # minutes of disagreement that a cut must save
SHORT = 4.0  # minutes
LONG = 100.0
LONGEST = 240.0


def segments_of(vectors: Matrix, minutes: Sequence[float], clock: Sequence[float]) -> list[tuple[int, int]]:
    """Ranges [first, after) that cover all rows in order.

    Args:
        vectors: float64[n, d] unit rows (a row of zeros says nothing and costs nothing to anyone).
        minutes: weight of each row.
        clock: float[n + 1], minutes: where each row starts, then where the last one ends.
    """
    count = len(vectors)
    if count == 0:
        return []
    weight = np.asarray(minutes)
    times = np.asarray(clock)
    gram = (vectors * weight[:, None]) @ (vectors * weight[:, None]).T
    area = np.zeros((count + 1, count + 1))
    area[1:, 1:] = gram.cumsum(axis=0).cumsum(axis=1)
    diagonal = np.diagonal(area)
    told = np.concatenate([[0.0], np.cumsum(weight * (np.linalg.norm(vectors, axis=1) > 0))])
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    origin = np.zeros(count + 1, dtype=np.int64)
    for after in range(1, count + 1):
        first = int(np.searchsorted(times, times[after] - LONGEST))
        first = min(first, after - 1)
        begin = np.arange(first, after)
        squared = area[after, after] - 2 * area[begin, after] + diagonal[begin]
        spread = told[after] - told[begin] - np.sqrt(np.maximum(squared, 0.0))
        length = times[after] - times[begin]
        cost = best[begin] + spread + PENALTY + _length_cost(length)
        choice = int(np.argmin(cost))
        best[after] = cost[choice]
        origin[after] = begin[choice]
    cuts = [count]
    while cuts[-1]:
        cuts.append(int(origin[cuts[-1]]))
    cuts.reverse()
    return list(pairwise(cuts))


def _length_cost(length: Matrix) -> Matrix:
    """Soft limits: up to PENALTY more for a segment of no length; PENALTY an hour beyond LONG."""
    cost: Matrix = PENALTY * (np.clip(1 - length / SHORT, 0, None) + np.clip(length / LONG - 1, 0, None))
    return cost
