"""Two legs' answers as one list, and near-duplicates of a text as one answer with its span.

    text     7.1  3.0   .        ┐ of the best, 0..1                     ┐
    vector   .31  .62  .55       ┘ cosines as they are, below 0 nothing  ┴─► weighed sum ─► folded ─► crowding

Equal ranks would do as badly as the weaker leg; how the weights were measured is in docs/search.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

TEXT = 0.6  # what the text leg counts of both; the rest is the vector leg's
# Below it two texts have nothing in common, as the model in this program sees them: nearest is not near.
LEAST_COSINE = 0.3
# What of 64 bits may differ between texts that say the same, read a little differently.
NEARLY_ALIKE = 4
_64_BITS = 2**64 - 1
# What each further answer of the same activity, and of the same window, keeps of its score: others shall be seen too.
CROWDED = 0.9


@dataclass(frozen=True, slots=True)
class Answer:
    """A document that answers, and those like it that were folded into it."""

    place: tuple[int, int]  # block and number
    score: float
    kind: str
    start_at: datetime
    end_at: datetime
    text_hash: bytes
    likeness: int
    activity: int  # a number of its activity; negative for none
    title: str = field(default="", repr=False)
    count: int = 1


def fused(text: Mapping[int, float], cosines: Mapping[int, float], share: float = TEXT) -> dict[int, float]:
    """The score of each document that any leg found, 0..1; what is hardly near and holds no word is not found.

    Args:
        text: scores of the text leg, of any scale; empty where it is off.
        cosines: of the vector leg; empty where it is off.
        share: what the text leg counts, 0..1.
    """
    most = max(text.values(), default=0.0) or 1.0
    total = (share if text else 0.0) + (1 - share if cosines else 0.0) or 1.0
    return {
        place: (share * text.get(place, 0.0) / most + (1 - share) * max(0.0, cosines.get(place, 0.0))) / total
        for place in text.keys() | {place for place, cosine in cosines.items() if cosine >= LEAST_COSINE}
    }


def folded(answers: Iterable[Answer]) -> list[Answer]:
    """The answers, best first, near-duplicates of a better one folded into it; of equals the earlier is better."""
    ordered = sorted(answers, key=lambda one: (-one.score, one.start_at, one.place))
    bits = np.array([one.likeness & _64_BITS for one in ordered], np.uint64)  # of signed ones none would be counted
    alike = np.tril(np.bitwise_count(bits[:, None] ^ bits) <= NEARLY_ALIKE, -1)
    doubtful = alike.any(axis=1).tolist()
    kept: dict[int, Answer] = {}
    hashes: dict[tuple[str, bytes], int] = {}
    for number, answer in enumerate(ordered):
        twin = hashes.get((answer.kind, answer.text_hash))
        if twin is None and doubtful[number]:
            near = (int(n) for n in np.flatnonzero(alike[number]))
            twin = next((n for n in near if n in kept and kept[n].kind == answer.kind), None)
        if twin is None:
            hashes[answer.kind, answer.text_hash] = number
            kept[number] = answer
        else:
            other = kept[twin]
            start, end = min(other.start_at, answer.start_at), max(other.end_at, answer.end_at)
            kept[twin] = replace(other, start_at=start, end_at=end, count=other.count + answer.count)
    return list(kept.values())


def spread(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, best first, each further one of the same activity, or window, at a lower score."""
    seen: Counter[int | str] = Counter()
    lowered = []
    for answer in answers:
        crowd = seen[answer.activity] + seen[answer.title]
        lowered.append(replace(answer, score=answer.score * CROWDED**crowd) if crowd else answer)
        seen[answer.activity] += answer.activity >= 0
        seen[answer.title] += bool(answer.title)
    return sorted(lowered, key=lambda one: -one.score)
