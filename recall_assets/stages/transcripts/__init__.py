"""Transcripts: what an engine heard becomes sentences of somebody, without the secrets that were said.

utterances ─► whole_sentences ─► joined ─► detect_spoken ─► redacted sentences, and what was taken out of each
"""

from recall_assets.stages.transcripts.redacting import Redacted, joined, redact_sentences
from recall_assets.stages.transcripts.sentences import speaker_of, whole_sentences
from recall_assets.stages.transcripts.spoken import detect_spoken

__all__ = ["Redacted", "detect_spoken", "joined", "redact_sentences", "speaker_of", "whole_sentences"]
