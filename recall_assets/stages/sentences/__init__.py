"""Sentences taken from the screen: an activity's title, and the passages that say most about it.

frames ─► lines ─► passages ─► worth ─► choosing ─► description
panels, readings ─────┘              titles ────────┘
support: does every name and number of a sentence stand in its sources?
"""

from recall_assets.stages.sentences.description import describe

__all__ = ["describe"]
