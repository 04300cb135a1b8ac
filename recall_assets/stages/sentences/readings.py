"""One sentence that was read in several ways counts as one, as it was read most often.

second try took 11 s     40 frames  ◄──┐
second tr) took 11 s      1 frame   ───┤  the same figures, one end alike, nine in ten characters alike
second try took 12 s      9 frames     │  other figures: another sentence
d try took 11 s           2 frames  ───┘  a window covered its beginning
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice, takewhile

_ALIKE = 0.9
_MOST_GLUED = 0.25
_END = 12  # characters; a slip spoils one end of a text at most
_MOST_COMPARED = 20  # different texts with one end and the same figures
_DIGITS = re.compile(r"\d+")


def best_readings(counts: Mapping[str, int]) -> dict[str, str]:
    """For each text the text that it should have been read as, mostly itself.

    Args:
        counts: each text with how often it was read so.
    """
    best: dict[str, str] = {}
    known: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        figures = tuple(_DIGITS.findall(text))
        folded = "".join(filter(str.isalpha, text)).casefold()
        if len(folded) < _END:
            best[text] = text
            continue
        first, last = folded[:_END], folded[-_END:]
        ends = (("first", first, figures), ("last", last, figures), ("first", first), ("last", last))
        likely = dict.fromkeys(other for end in ends for other in known[end][:_MOST_COMPARED])
        found = next((other for other in likely if _is_misread(text, other)), None)
        best[text] = found or text
        if found is None:
            for end in ends:
                known[end].append(text)
    return best


def spliced(heads: Mapping[str, str], counts: Mapping[str, int]) -> set[str]:
    """Texts put together from lines of two windows: where the first line goes on otherwise in more frames.

    In as many is enough where the rest of the text is the end of another one: it has each end from elsewhere.

    Args:
        heads: of each text that was joined from lines, the first line.
        counts: each text with how often it was read so.
    """
    texts = sorted(counts)
    found = set()
    for text, head in heads.items():
        if text not in counts or len(head) < _END:
            continue
        at = bisect_left(texts, head)
        others = takewhile(lambda other: other.startswith(head), islice(texts, at, at + _MOST_COMPARED))  # noqa: B023
        otherwise = [counts[other] for other in others if other != text]
        least = counts[text] + (not _ends_another(text[len(head) :].strip(), text, texts))
        if any(count >= least for count in otherwise):
            found.add(text)
    return found


def _ends_another(tail: str, text: str, texts: Sequence[str]) -> bool:
    return len(tail) >= _END and any(other.endswith(f" {tail}") for other in texts if other != text)


def _is_misread(text: str, other: str) -> bool:
    return _cut_from(text, other) or _glued_to(text, other) or _alike(text, other)


def _cut_from(text: str, whole: str) -> bool:
    """The text is one end of the other, but for the word at the cut."""
    if len(text) >= len(whole):
        return False
    end, start = text.partition(" ")[2], text.rpartition(" ")[0]
    return (len(end) > _END and whole.endswith(end)) or (len(start) > _END and whole.startswith(start))


def _glued_to(text: str, whole: str) -> bool:
    """The text is the other and a few words of what stands beside it."""
    return text.startswith(f"{whole} ") and len(text) - len(whole) < _MOST_GLUED * len(whole)


def _alike(one: str, other: str) -> bool:
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
