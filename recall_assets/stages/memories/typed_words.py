"""Words of command lines as they were typed: what was misread is known from titles and from other lines.

yim vat.py             "vat.py - VIM" in a title, or vim on many lines    ─► vim vat.py
pytest tests/a.pyl     the caret stood behind it; a.py in a title         ─► pytest tests/a.py
"""

import re
from collections import Counter
from collections.abc import Iterable

CARETS = frozenset("lI|1]_")
_OFTEN = 2  # times as often, to be what a rarer one was misread from
_WORD = re.compile(r"[\w.+-]{2,}")


class TypedWords:
    """The programs and words of a day's command lines."""

    def __init__(self, lines: Iterable[str], titles: Iterable[str]) -> None:
        split = [line.split() for line in lines if line]
        self._exact = {word.casefold() for title in titles for word in _WORD.findall(title)}
        self._programs = Counter(words[0] for words in split)
        self._words = Counter(word for words in split for word in words)

    def corrected(self, line: str) -> str:
        """The line with its program as it is called, and without a caret read as its last letter."""
        program, *rest = line.split()
        if rest:
            rest[-1] = self._without_caret(rest[-1])
        return " ".join((self._program(program), *rest))

    def _program(self, name: str) -> str:
        if name.casefold() in self._exact or len(name) < 3:
            return name
        likely = [
            *(word for word in sorted(self._exact) if word.isalpha()),
            *(other for other, count in self._programs.items() if count >= _OFTEN * self._programs[name]),
        ]
        return next((other for other in likely if _is_a_letter_off(name, other)), name)

    def _without_caret(self, word: str) -> str:
        bare = word[:-1]
        if word[-1] not in CARETS or word.rpartition("/")[2].casefold() in self._exact:
            return word
        is_known = bare.rpartition("/")[2].casefold() in self._exact or self._words[bare] > 0
        return bare if is_known else word


def _is_a_letter_off(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
