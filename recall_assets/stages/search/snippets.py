"""What of a found text is shown: the stretch that holds most of what was asked, and where in it.

... the invoice total is rounded half up since LED-412 ...
                         └──────┘       └─────┘            highlights, as characters of the snippet
"""

from collections.abc import Collection
from typing import NamedTuple

from recall_assets.stages.search.words import Token, tokens

LENGTH = 200
_MORE = "…"
_BEFORE = 40  # characters shown before the first word that was asked for


class Snippet(NamedTuple):
    """A stretch of a text, and the characters [start, end) of it that were asked for."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()


def snippet(text: str, terms: Collection[str], length: int = LENGTH) -> Snippet:
    """The stretch of `text` with the most different ones of `terms`, of about `length` characters, blanks joined."""
    flat = " ".join(text.split())
    found = [token for token in tokens(flat) if token.term in terms]
    start = _start(flat, found, length)
    end = min(len(flat), start + length)
    if end < len(flat) and (blank := flat.rfind(" ", start + length // 2, end)) > 0:
        end = blank
    before, after = (_MORE if start else ""), (_MORE if end < len(flat) else "")
    shift = len(before) - start
    marked = _joined([(token.start, token.end) for token in found if start <= token.start and token.end <= end])
    return Snippet(f"{before}{flat[start:end]}{after}", tuple((a + shift, b + shift) for a, b in marked))


def _start(flat: str, found: list[Token], length: int) -> int:
    """Where the best stretch begins, at the beginning of a word."""
    best, most = 0, 0
    for number, first in enumerate(found):
        within = {token.term for token in found[number:] if token.end - first.start <= length - _BEFORE}
        if len(within) > most:
            best, most = first.start, len(within)
    if best <= _BEFORE or len(flat) <= length:
        return 0
    blank = flat.rfind(" ", 0, best - _BEFORE // 2)
    return blank + 1 if blank >= best - _BEFORE else best


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
