"""Takes what was found in a whole stretch of speech out of its sentences.

sentences   My password is harbor     92, kestrel.          one secret may reach over several
joined      My password is harbor 92, kestrel.
redacted    My password is [REDACTED:password]   [REDACTED:password].     the value is kept once, with the first
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from recall_assets.records import Finding
from recall_assets.stages.secrets import merge, redact


@dataclass(frozen=True, slots=True)
class Redacted:
    """A sentence without its secrets, and the secrets that began in it, each with what was said."""

    text: str
    found: tuple[tuple[Finding, str], ...] = field(default=(), repr=False)


def joined(sentences: Sequence[str]) -> str:
    """The sentences as one text, as findings count its characters."""
    return " ".join(sentences)


def redact_sentences(sentences: Sequence[str], findings: Sequence[Finding]) -> list[Redacted]:
    """The sentences without the findings.

    Args:
        findings: on the joined text.
    """
    whole = joined(sentences)
    merged = merge(findings)
    redacted = []
    start = 0
    for sentence in sentences:
        end = start + len(sentence)
        own = [finding for finding in merged if finding.start < end and start < finding.end]
        local = [_within(finding, start, end) for finding in own]
        begun = tuple((one, whole[one.start : one.end]) for one in own if one.start >= start)
        redacted.append(Redacted(redact(sentence, local), begun))
        start = end + 1
    return redacted


def _within(finding: Finding, start: int, end: int) -> Finding:
    """The part of a finding that lies in the characters [start, end), counted from there."""
    first, after = max(finding.start, start) - start, min(finding.end, end) - start
    return Finding(first, after, finding.kind, finding.rule, finding.confidence)
