"""What stands on a frame that did not stand in its window before.

    before   "def cut(day):"  "return day"
    now      "def cut(day):"  "return tomorrow"   ─►  new: "return tomorrow"

Lines are compared by their letters and digits alone: a misread comma makes no line new.
"""

from collections.abc import Set


def seen_lines(text: str) -> frozenset[str]:
    """The lines of a text in the form in which they are compared."""
    return frozenset(filter(None, map(_key, text.splitlines())))


def new_lines(text: str, seen: Set[str]) -> str:
    """The lines of `text`, in order, that `seen` does not hold; lines without a letter or digit are left out."""
    return "\n".join(line for line in text.splitlines() if (key := _key(line)) and key not in seen)


def _key(line: str) -> str:
    return "".join(filter(str.isalnum, line)).casefold()
