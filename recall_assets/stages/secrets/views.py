"""The same text as a reader of pixels may have to see it, each with the way back to the original offsets.

    original    key “AKlA 4N5G–W…”            what OCR gave
    straight    key "AKlA 4N5G-W..."          same length: quotes, dashes, blanks, digits in their plain form
    joined      key "AKlA4N5G-W..."           blanks and line breaks inside tokens taken out
    squeezed    key"AKlA4N5G-W..."            all blanks and line breaks taken out
    folded      key"ak1a4n5g-w..."            0/O 1/l/I 5/S 8/B 2/Z m/rn are one: for comparing, not for reading

`confusable` goes the other way: it widens a literal to every way in which OCR may have read it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from recall_assets.stages.secrets.measures import is_fragment
from recall_assets.stages.secrets.redaction import MARK

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‘’‚‛′`´＇", "'"),
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
        **dict.fromkeys("│┃║┆┊─━═┌┐└┘├┤┬┴┼╭╮╯╰", " "),
        **dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
        **{chr(0xFF01 + i): chr(0x21 + i) for i in range(94)},
    }
)
_CHUNK = re.compile(r"\S+")
_GAP = re.compile(r"[ ]?\n[ >]{0,8}|[ ]")
_TAIL = re.compile(r"[^\"'=:(\[{,;<>]*[=\"',;]{0,2}$")  # what of a piece can belong to a token that goes on
_HEAD = re.compile(r"[^\"'(\[{,;<>]+")  # what of a piece can belong to a token that went before
ASSIGNMENT = re.compile(r"[A-Za-z_0][\w.-]*=[^=\s]")  # `0PENAI_KEY=` is how some are read
_CLOSING = re.compile(r"[\"',;)}\]]*")
_READ_AS_M = re.compile("rn")
_FOLD = str.maketrans("OoQIlLi|!SsBZzGg", "0001111115582266")

# What OCR takes for one another, by the confusions that recognisers publish and that were seen on screens.
_CONFUSED = ("0OoQ", "1lI|!i", "5Ss", "8B", "2Zz", "6G")


@dataclass(frozen=True, slots=True)
class View:
    """A text and, for each of its characters, the span [starts[i], ends[i]) of the original that it stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original characters [start, end) that the view's characters [start, end), not none, stand for."""
        return self.starts[start], self.ends[end - 1]


def straighten(text: str) -> str:
    """The text at the same length with typographic forms made plain, redaction marks made dots of a password field."""
    text = MARK.sub(lambda mark: "•" * len(mark.group()), text)
    return text.translate(_STRAIGHT)


def keep(text: str, kept: Iterable[int]) -> View:
    """The view of the characters at these offsets, which must ascend."""
    starts = tuple(kept)
    return View("".join([text[i] for i in starts]), starts, tuple(i + 1 for i in starts))


def squeeze(text: str) -> View:
    """Without any blank or line break."""
    return keep(text, chain.from_iterable(range(*piece.span()) for piece in _CHUNK.finditer(text)))


def join_tokens(text: str) -> View:
    """Only the lines that hold a cut token, without the blanks and line breaks inside it, and the line before each.

    A token was cut where both sides look like parts of one.

    After a line break the part must be the whole of its line, as the rest of a wrapped token is.
    """
    pieces = list(_CHUNK.finditer(text))
    may_go_on = [_is_open_ended(piece.group()) for piece in pieces]
    dropped: set[int] = set()
    for (left, right), open_ended in zip(pairwise(pieces), may_go_on, strict=False):
        if open_ended and _continues(text, left.end(), right):
            dropped.update(range(left.end(), right.start()))
    return keep(text, (i for line in _lines_around(text, dropped) for i in line if i not in dropped))


def _lines_around(text: str, offsets: Collection[int]) -> list[range]:
    """The lines, ascending, that hold these offsets, each with the line before it, which may be its label."""
    lines: list[range] = []
    for offset in sorted(offsets):
        if lines and offset < lines[-1].stop:
            continue
        start = text.rfind("\n", 0, max(0, text.rfind("\n", 0, offset))) + 1
        end = text.find("\n", offset + 1) + 1 or len(text)
        while end < len(text) and end - 1 in offsets:
            end = text.find("\n", end) + 1 or len(text)
        start = max(start, lines[-1].stop) if lines else start
        lines.append(range(start, end))
    return lines


@lru_cache(maxsize=16_384)  # texts repeat their words; what is a secret among them stays in memory
def _is_open_ended(piece: str) -> bool:
    """Ends in what may be the first part of a token; in an address that is its last segment."""
    tail = _TAIL.findall(piece)[0]
    return is_fragment(tail) or is_fragment(tail.rpartition("/")[2])


def _continues(text: str, gap_start: int, right: "re.Match[str]") -> bool:
    gap = _GAP.fullmatch(text, gap_start, right.start())
    head = _HEAD.match(right.group())
    if gap is None or head is None or not is_fragment(head.group()):
        return False
    if "\n" not in gap.group():
        return True
    if ASSIGNMENT.match(right.group()):  # the next line of a file of settings
        return False
    return _CLOSING.fullmatch(right.group(), head.end()) is not None and text[right.end() : right.end() + 1] in {
        "",
        "\n",
    }


def lower_case(text: str) -> str:
    """The text in lower case at the same length: the few letters whose lower case is longer stay as they are."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def fold(text: str) -> View:
    """Squeezed, lower case, and with what OCR confuses made one."""
    view = squeeze(straighten(text))
    characters = list(view.text.translate(_FOLD).lower())
    starts, ends = list(view.starts), list(view.ends)
    if len(characters) != len(starts):
        # A few letters have a lower case of two characters; each keeps the span of its origin.
        lower = [letter.translate(_FOLD).lower() for letter in view.text]
        starts = [start for start, letters in zip(starts, lower, strict=True) for _ in letters]
        ends = [end for end, letters in zip(ends, lower, strict=True) for _ in letters]
    for pair in reversed([match.start() for match in _READ_AS_M.finditer("".join(characters))]):
        characters[pair : pair + 2] = ["m"]
        del starts[pair + 1], ends[pair]
    return View("".join(characters), tuple(starts), tuple(ends))


def confusable(literal: str) -> str:
    """A pattern for every way in which OCR may have read the literal; `_` and `-` may be lost."""
    pieces = []
    at = 0
    while at < len(literal):
        pair, character = literal[at : at + 2], literal[at]
        if pair.lower() == "rn" or character.lower() == "m":
            pieces.append("(?:m|rn)" if character.islower() else "(?:M|m|rn)")
            at += 2 if pair.lower() == "rn" else 1
            continue
        alike = next((group for group in _CONFUSED if character in group), character)
        if character in "_-":
            pieces.append("[_.-]?")
        elif character in ".,:;":
            pieces.append("[.,:;]?")
        else:
            pieces.append(f"[{re.escape(alike)}]" if len(alike) > 1 else re.escape(character))
        at += 1
    return "".join(pieces)
