"""How a sentence may say something else than its cards although its words stand there.

    The roof costs 9,000 EUR.        ─► costs -9,000 EUR          a sign that no card has
                                     ─► costs 9,000 million, 90%  a number with something else beside it
                                     ─► costs ninety euro         a number in words
                                     ─► does not cost 9,000 EUR   a denial where no card denies anything
                                     ─► is for z e b u l o n      a word in letters

Form counts: the words of numbers, denials and currencies are those of English and a few languages beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

_NUMBER = r"(?<![\w.,:-])\d+(?:[.,:]\d+)*"
_BESIDE = re.compile(rf"(?P<number>{_NUMBER})(?:\s?(?P<sign>[%€$£¥])|[\s-](?P<next>[^\W\d_]+))?")
_GROUPED = re.compile(r"(?<=\d)[,’'](?=\d{3}(?!\d))")
_NEGATIVE = re.compile(r"(?<!\w)[-−–](?=\d)")
_LETTERS = re.compile(r"(?<!\w)[^\W\d_](?:[\s.·*-]+[^\W\d_](?!\w)){2,}")
_SIGNS = {"%": "percent", "€": "eur", "$": "usd dollar", "£": "gbp pound", "¥": "jpy yen"}
_COUNTED = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty
"""
_LARGER = """
    thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen half third quarter
    double triple twice thrice
    zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend million millionen
    deux trois quatre cinq sept huit neuf dix cent mille dos tres cuatro cinco seis siete ocho nueve diez cien mil
"""
_DIGITS = {word: str(number) for number, word in enumerate(_COUNTED.split(), start=2)}
_NUMBER_WORDS = {*_DIGITS, *_LARGER.split()}
_COMPOUND = re.compile(r"\w(?:zig|ßig|zehn|hundert|tausend)$")
_DENIED = "not no never none nobody nothing without cannot nicht kein keine nie ohne pas jamais sans"
_DENIALS = frozenset(_DENIED.split())
_JOINED = "a an and as at by each for from in into is of on or per than that the to until was were with"
_JOINING = frozenset(_JOINED.split())


def twists(text: str, says: Sequence[str]) -> bool:
    """Whether a text gives what these say another meaning, as far as its form shows that."""
    whole = "\n".join(says).casefold()
    low = text.casefold()
    words, known = _words(low), set(_words(whole))
    return (
        any(_counts(word) and word not in known and _DIGITS.get(word) not in known for word in words)
        or (_denies(words, low) and not _denies(known, whole))
        or (_NEGATIVE.search(low) is not None and _NEGATIVE.search(whole) is None)
        or any(spelled.group() not in whole for spelled in _LETTERS.finditer(low))
        or any(not _stands_so(*beside, whole) for beside in _beside(low))
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,:]\d+)*|[^\W\d_]+", _GROUPED.sub("", text))


def _counts(word: str) -> bool:
    return word in _NUMBER_WORDS or _COMPOUND.search(word) is not None


def _denies(words: Iterable[str], text: str) -> bool:
    return not _DENIALS.isdisjoint(words) or "n't" in text or "n’t" in text


def _beside(text: str) -> Iterator[tuple[str, str, str]]:
    """Each number that stands alone, with the sign or else the word after it."""
    for match in _BESIDE.finditer(_GROUPED.sub("", text)):
        yield match["number"], match["sign"] or "", match["next"] or ""


def _stands_so(number: str, sign: str, following: str, whole: str) -> bool:
    """Whether the number stands there with the same thing beside it, or with nothing."""
    if not sign and (not following or following in _JOINING):
        return True
    beside = [(other_sign, other) for one, other_sign, other in _beside(whole) if one == number]
    if sign:
        return f"{sign}{number}" in _GROUPED.sub("", whole) or any(
            sign == other_sign or (other and other.startswith(tuple(_SIGNS[sign].split())))
            for other_sign, other in beside
        )
    return not beside or any(
        (not other_sign and (not other or other in _JOINING))
        or (other and (other.startswith(following) or following.startswith(other)))
        or any(following.startswith(name) for name in _SIGNS.get(other_sign, "").split())
        for other_sign, other in beside
    )
