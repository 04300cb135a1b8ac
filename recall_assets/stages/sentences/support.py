"""Finds what a sentence claims that none of its sources says; judges templates, quotes and language models alike.

    “On Ledgerly 1 h 50 min: LED-412 is fixed”     claims: Ledgerly  1  50  LED-412
          │ each must stand in at least one source, whole and in any case
          ▼
    ["the activity, Ledgerly, 1 h 50 min", "LED-412 VAT total …"]  ─► nothing unsupported

A claim is
- a number, also inside a compound; grouped thousands count without their commas: `48,600` is `48600`;
- an address (URL, mail, path), compared whole;
- an identifier: letters with digits, underscores or inner capitals (`LED-412`, `round_once`, `ExportRow`);
- a name: a word with a capital that does not open a sentence or a quote;
- an opening word with a capital, unless it is a plain word of ours or ends like a verb (`-ed`, `-ing`);
- a redaction mark with its kind.
Words in lower case and the pronoun I are not judged: an honest source list proves particulars, not phrasing.
"""

import re
from collections.abc import Iterable, Iterator

_MARK = re.compile(r"\[REDACTED:[\w-]+\]")
_ADDRESS = re.compile(
    r"\w+://[^\s“”\"'<>)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w/])(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)+"
)
_TOKEN = re.compile(r"[^\W_]+(?:(?:_+|[-'’.,:/](?=[^\W_]))[^\W_]*)*")
_GROUPED = re.compile(r"(?<=\d)[,’'](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_OPENING = re.compile(r"(?:^|[.!?:;…]\s|[“”\"„(\[–—])\s*$")
_PLAIN_TEXT = """
    a after all also an and another as at away before besides between both but by during each early every few first for
    from had has he here his her i if in into is it its last late later less mainly more most mostly nearly next no not
    nothing of on once only other our out over overall she so some still than that the their then there these they this
    those to today together two until up was we were what when where which while who with without
"""
_PLAIN = frozenset(_PLAIN_TEXT.split())
_PRONOUN = frozenset("I")


def unsupported(sentence: str, sources: Iterable[str]) -> list[str]:
    """The sentence's claims that stand in none of the sources, in order; empty means that it may be said.

    Args:
        sentence: one sentence of a summary, also with several quotes.
        sources: the whole text of everything that it rests on.
    """
    said: set[str] = set()
    for source in sources:
        said.update(_everything(source))
    return [claim for claim in dict.fromkeys(_claims(sentence)) if not _stands(claim, said)]


def _claims(sentence: str) -> Iterator[str]:
    """What the sentence asserts, as it is written."""
    for match in _MARK.finditer(sentence):
        yield match.group()
    rest = _MARK.sub(" ", sentence)
    for match in _ADDRESS.finditer(rest):
        yield match.group().rstrip(".,;:")
    rest = _ADDRESS.sub(lambda match: "x" * len(match.group()), rest)
    for match in _TOKEN.finditer(rest):
        token = match.group()
        if set(token) == {"x"} or token in _PRONOUN:
            continue
        if _is_particular(token) or (token[0].isupper() and not _is_plain_opening(token, rest[: match.start()])):
            yield token


def _is_particular(token: str) -> bool:
    """A number or an identifier."""
    return any(map(str.isdigit, token)) or "_" in token or any(map(str.isupper, token[1:]))


def _is_plain_opening(token: str, before: str) -> bool:
    word = token.lower()
    return bool(_OPENING.search(before)) and (word in _PLAIN or (len(word) > 4 and word.endswith(("ed", "ing"))))


def _stands(claim: str, said: set[str]) -> bool:
    """The claim stands there whole, or all of a compound's parts do."""
    plain = _plain(claim)
    if plain in said:
        return True
    parts = _parts(plain)
    return len(parts) > 1 and "_" not in plain and not _ADDRESS.fullmatch(claim) and all(part in said for part in parts)


def _everything(source: str) -> Iterator[str]:
    """All that a source says: marks, addresses, tokens, their parts, and numbers."""
    for pattern in (_MARK, _ADDRESS):
        for match in pattern.finditer(source):
            yield _plain(match.group().rstrip(".,;:"))
    for match in _TOKEN.finditer(source):
        plain = _plain(match.group())
        yield plain
        yield from _parts(plain)
    for match in _NUMBER.finditer(source):
        yield _plain(match.group())


def _parts(plain: str) -> list[str]:
    """Words and numbers of a compound; a decimal or a time stays one number."""
    return [part for part in re.findall(r"\d+(?:[.,:]\d+)*|[^\W\d_]+", plain) if part]


def _plain(text: str) -> str:
    """Lower case, without thousands separators and possessive endings."""
    return re.sub(r"['’]s?$", "", _GROUPED.sub("", text.casefold()))
