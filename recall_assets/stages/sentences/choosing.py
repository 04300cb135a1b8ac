"""Chooses the passages that together say most: near the centroid of what was seen, long seen, unlike each other.

    passages ─► tf-idf (tf: time on screen) ─► centroid ─► relevance x worth ─► MMR ─► a few passages

Sources: Radev et al., "Centroid-based summarization of multiple documents" (2004); Carbonell and Goldstein,
"The use of MMR" (1998).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from recall_assets.stages.sentences.passages import Passage
from recall_assets.stages.sentences.worth import worth

_RELEVANCE_SHARE = 0.7  # against 0.3 for being unlike what was chosen
_LEAST_WORTH = 0.6
_LEAST_SHARE = 0.3  # of the best one's score; what is much weaker is left unsaid
_SAME = 0.7  # word overlap above which two passages are one, read twice


def choose(
    passages: Sequence[Passage],
    count: int,
    *,
    elsewhere: Mapping[str, float] | None = None,
    longest_words: int = 60,
    listening: bool = False,
) -> list[Passage]:
    """At most `count` passages, best first, together at most `longest_words` words.

    Args:
        passages: of one activity.
        elsewhere: how much a passage (by text) is at home in other activities: 0 not at all, 1 as much as here.
        listening: what was said is what it was about, so the best of that comes first, whatever was shown.
    """
    scores = scores_of(passages, elsewhere or {})
    best = max(scores.values(), default=0.0)
    said = [passage for passage in scores if passage.said and len(passage.text.split()) <= longest_words]
    chosen = sorted(said, key=lambda passage: (-scores[passage], passage.text))[: min(count, listening)]
    left = longest_words - sum(len(passage.text.split()) for passage in chosen)
    scores = {passage: score for passage, score in scores.items() if score >= _LEAST_SHARE * best}
    open_ = sorted(scores.keys() - {*chosen}, key=lambda passage: (-scores[passage], passage.text))[:200]
    while open_ and len(chosen) < count:
        pick = max(open_, key=lambda passage: _marginal(passage, scores[passage] / best, chosen))
        open_.remove(pick)
        length = len(pick.text.split())
        if length <= left and all(_overlap(pick, other) < _SAME for other in chosen):
            chosen.append(pick)
            left -= length
    return chosen


def scores_of(passages: Sequence[Passage], elsewhere: Mapping[str, float]) -> dict[Passage, float]:
    """Score above 0 of each passage that is worth quoting."""
    document_frequency = Counter(word for passage in passages for word in passage.words)
    rarity = {word: math.log(1 + len(passages) / n) for word, n in document_frequency.items()}
    centroid: defaultdict[str, float] = defaultdict(float)
    for passage in passages:
        for word in passage.words:
            centroid[word] += math.sqrt(passage.seconds) * rarity[word]
    nearness = {passage: _cosine(passage, centroid, rarity) for passage in passages}
    nearest = max(nearness.values(), default=0.0) or 1.0
    found = {}
    for passage in passages:
        value = worth(passage.text)
        if value >= _LEAST_WORTH:
            value += 0.6 * passage.was_typed
            value *= passage.only_said.confidence if passage.only_said else 1.0  # what may be misheard is quoted last
            own = 1 / (1 + elsewhere.get(passage.text, 0))
            found[passage] = value * (0.5 + nearness[passage] / nearest) * (1.0 if passage.is_new else 0.6) * own
    return found


def _cosine(passage: Passage, centroid: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    length = math.sqrt(sum(rarity[word] ** 2 for word in passage.words))
    return sum(rarity[word] * centroid[word] for word in passage.words) / length if length else 0.0


def _marginal(passage: Passage, relevance: float, chosen: Sequence[Passage]) -> float:
    likeness = max((_overlap(passage, other) for other in chosen), default=0.0)
    return _RELEVANCE_SHARE * relevance - (1 - _RELEVANCE_SHARE) * likeness


def _overlap(one: Passage, other: Passage) -> float:
    """Share of the shorter one's words that the longer one has."""
    smaller = min(len(one.words), len(other.words))
    return len(one.words & other.words) / smaller if smaller else 1.0
