"""Activities: stretches of time with one purpose, cut from the frames of one deployment's day.

frames ─► presence ─► moments (terms) ─► segmentation ─► identity, labels ─► activities
"""

from recall_assets.stages.activities.cutting import cut_day

ALGORITHM_VERSION = "2"

__all__ = ["ALGORITHM_VERSION", "cut_day"]
