"""How well every document of the chosen blocks answers the words, all at once.

    blocks       │ laptop 9 Nov        │ desktop 9 Nov   │ ...      documents numbered through
    "rounding"   │    .  4       2     │        7        │          weights x how rare the word is
    "cent"       │       3             │                 │
    score        │    sum + NEIGHBOUR x the better neighbour + ACTIVITY x the activity's own score

Nothing is left out for speed: a word in every fifth document is an array of some 100,000 numbers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recall_assets.stages.search.blocks import KINDS

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
NEIGHBOUR = 0.25
ACTIVITY = 0.3
# A day's summary says a little of everything: it must answer better than an activity to stand before it. A memory was
# seen in some activity, which tells more.
KIND_WEIGHT: Mapping[str, float] = {"day": 0.6, "project": 0.8, "memory": 0.8, "activity": 1.0}
_ACTIVITY = KINDS.index("activity")


class Runs(NamedTuple):
    """Blocks as they are stored, ascending by id: how many documents each has, and the runs of all."""

    block_ids: Sequence[int]
    documents: Sequence[int]
    packed: bytes


class Postings(NamedTuple):
    """A word in the blocks that hold it, ascending by block: how many postings each has, and all of them."""

    block_ids: Sequence[int]
    counts: Sequence[int]
    packed: bytes


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of some blocks, numbered through; blocks ascending by id."""

    block_ids: Numbers
    offsets: Numbers  # of each block's first document, and the end
    kinds: npt.NDArray[np.uint8]
    activity: Numbers  # where each one's activity stands; -1 for none
    follows: npt.NDArray[np.bool_]  # the one before it is of the same kind and activity

    @classmethod
    def of(cls, blocks: Runs) -> "Corpus":
        """The documents of these blocks."""
        offsets = np.concatenate([[0], np.cumsum(blocks.documents, dtype=np.int64)])
        runs = np.frombuffer(blocks.packed, "<i4").reshape(-1, 3)
        kinds, inside, lengths = runs[:, 0], runs[:, 1].astype(bool), runs[:, 2].astype(np.int64)
        starts = np.cumsum(lengths) - lengths
        newest = np.maximum.accumulate(np.where(kinds == _ACTIVITY, starts, -1)) if len(runs) else starts
        follows = np.ones(int(offsets[-1]), bool)
        follows[starts] = False
        return cls(
            block_ids=np.array(blocks.block_ids, np.int64),
            offsets=offsets,
            kinds=np.repeat(kinds.astype(np.uint8), lengths),
            activity=np.repeat(np.where(inside, newest, -1), lengths),
            follows=follows,
        )

    @property
    def documents(self) -> int:
        return int(self.offsets[-1])

    def places(self, rows: Sequence[tuple[int, int]]) -> Numbers:
        """Where documents stand, each given by block and number; -1 for those of other blocks."""
        if not len(self.block_ids) or not rows:
            return np.full(len(rows), -1, np.int64)
        ids, numbers = np.array(rows, np.int64).T
        slots = np.minimum(np.searchsorted(self.block_ids, ids), len(self.block_ids) - 1)
        return np.where(self.block_ids[slots] == ids, self.offsets[slots] + numbers, -1)

    def slots(self, places: Numbers) -> Numbers:
        """The block of each document, as its place among the blocks."""
        return np.asarray(np.searchsorted(self.offsets, places, side="right") - 1, np.int64)

    def rows(self, places: Numbers) -> list[tuple[int, int]]:
        """Block and number of documents."""
        slots = self.slots(places)
        return list(zip(self.block_ids[slots].tolist(), (places - self.offsets[slots]).tolist(), strict=True))

    def unpacked(self, postings: Postings) -> tuple[Numbers, Floats]:
        """Where a word stands, and its weight there, 0..1."""
        ids, counts = np.asarray(postings.block_ids, np.int64), np.asarray(postings.counts, np.int64)
        packed = np.frombuffer(postings.packed, "<u4")
        # A block that was indexed anew since the corpus was read has another id: its words are for the next question.
        known = np.isin(ids, self.block_ids)
        if not known.all():
            packed = packed[np.repeat(known, counts)]
            ids, counts = ids[known], counts[known]
        places = np.repeat(self.offsets[np.searchsorted(self.block_ids, ids)], counts) + (packed >> 8)
        return places, (packed & 255).astype(np.float32) / np.float32(255)

    def mask(self, kinds: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which documents are of these kinds; all without kinds."""
        if not kinds:
            return np.ones(self.documents, bool)
        return np.asarray(np.isin(self.kinds, [KINDS.index(kind) for kind in kinds]), bool)

    def mask_at(self, postings: Sequence[Postings]) -> npt.NDArray[np.bool_]:
        """Which documents hold any of these words."""
        mask = np.zeros(self.documents, bool)
        for one in postings:
            mask[self.unpacked(one)[0]] = True
        return mask


def score(corpus: Corpus, asked: Sequence[tuple[Postings, float]]) -> Floats:
    """How well each document answers; 0 where it holds none of the words.

    Args:
        asked: each word with how much it counts, 0..1: a guess for a misspelled one counts less.
    """
    own = np.zeros(corpus.documents, np.float32)
    for postings, weight in asked:
        places, weights = corpus.unpacked(postings)
        rare = np.log1p((corpus.documents - len(places) + 0.5) / (len(places) + 0.5))
        own[places] += weights * np.float32(rare * weight)
    held = np.flatnonzero(own)
    total = own[held] + np.float32(NEIGHBOUR) * _better_neighbour(corpus, own, held)
    activity = corpus.activity[held]
    inside = (activity >= 0) & (activity != held)
    total[inside] += np.float32(ACTIVITY) * own[activity[inside]]
    own[held] = total * _kind_weights()[corpus.kinds[held]]
    return own


def _better_neighbour(corpus: Corpus, own: Floats, held: Numbers) -> Floats:
    last = corpus.documents - 1
    before = np.where(corpus.follows[held], own[np.maximum(held - 1, 0)], 0)
    after_at = np.minimum(held + 1, last)
    after = np.where(corpus.follows[after_at] & (held < last), own[after_at], 0)
    return np.asarray(np.maximum(before, after), np.float32)


def _kind_weights() -> Floats:
    return np.array([KIND_WEIGHT.get(kind, 1.0) for kind in KINDS], np.float32)


def best(scores: npt.NDArray[Any], count: int) -> Numbers:
    """The places of the highest scores above 0, at most `count`, best first; of equals the earlier."""
    held = np.flatnonzero(scores > 0)
    if len(held) > count:
        least = np.partition(scores[held], len(held) - count)[len(held) - count]
        held = held[scores[held] >= least]
    order = np.lexsort((held, -scores[held]))
    return np.asarray(held[order][:count], np.int64)
