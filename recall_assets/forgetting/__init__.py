"""Forgetting by order: what is asked, what it would take, and how it goes for good.

Asked ─► criteria_of ─► look     what would go, in numbers and pictures
                    └─► forget ─► erase ─► what is left of those days is made again by whoever calls
what arrives ─► forgotten_of ─► may it come in?
"""

from recall_assets.forgetting.asking import Asked, criteria_of
from recall_assets.forgetting.ordering import Forgot, Proof, erase, forget, forgotten_of, go_on, left, look
from recall_assets.forgetting.telling import lines_of

__all__ = [
    "Asked",
    "Forgot",
    "Proof",
    "criteria_of",
    "erase",
    "forget",
    "forgotten_of",
    "go_on",
    "left",
    "lines_of",
    "look",
]
