"""Values found once, found again wherever they stand without a label.

    frame 1   Password: hT7#xQ2m           finding ─► known value
    frame 2   copied "hT7#xQ2rn" just now             compared folded, so bad reading does not hide it
    frame 3   sk_live_hT7xQ2mWpL91k| another window   a long piece of it counts: windows and fields cut what they show

Known values hold clear text: they live in the memory of one run, are never written, and their repr shows nothing.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_random
from recall_assets.stages.secrets.redaction import merge
from recall_assets.stages.secrets.views import View, fold

# Shorter ones stand in too many innocent places: three digits of a card's code are also a price.
SHORTEST = 6
# So many characters of a random value in a row stand elsewhere by no chance.
PIECE = 12
# Pieces of these are words that stand in any text.
_OF_WORDS = frozenset({"seed_phrase"})


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
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in range(len(view.text) - PIECE + 1):
        places[view.text[at : at + PIECE]].append(at)
    return merge(finding for value in known for finding in _occurrences(text, view, places, value))


def _occurrences(text: str, view: View, places: Mapping[str, list[int]], value: KnownValue) -> Iterable[Finding]:
    if len(value.folded) < PIECE or value.kind in _OF_WORDS:
        yield from _whole(text, view, value)
        return
    at = 0
    while at <= len(value.folded) - PIECE:
        longest = 0
        for place in places.get(value.folded[at : at + PIECE], ()):
            length = _common(value.folded[at:], view.text[place : place + len(value.folded)])
            longest = max(longest, length)
            start, end = view.span(place, place + length)
            if length == len(value.folded) or _is_telling(text[start:end]):
                yield Finding(start, end, value.kind, "known", 0.95)
        at += max(1, longest - PIECE + 1)


def _is_telling(piece: str) -> bool:
    """Could stand there only as a piece of that value: drawn at random, where a path or a name of words is not."""
    return is_random(piece, at_least=PIECE) or re.sub(r"[ -]", "", piece).isdigit()


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def _whole(text: str, view: View, value: KnownValue) -> Iterable[Finding]:
    at = view.text.find(value.folded)
    while at != -1:
        start, end = view.span(at, at + len(value.folded))
        if _stands_alone(text, start, end) or len(value.folded) >= PIECE:
            yield Finding(start, end, value.kind, "known", 0.95)
        at = view.text.find(value.folded, at + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not the inside of a longer word: `market` does not stand in `supermarkets`."""
    return not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
