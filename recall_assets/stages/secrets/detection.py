"""Finds every secret in a text: the token engine and Recall's own rules, over the views of what OCR may have read.

    text ─► straight ─┬─► token engine
                      ├─► labels, addresses, numbers, phrases, blocks
                      ├─► joined ───► all of these again, where it differs
                      └─► squeezed ─► formats
    findings of all, on original offsets ─► merged

Pure and deterministic; what becomes of a finding is not decided here.
"""

import re
from collections.abc import Callable

from recall_assets.records import Finding
from recall_assets.stages.secrets.blocks import find_blocks
from recall_assets.stages.secrets.formats import find_formats
from recall_assets.stages.secrets.labelled import find_labelled
from recall_assets.stages.secrets.numbers import find_numbers
from recall_assets.stages.secrets.phrases import find_phrases
from recall_assets.stages.secrets.redaction import MARK, merge
from recall_assets.stages.secrets.tokens import engine_version, find_tokens
from recall_assets.stages.secrets.urls import find_in_urls
from recall_assets.stages.secrets.views import join_tokens, squeeze, straighten

RULES_VERSION = "4"
RULES: tuple[Callable[[str], list[Finding]], ...] = (
    find_blocks,
    find_labelled,
    find_in_urls,
    find_numbers,
    find_phrases,
    find_tokens,
)


# Stored beside each scanned text: our rules and the token engine's release.
DETECTOR_VERSION = f"recall-{RULES_VERSION}+kingfisher-{engine_version()}"


def detect(text: str) -> list[Finding]:
    """The secrets in a text, sorted, without overlap, each with the characters [start, end) that hold the value."""
    straight = straighten(text)
    findings = [finding for rule in RULES for finding in rule(straight)]
    findings.extend(find_formats(straight, squeeze(straight)))
    joined = join_tokens(straight)
    if joined.text:
        for finding in (finding for rule in RULES for finding in rule(joined.text)):
            start, end = joined.span(finding.start, finding.end)
            findings.append(Finding(start, end, finding.kind, finding.rule, finding.confidence))
    return merge(_outside_marks(text, [finding for finding in findings if finding.start < finding.end]))


def _outside_marks(text: str, findings: list[Finding]) -> list[Finding]:
    """Without what a mark of an earlier redaction covers; a finding that reaches into one ends or begins there."""
    marks = [mark.span() for mark in MARK.finditer(text)]
    kept: list[Finding] = []
    for finding in findings:
        pieces = [(finding.start, finding.end)]
        for left, right in marks:
            pieces = [p for s, e in pieces for p in ((s, min(e, left)), (max(s, right), e)) if p[0] < p[1]]
        kept.extend(
            Finding(s, e, finding.kind, finding.rule, finding.confidence)
            for s, e in pieces
            if re.search(r"\w", text[s:e])
        )
    return kept
