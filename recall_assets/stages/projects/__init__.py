"""Projects: what activities belong to, over all deployments and days.

activities ─► similarity to centroids ─► assigning (constraints) ─► naming ─► projects
"""

from recall_assets.stages.projects.assigning import assign

ALGORITHM_VERSION = "2"

__all__ = ["ALGORITHM_VERSION", "assign"]
