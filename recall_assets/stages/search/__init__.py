"""Search: what is asked, what answers it, and how answers are told.

typed ─► query (words, phrases, filters, days)
"""

from recall_assets.stages.search.query import KINDS, Query, parse

__all__ = ["KINDS", "Query", "parse"]
