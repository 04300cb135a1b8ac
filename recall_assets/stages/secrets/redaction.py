"""Puts `[REDACTED:kind]` where a secret stood.

    text      the key is  AKIA................  and more
    findings              [--------]
                              [----------]          overlapping ones become one mark
    redacted  the key is  [REDACTED:token]  and more

The mark tells the kind and nothing of the value: no length, no prefix, no digest.
"""

import re
from collections.abc import Iterable

from recall_assets.records import Finding

MARK = re.compile(r"\[REDACTED:[a-z_]+\]")


def redact(text: str, findings: Iterable[Finding]) -> str:
    """The text with each finding, or run of overlapping findings, replaced by one mark of the surest one's kind."""
    pieces: list[str] = []
    at = 0
    for finding in merge(findings):
        pieces.append(text[at : finding.start])
        pieces.append(f"[REDACTED:{finding.kind}]")
        at = finding.end
    pieces.append(text[at:])
    return "".join(pieces)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Findings sorted and without overlap: those that share a character become one, named after the surest of them."""
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        if merged and finding.start < merged[-1].end:
            before = merged[-1]
            surest = max(before, finding, key=lambda f: (f.confidence, f.end - f.start))
            end = max(before.end, finding.end)
            merged[-1] = Finding(before.start, end, surest.kind, surest.rule, surest.confidence)
        else:
            merged.append(finding)
    return merged
