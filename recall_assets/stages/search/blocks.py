"""The documents of one day as an inverted index: small enough for a row a word, quick enough to be read whole.

    documents   0 activity  1 frame  2 frame  3 transcript  4 activity  5 frame ...
    runs        (activity, 1) (frame, 2) (transcript, 1) (activity, 1) (frame, ...
    postings    "rounding" ─► [number << 8 | weight] ...    weight 0..255: the word's part of the score (BM25)

A word's weight holds how often the document says it (in a title it counts by TITLE_WEIGHT) and how long the document
is. How rare the word is, is known only when it is sought. Filters are words too: `app:firefox`, `url:example.org`.

Source of BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), with a fixed mean length so that
each day's index stands for itself.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from recall_assets.records import Document
from recall_assets.stages.search.words import tokens

# Kinds by their number in an index; new ones are added at the end.
KINDS = ("day", "project", "activity", "frame", "transcript", "memory")
K1 = 1.2
B = 0.6
MEAN_LENGTH = 50.0
TITLE_WEIGHT = 0.7
_BITS = 64


@dataclass(frozen=True, slots=True)
class Block:
    """The index of some documents: what kinds follow one another, and where each word stands."""

    documents: int
    runs: bytes  # int32[n, 3]: kind, whether it belongs to the activity before it, how many
    postings: Mapping[str, bytes] = field(repr=False)  # uint32: number << 8 | weight
    likeness: tuple[int, ...] = field(repr=False)  # 64 bits of each: near-duplicates differ in few
    hashes: tuple[bytes, ...] = field(repr=False)


def block_of(documents: Sequence[Document]) -> Block:
    """The index of these documents, which are numbered as they come."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    likeness = []
    for number, document in enumerate(documents):
        said = Counter(token.term for token in tokens(document.text))
        titled = Counter(token.term for token in tokens(document.title))
        length = said.total() + TITLE_WEIGHT * titled.total()
        norm = K1 * (1 - B + B * length / MEAN_LENGTH)
        for term in said.keys() | titled.keys():
            frequency = said[term] + TITLE_WEIGHT * titled[term]
            postings[term].append(number << 8 | max(1, round(255 * frequency / (frequency + norm))))
        for name in _filters(document):
            postings[name].append(number << 8)
        likeness.append(_likeness(said or titled))
    return Block(
        documents=len(documents),
        runs=_runs(documents),
        postings={term: np.array(found, "<u4").tobytes() for term, found in postings.items()},
        likeness=tuple(likeness),
        hashes=tuple(text_hash(document) for document in documents),
    )


def text_hash(document: Document) -> bytes:
    """By which the same text is known again, and keeps its vector."""
    return hashlib.blake2b(embedded_text(document).encode(), digest_size=16).digest()


def embedded_text(document: Document) -> str:
    """What of a document becomes a vector."""
    return f"{document.title}\n{document.text}" if document.title else document.text


def _filters(document: Document) -> list[str]:
    return [f"app:{app}" for app in document.apps] + [f"url:{host}" for host in document.hosts]


def _runs(documents: Sequence[Document]) -> bytes:
    runs: list[list[int]] = []
    for document in documents:
        kind = KINDS.index(document.kind)
        if kind != KINDS.index("activity") and runs and runs[-1][:2] == [kind, document.in_activity]:
            runs[-1][2] += 1
        else:
            runs.append([kind, document.in_activity, 1])
    return np.array(runs, "<i4").reshape(-1, 3).tobytes()


def _likeness(counts: Counter[str]) -> int:
    """Charikar's simhash of the words, as a signed number of 64 bits."""
    if not counts:
        return 0
    bits = np.unpackbits(np.array([_hash(term) for term in counts], ">u8").view(np.uint8)).reshape(-1, _BITS)
    majority = np.packbits(2 * bits.sum(axis=0) > len(bits))
    return int(majority.view(">i8")[0])


@lru_cache(maxsize=100_000)
def _hash(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
