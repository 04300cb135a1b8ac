"""The assets whose words summaries and memories tell on; none where no language model is set for them.

activity_titles    2026-11-22|laptop  ─┬─► day_summaries, memories of the day: made again when the words are others
project_summaries  2026-11-22         ─┘
"""

import dagster as dg

from recall_assets.model_settings import Purpose
from recall_assets.partitions import DAY_OF
from recall_assets.settings import load_settings

_TITLES: Purpose = "activity_titles"
_PROJECTS: Purpose = "project_summaries"

WORDED = tuple(purpose for purpose in (_TITLES, _PROJECTS) if load_settings().llm(purpose) is not None)


def worded_deps(*, by_machine: bool) -> list[dg.AssetDep]:
    """What an asset depends on that tells their words.

    Args:
        by_machine: whether its partitions are those of deployments, not the days of all of them.
    """
    other = _PROJECTS if by_machine else _TITLES
    return [dg.AssetDep(one, partition_mapping=DAY_OF) if one == other else dg.AssetDep(one) for one in WORDED]
