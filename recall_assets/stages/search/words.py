"""The words of a text as they are sought: without case, accents and endings, and where each stands.

    RateLimiter's tests fail (LED-412)
    rate limit ratelimiter test fail led 412 led412         "the", "of", "what" are in no text

Parts of a name are found by themselves, and together as one rare word. English endings alone are cut; a word of another
language loses an `s` or an `e` at most. The same for texts and questions, so nothing is lost by cutting too much.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

# Longer ones are no words: keys, hashes, lines drawn of dots.
LONGEST = 40
_RUN = re.compile(r"[^\W_]+(?:[-_./@:'’][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MOST_PARTS = 4
_VOWEL = re.compile(r"[aeiouy]")
_STOPWORDS = """
    a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its
    me my no nor not of on or our she so than that the their them then there these they this those to us was we were
    what when where which while who whom whose why will with would you your s t d ll re ve m
"""
STOPWORDS = frozenset(_STOPWORDS.split())


class Token(NamedTuple):
    """A word as it is sought, and the characters [start, end) of the text that show it."""

    term: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in its order; a name of several parts follows its parts as one word."""
    for run in _RUN.finditer(text):
        word = run.group()
        if word.isalnum() and (word.islower() or word[1:].islower() or word.isdigit()):  # most are; no part of a name
            if (term := term_of(word)) is not None:
                yield Token(term, run.start(), run.end())
        else:
            yield from _parts(text, run)


def terms_of(text: str) -> frozenset[str]:
    """The terms of a text, each once."""
    return frozenset(token.term for token in tokens(text))


def _parts(text: str, run: re.Match[str]) -> Iterator[Token]:
    """The parts of a name, and the name as one word."""
    pieces = []
    for part in _PART.finditer(run.group()):
        start = run.start() + part.start()
        cuts = [0, *(cut.start() for cut in _CAMEL.finditer(part.group())), len(part.group())]
        pieces += [(start + a, start + b) for a, b in pairwise(cuts) if a < b]
    for start, end in pieces:
        if (term := term_of(text[start:end])) is not None:
            yield Token(term, start, end)
    joined = "".join(text[start:end] for start, end in pieces)
    is_name = 1 < len(pieces) <= _MOST_PARTS and "'" not in run.group() and "’" not in run.group()
    if is_name and (term := term_of(joined)) is not None:
        yield Token(term, run.start(), run.end())


@lru_cache(maxsize=100_000)
def term_of(word: str) -> str | None:
    """The term that stands for a word; None for one that tells nothing."""
    plain = word.casefold() if word.isascii() else _plain(word)
    if plain in STOPWORDS or len(plain) > LONGEST or not plain:
        return None
    return stem(plain) if plain.isascii() and plain.isalpha() else plain


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def stem(word: str) -> str:
    """A lower-case English word without its ending: changes, changed, changing, change are `chang`."""
    if len(word) < 4:
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        cut = word.removesuffix(ending)
        if cut != word and len(cut) >= 3 and _VOWEL.search(cut):
            word = cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "lsz" else cut
            break
    if word.endswith("y") and len(word) > 4:
        return word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
