"""How much of one reading of a screen stands in another: the words of three and more letters and digits, each counted.

read now      the export failed twice
stored text   the export faild            recall 2 of 4
"""

import re
from collections import Counter
from collections.abc import Iterable

_MARK = re.compile(r"\[REDACTED:[a-z_]+\]")
_WORD = re.compile(r"[^\W_]{3,}")
# Fewer words than this say nothing of a reading.
WORDS_AT_LEAST = 10


def word_recall(text: str, wanted: Iterable[str], *, at_least: int = WORDS_AT_LEAST) -> float | None:
    """Share of the wanted words that the text has; None where fewer than `at_least` are wanted. Marks do not count."""
    sought = _counted(" ".join(wanted))
    if sought.total() < at_least:
        return None
    return (sought & _counted(text)).total() / sought.total()


def _counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_MARK.sub(" ", text).casefold()))
