"""The words of a text, in the two ways in which they are compared.

LED-412 rounds once ─► words_of: led 412 rounds once      tokens_of: LED-412 rounds once
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[-'’.,:_/][^\W_]+)*")
_PART = re.compile(r"[^\W_]{2,}")


@lru_cache(maxsize=65536)
def words_of(text: str) -> frozenset[str]:
    """The words of two and more letters or digits, in lower case; `LED-412` gives `led` and `412`."""
    return frozenset(spelled(text))


def spelled(text: str) -> list[str]:
    """The same words in their order."""
    return [part.lower() for part in _PART.findall(text)]


def tokens_of(text: str) -> list[str]:
    """The words as they are written, compounds (`LED-412`, `23:30`, `1,804.37`) in one piece."""
    return _WORD.findall(text)
