"""Day summaries: counted facts, and sentences grouped by project that quote the screens of the day.

day ─► facts
   └─► slots ─► composition (wording, cover) ─► sentences with sources;  evidence: what those sources say
"""

from recall_assets.stages.day_summaries.summary import summarise

__all__ = ["summarise"]
