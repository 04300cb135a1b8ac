"""The lines of a screen as sentences: cells of a line apart, wrapped lines together, crumbs of the screen cut off.

    Spam   The customer's accountant rejects the file when      ┐ `Spam` and `Trash` alone; the cells beside
    Trash  the totals differ, so | uploaded it. Thanks!         ┘ them are one text, cut into its sentences
    LED-412   Total differs   In progress   2 hours ago           `LED-412 Total differs`, the other cells alone
    Edge oil 250 ml   18.90 EUR                                   one: a value stays with what it belongs to

Where the screen left a gap between two words of a line, its text has two blanks.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_PROMPT = re.compile(r"^\S+@\S+?[:\s]\s?\S*?\s?[$#%❯>](?:\s+|$)|^[$❯]\s+|^>{1,3}\s+")
# Not after titles and abbreviations, nor after `14.`, which in many languages is a day of the month.
_ABBREVIATED = r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bNr\.)(?<!\bProf\.)(?<!\bvs\.)"
_SENTENCE_END = re.compile(
    rf"(?:(?<=[^\W\d]{{2}}\.)|(?<=[\d)”\"]{{3}}\.)|(?<=[:.,]\d\d\.)|(?<=\w[!?])){_ABBREVIATED}\s+(?=[^\W\d_a-zß-ÿ]|\d|[\"“„(])"
)
_WRAPPED_CHARACTERS = 45  # shorter lines end where they were meant to end
_CODE = re.compile(r"[{}=<>;|\\^*]|--|::|->|\w/\w+/|[\"']{3}")
# What icons, scroll bars and a caret are read as, at either end of a line; the hash of a commit.
_CRUMBS = re.compile(
    r"(?<=\w[.!?])\s+\S{1,2}$|^(?:[^\w(“„\"'#$€£\[+-]+\s*)+|[\s|_▏█>»<«]+$|^(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,40}\s+(?=\S+\s)"
)
_UNOPENED = re.compile(r"^([^(\[]*\w)[)\]}]$")
# A bar before a small word, where a sentence goes on or begins, is the pronoun I.
_BAR = re.compile(r"(?:^|(?<=[^\W\d_][,.;:!?]\s)|(?<=[a-z]\s))\|(?=\s[a-z]+['’]?[a-z]*\s)")
_BORDER = re.compile(r"\s*[─-╿]+\s*|\s+\|\s+")
_GAP = re.compile(r"\s{2,}|\t")
_NAMING = re.compile(r"^[A-Z]{1,10}-\d+:?$|^[#!]\d+:?$")
_VALUE = re.compile(r"^[+-]?[€$£¥]?\s?\d[\d.,:]*\s?\S{0,4}$")
_NARROW_WORDS = 4
_LABEL_WORDS = 8


class Piece(NamedTuple):
    """A sentence or cell of a screen, and the raw lines that it stands on."""

    text: str
    lines: tuple[str, ...]


@lru_cache(maxsize=4096)
def pieces_of(text: str) -> tuple[Piece, ...]:
    """Every sentence and cell of a screen's text that is longer than two characters."""
    return tuple(
        Piece(sentence.strip(), tuple(lines))
        for cells, lines in _unwrapped(text)
        for sentence in _SENTENCE_END.split(" ".join(cells))
        if len(sentence.strip()) > 2
    )


def head_of(text: str, lines: tuple[str, ...]) -> str:
    """The part of a wrapped sentence that stands on the first of its lines; empty for one that has no such part."""
    tails = (_SENTENCE_END.split(cell)[-1] for cell in cells_of(lines[0]))
    return next((tail for tail in tails if text.startswith(tail)), "")


def _unwrapped(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Cells that one text was wrapped into, together; never across a shell prompt."""
    block: list[str] = []
    lines: list[str] = []
    listed = False  # other cells stood beside the block's first line
    for raw in text.splitlines():
        cells = cells_of(raw)
        # Text goes on from the last cell to the last cell below, beside a column of the same list or a narrow one.
        body = cells.pop() if cells else ""
        yield from (([cell], [raw]) for cell in cells)
        is_beside = listed or all(len(cell.split()) <= _NARROW_WORDS for cell in cells)
        if block and body and is_beside and not _PROMPT.match(raw) and _continues(block[-1], body):
            block.append(body)
            lines.append(raw)
            continue
        if block:
            yield block, lines
        block, lines = ([body], [raw]) if body else ([], [])
        listed = bool(cells)
    if block:
        yield block, lines


def cells_of(line: str) -> list[str]:
    """The clean cells of a line, names and values with the cell that they belong to."""
    cells: list[str] = []
    for part in _GAP.split(line):
        for cell in filter(None, map(_clean, _parts(part))):
            if cells and (_NAMING.match(cells[-1]) or (_VALUE.match(cell) and _is_label(cells[-1]))):
                cells[-1] = f"{cells[-1]} {cell}"
            else:
                cells.append(cell)
    return cells


def _is_label(cell: str) -> bool:
    """Short enough that a value beside it belongs to it, and no value itself."""
    return len(cell.split()) <= _LABEL_WORDS and not _VALUE.match(cell)


def _parts(cell: str) -> list[str]:
    """Cut at the borders of a table; a single bar may be anything."""
    spoken = _with_pronoun(cell)
    return _BORDER.split(spoken) if spoken.count("|") > 1 or re.search("[─-╿]", spoken) else [spoken]


def _with_pronoun(cell: str) -> str:
    """The bars that stand for `I` in running text as that; those of a command or a table as they are."""
    reads_on = re.search(r"[^\W\d_]{2}[.,!?](?:\s|$)", cell) and len(cell.split()) > 3
    return _BAR.sub("I", cell) if reads_on and not _CODE.search(cell.replace("|", " ")) else cell


def _continues(cell: str, following: str) -> bool:
    """The text was broken by its window: it is long and open, and the following cell goes on in lower case."""
    if len(cell) < _WRAPPED_CHARACTERS or cell[-1] in ".!?:" or not following[0].islower():
        return False
    return not _CODE.search(cell) and not _CODE.search(following)


def _clean(cell: str) -> str:
    """The cell without shell prompt, caret, crumbs of icons and doubled spaces."""
    return _UNOPENED.sub(r"\1", _CRUMBS.sub("", _PROMPT.sub("", " ".join(cell.split()))))
