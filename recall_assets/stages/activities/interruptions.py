"""Interruptions: a short stay elsewhere inside an activity that goes on afterwards.

activity      [a b a b x b a a y y y y y y ...)
likeness       1 1 1 1 0 1 1 1 0 0 0 0 0 0        to the rest of the activity
interruption          [x)                         under LONGEST_INTERRUPTION, with the activity on both sides
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from recall_assets.records import Interruption
from recall_assets.stages.activities.moments import Moment
from recall_assets.stages.activities.vectors import Matrix

LONGEST_INTERRUPTION = timedelta(minutes=5)
FOREIGN = 0.06  # cosine with the rest of the activity below which a context serves something else


def interruptions_of(moments: Sequence[Moment], vectors: Matrix, end_at: datetime) -> tuple[Interruption, ...]:
    """The interruptions of one activity in time order.

    Args:
        moments: of the activity.
        vectors: float64[n, d], unit rows, of each moment alone (not blended).
        end_at: of the activity.
    """
    weights = np.array([moment.minutes for moment in moments])
    contexts = [moment.context for moment in moments]
    whole = weights @ vectors
    foreign = []
    for context in contexts:
        same = np.array([other == context for other in contexts])
        mine = weights[same] @ vectors[same]
        rest = whole - mine
        scale = float(np.linalg.norm(mine) * np.linalg.norm(rest))
        foreign.append(scale > 0 and float(mine @ rest) / scale < FOREIGN)
    starts = [moment.start_at for moment in moments] + [end_at]
    found: list[Interruption] = []
    first = 0
    for after in range(1, len(moments) + 1):
        if after < len(moments) and foreign[after] == foreign[first]:
            continue
        inside = first > 0 and after < len(moments)
        if foreign[first] and inside and starts[after] - starts[first] < LONGEST_INTERRUPTION:
            found.append(Interruption(starts[first], starts[after], moments[first].frames[0].app_name or ""))
        first = after
    return tuple(found)
