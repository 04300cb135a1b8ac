"""Values found once, found again wherever they stand without a label.

    frame 1   Password: hT7#xQ2m           finding ─► known value
    frame 2   copied "hT7#xQ2rn" just now             compared folded, so bad reading does not hide it

Known values hold clear text: they live in the memory of one run, are never written, and their repr shows nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from recall_assets.records import Finding
from recall_assets.stages.secrets.redaction import merge
from recall_assets.stages.secrets.views import View, fold

# Shorter ones stand in too many innocent places: three digits of a card's code are also a price.
SHORTEST = 6


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value, folded for comparison, and the kind it was found as."""

    folded: str = field(repr=False)
    kind: str


def known_values(text: str, findings: Iterable[Finding]) -> frozenset[KnownValue]:
    """The values of the findings in their text; those too short to be told from other text are left out."""
    known = set()
    for finding in findings:
        folded = fold(text[finding.start : finding.end]).text
        if len(folded) >= SHORTEST and finding.kind not in {"one_time_code", "card_security_code"}:
            known.add(KnownValue(folded, finding.kind))
    return frozenset(known)


def detect_known(text: str, known: Collection[KnownValue]) -> list[Finding]:
    """Where known values stand in a text, sorted and without overlap, whatever stands around them."""
    if not known:
        return []
    view = fold(text)
    return merge(finding for value in known for finding in _occurrences(text, view, value))


def _occurrences(text: str, view: View, value: KnownValue) -> Iterable[Finding]:
    at = view.text.find(value.folded)
    while at != -1:
        start, end = view.span(at, at + len(value.folded))
        if _stands_alone(text, start, end) or len(value.folded) >= 12:
            yield Finding(start, end, value.kind, "known", 0.95)
        at = view.text.find(value.folded, at + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not the inside of a longer word: `market` does not stand in `supermarkets`."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
