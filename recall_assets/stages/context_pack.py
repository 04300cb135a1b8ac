"""What is handed to a model about a topic: the best excerpts that fit its budget, no two of them near-identical.

    excerpts, best first ─► like one that is in? left out ─► too long for what is left? left out ─► in
                                └ shingles of three words, half of the shorter one's in common

Tokens are estimated on the high side, since every model counts otherwise: a word of Latin letters as one for every four
of them, any other letter, digit pair or sign as one. What fits here fits there.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ALIKE = 0.5
_SHINGLE_WORDS = 3
_PIECES = re.compile(r"[A-Za-z]+|[0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text about the topic and the head under which it is cited; `text` is what it is compared by."""

    head: str
    text: str = field(repr=False)


def pack(excerpts: Sequence[Excerpt], budget: int, rendered: Callable[[int, Excerpt], str]) -> list[Excerpt]:
    """Those that go in, in their order.

    Args:
        excerpts: best first.
        budget: tokens for all of them together, as they are rendered.
        rendered: what stands in the answer for an excerpt under its number, from 1.
    """
    chosen: list[Excerpt] = []
    shingles: list[frozenset[str]] = []
    left = budget
    for excerpt in excerpts:
        own = _shingles(excerpt.text)
        cost = token_count(rendered(len(chosen) + 1, excerpt))
        if not own or cost > left or any(likeness(own, other) >= ALIKE for other in shingles):
            continue
        chosen.append(excerpt)
        shingles.append(own)
        left -= cost
    return chosen


def alike(one: str, other: str) -> bool:
    """Whether two texts say nearly the same in the same words."""
    return likeness(_shingles(one), _shingles(other)) >= ALIKE


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0..1: how much of the smaller set is in the other."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def token_count(text: str) -> int:
    """How many tokens a model makes of a text, at most."""
    return sum(map(_tokens_of, _PIECES.findall(text)))


def _tokens_of(piece: str) -> int:
    if piece.isspace():
        return piece.count("\n")
    if not piece.isascii() or not piece.isalnum():
        return len(piece.encode()) if not piece.isascii() else 1
    return -(-len(piece) // (2 if piece.isdigit() else 4))


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.casefold())
    if len(words) <= _SHINGLE_WORDS:
        return frozenset({" ".join(words)} if words else ())
    return frozenset(" ".join(words[at : at + _SHINGLE_WORDS]) for at in range(len(words) - _SHINGLE_WORDS + 1))
