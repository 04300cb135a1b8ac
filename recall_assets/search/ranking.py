"""Both legs over the documents that may answer: scored, fused, folded, the best first.

    sought ──► every document's text score ─► the best ─┐
    meaning ─► nearest vectors ─────────────────────────┴─► candidates with their cosines ─► fused ─► folded ─► spread

Filters alone are answered by what happened; the last time of something by the newest of what answers well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from recall_assets.search.asking import Asked
from recall_assets.stages.search.blocks import KINDS
from recall_assets.stages.search.fusion import TEXT, Answer, folded, fused, spread
from recall_assets.stages.search.scoring import Corpus, Numbers, best, score
from recall_assets.store import search as rows
from recall_assets.store.search import Candidate, Meaning

# Blocks with fewer documents are compared vector by vector: walking the index on and on takes longer.
_FEW = 25_000
# More are not folded: what stands lower comes not among those that are shown.
_MOST_FOLDED = 1000
# What of the best answer's score another has that may be the last time of what was asked for.
_AS_GOOD = 0.5


@dataclass(frozen=True, slots=True)
class Depth:
    """How many of each leg's best are looked at before they are fused, and what the text leg counts of both, 0..1."""

    text: int = 200
    vector: int = 50
    share: float = TEXT


def ranked(connection: Connection, asked: Asked, by_words: bool, meaning: Meaning | None, depth: Depth) -> list[Answer]:
    """What answers by its words, by its meaning or by both, best first."""
    corpus = asked.corpus
    text = np.zeros(corpus.documents, np.float32)
    if by_words:
        text = score(corpus, list(asked.sought.values())) * asked.allowed
    found = corpus.rows(best(text, depth.text))
    few = asked.block_ids is not None and corpus.documents <= _FEW
    near = rows.candidates(connection, found, meaning, asked.block_ids, depth.vector, exactly=few)
    told = _placed(corpus, near)
    told = {place: one for place, one in told.items() if asked.allowed[place]}
    cosines = {place: one.cosine for place, one in told.items() if one.cosine is not None}
    scores = fused({place: float(text[place]) for place in told if text[place] > 0}, cosines, depth.share)
    kept = sorted(scores, key=lambda place: -scores[place])[:_MOST_FOLDED]
    return spread(folded(_answer(corpus, place, told[place], scores[place]) for place in kept))


def latest(answers: Sequence[Answer]) -> list[Answer]:
    """The answers that are at least half as good as the best, the newest first; then the others as they were."""
    least = answers[0].score * _AS_GOOD if answers else 0.0
    good = [one for one in answers if one.score >= least]
    newest = sorted(good, key=lambda one: one.end_at, reverse=True)
    return [replace(one, score=at.score) for one, at in zip(newest, good, strict=True)] + list(answers[len(good) :])


def happened(connection: Connection, asked: Asked, limit: int) -> list[Answer]:
    """What answers filters alone: days, then activities, or what the filters name.

    The newest first; where a single day is asked for, its activities in their order.
    """
    query, corpus = asked.query, asked.corpus
    if query.kinds or query.apps or query.urls:
        kinds = [kind.lower() for kind in query.kinds] or ["activity"]
        places = _of_newest_days(asked, np.flatnonzero(asked.allowed & corpus.mask(kinds)), limit)
    else:
        days, done = (np.flatnonzero(asked.allowed & corpus.mask([kind])) for kind in ("day", "activity"))
        over_all = days[[asked.deployments[slot] is None for slot in corpus.slots(days)]]
        days = _of_newest_days(asked, over_all if len(over_all) else days, limit)
        places = np.concatenate([days, _of_newest_days(asked, done, limit)])
    told = _placed(corpus, rows.candidates(connection, corpus.rows(places), None, None, 0))
    is_one_day = query.days.first is not None and query.days.first == query.days.last
    ordered = sorted(told, key=lambda place: told[place].start_at, reverse=not is_one_day or query.asks.latest)
    ordered.sort(key=lambda place: KINDS[corpus.kinds[place]] != "day")
    shown = ordered[:limit]
    return folded(
        _answer(corpus, place, told[place], 1.0 - number / (len(shown) + 1)) for number, place in enumerate(shown)
    )


def _of_newest_days(asked: Asked, places: Numbers, limit: int) -> Numbers:
    """Those of the newest days that have `limit` of them; what has no day is always among them."""
    if len(places) <= limit:
        return places
    days = np.array([day.toordinal() if day else np.iinfo(np.int64).max for day in asked.days], np.int64)
    of_places = days[asked.corpus.slots(places)]
    least = np.partition(of_places, len(places) - limit)[len(places) - limit]
    return np.asarray(places[of_places >= least], np.int64)


def _placed(corpus: Corpus, told: Mapping[rows.Place, Candidate]) -> dict[int, Candidate]:
    at = corpus.places(list(told)).tolist()
    return {place: one for place, one in zip(at, told.values(), strict=True) if place >= 0}


def _answer(corpus: Corpus, place: int, told: Candidate, score_: float) -> Answer:
    return Answer(
        place=told.place,
        score=score_,
        kind=KINDS[corpus.kinds[place]],
        start_at=told.start_at,
        end_at=told.end_at,
        text_hash=told.text_hash,
        likeness=told.likeness,
        activity=int(corpus.activity[place]),
        title=told.title,
    )
