"""Chooses the few frames of an activity that together hold most of what it was about.

    frame 1   due 20 November · 48,600 EUR             ◄ first: most weight
    frame 2   due 20 November                             nothing that is not on 1
    frame 3   LED-412 · test fails                     ◄ second: most weight that is still missing

Greedy weighted maximum coverage, within 1 - 1/e of the best. Source: Nemhauser, Wolsey and Fisher (1978).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from recall_assets.records import Frame
from recall_assets.stages.sentences.passages import Passage
from recall_assets.stages.sentences.words import words_of
from recall_assets.stages.sentences.worth import worth

_LEAST_SHARE = 0.02  # a frame that adds less of the activity's weight is not worth a source


class Cover:
    """Which words of an activity the frames chosen so far hold."""

    def __init__(self, frames: Sequence[Frame], passages: Iterable[Passage], elsewhere: Mapping[str, float]) -> None:
        self._words = {frame.id: words_of(frame.text) for frame in frames}
        self._weights = _weights(passages, self._words.values(), elsewhere)
        self._total = sum(self._weights.values())
        self._covered: set[str] = set()
        self.chosen: list[UUID] = []

    def add(self, frame_id: UUID) -> None:
        """The frame is a source; what it holds needs no other."""
        if frame_id not in self.chosen:
            self.chosen.append(frame_id)
            self._covered |= self._words[frame_id]

    def best_of(self, frame_ids: Iterable[UUID]) -> UUID | None:
        """Of these frames the one that adds most, the earlier one of equals; None of none."""
        return max(frame_ids, key=self._gain, default=None)

    def fill(self, count: int) -> None:
        """Add frames until `count` are chosen or none adds anything to speak of."""
        while len(self.chosen) < count:
            best = self.best_of(frame_id for frame_id in self._words if frame_id not in self.chosen)
            if best is None or self._gain(best) <= _LEAST_SHARE * self._total:
                return
            self.add(best)

    def _gain(self, frame_id: UUID) -> float:
        return sum(self._weights.get(word, 0.0) for word in sorted(self._words[frame_id] - self._covered))


def _weights(
    passages: Iterable[Passage], frames: Collection[frozenset[str]], elsewhere: Mapping[str, float]
) -> dict[str, float]:
    """What each word weighs: the worth of the best passage that holds it, by its rarity among the frames."""
    standing = Counter(word for words in frames for word in words)
    best: defaultdict[str, float] = defaultdict(float)
    for passage in passages:
        value = (worth(passage.text) + 0.5 * passage.was_typed) / (1 + elsewhere.get(passage.text, 0.0))
        for word in passage.words:
            best[word] = max(best[word], value)
    return {word: value * math.log(1 + len(frames) / standing[word]) for word, value in best.items() if standing[word]}
