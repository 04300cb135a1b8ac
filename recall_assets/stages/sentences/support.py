"""Finds what a sentence claims that none of its sources says; judges templates, quotes and language models alike.

    “On Ledgerly 1 h 50 min: LED-412 is fixed”     claims: Ledgerly  1  50  LED-412
          │ each must stand in at least one source, whole and in any case
          ▼
    ["the activity, Ledgerly, 1 h 50 min", "LED-412 VAT total …"]  ─► nothing unsupported

A claim is
- a number, also inside a compound; grouped thousands count without their commas: `48,600` is `48600`;
- an address (URL, mail, path), compared whole;
- an identifier: letters with digits, underscores, inner capitals or dots (`LED-412`, `round_once`, `vat.py`);
- a word in letters without capitals (Hebrew, Chinese, phonetic): known by its pairs of letters;
- a name: a word with a capital that does not open a sentence or a quote;
- an opening word with a capital, unless it is a plain word or one of the verbs that summaries open with;
- a redaction mark with its kind.
Words in lower case and the pronoun I are not judged: an honest source list proves particulars, not phrasing.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

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
_VERBS_TEXT = """
    add answer ask assign attach book build call change check clean clear close collect comment commit compare
    complete confirm configure continue copy correct create debug decide delete deploy describe design develop
    discuss document draft edit email end enter examine explain explore export extract fill finish fix follow gather
    handle import improve include inspect install investigate join learn list look mark measure meet merge move note
    open order organise organize pay plan post prepare present print process propose publish pull push receive
    record refactor release remove rename repair replace reply report request resolve restore review rework run save
    schedule search select send set share sign sort start store study submit summarise summarize switch talk test
    track train translate try type update upload use verify visit watch work
"""
_IRREGULAR_TEXT = "held made met paid ran read said sent set took went wrote writing reading having meeting making"
_VERBS = frozenset(
    form
    for verb in _VERBS_TEXT.split()
    for stem in {verb, verb.removesuffix("e"), verb + verb[-1], verb.removesuffix("y") + "i"}
    for form in (f"{stem}ed", f"{stem}ing")
) | frozenset(_IRREGULAR_TEXT.split())
_PRONOUN = frozenset("I")
# Letters of scripts that have capitals; in others a name cannot be told by one.
_WITH_CASE = re.compile("[A-Za-z\u00aa\u00b5\u00ba-\u024f\u0370-\u058f\u10a0-\u10ff\u1e00-\u1fff]")
_DOTTED = re.compile(r"[^\W\d_]{2,}\.[^\W\d_]{2,}|[^\W\d_]\.[^\W\d_]{2,}|[^\W\d_]{2,}\.[^\W\d_]")


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
    """A number, an identifier, or a word in letters that have no capitals."""
    return (
        any(map(str.isnumeric, token))
        or "_" in token
        or any(map(str.isupper, token[1:]))
        or _DOTTED.search(token) is not None
        or _without_case(token)
    )


def _without_case(token: str) -> bool:
    return any(letter.isalpha() and not _WITH_CASE.match(letter) for letter in token)


def _is_plain_opening(token: str, before: str) -> bool:
    word = token.lower()
    return bool(_OPENING.search(before)) and (word in _PLAIN or word in _VERBS)


def _stands(claim: str, said: set[str]) -> bool:
    """The claim stands there whole, or all of a compound's parts do."""
    plain = _plain(claim)
    if plain in said:
        return True
    parts = _parts(plain)
    if _without_case(claim):
        return bool(parts) and all(part in said or _in_pairs(part, said) for part in parts)
    if _DOTTED.search(claim):
        return False
    return len(parts) > 1 and "_" not in plain and not _ADDRESS.fullmatch(claim) and all(part in said for part in parts)


def _in_pairs(word: str, said: set[str]) -> bool:
    """Each two neighbours of its letters stand somewhere: scripts without capitals often have no blanks either."""
    pairs = ["".join(pair) for pair in pairwise(word)]
    return bool(pairs) and _without_case(word) and all(any(pair in other for other in said) for pair in pairs)


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
