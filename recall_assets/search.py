"""The search: what was typed, answered by the rows that hold it or mean it.

    typed ─► parse ─┬─ filters ─► blocks of those days, a mask over their documents
                    ├─ words ───► text leg: every document scored (stages.search.scoring)
                    └─ meaning ─► vector leg: nearest vectors
            fused ─► folded ─► hits: rows, snippets, where it stood on the frame

Pages, the API, MCP and `recall search` call this one function.
"""

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from recall_assets.engines.embedding import Embedder
from recall_assets.engines.embedding.choice import embedder as chosen_embedder
from recall_assets.errors import EngineError
from recall_assets.records import Box, Hit
from recall_assets.settings import load_settings
from recall_assets.stages.search import Query, parse
from recall_assets.stages.search.fusion import Answer, folded, fused, spread
from recall_assets.stages.search.scoring import Corpus, Postings, Runs, best, score
from recall_assets.stages.search.snippets import snippet
from recall_assets.stages.search.words import tokens
from recall_assets.store import search as rows
from recall_assets.store.search import Found, Place, PostingsRow

LIMIT = 20
LEGS = ("text", "vector")
_GUESSES = 3  # words that a misspelled one may be
_LEAST_GUESSED = 4  # letters of a word that may be misspelled
_REGION_LINES = 3  # of a frame, that hold most of what was asked
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many of each leg's best are looked at, before they are fused and folded."""

    text: int = 200
    vector: int = 100


DEPTH = Depth()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the documents that may answer it, and the words that are sought, each with how much it counts."""

    query: Query
    corpus: Corpus
    allowed: npt.NDArray[np.bool_]
    block_ids: Sequence[int] | None  # none: all
    words: str
    sought: Mapping[str, tuple[Postings, float]]


def search(
    connection: Connection,
    typed: str,
    *,
    today: date,
    limit: int = LIMIT,
    legs: Collection[str] = LEGS,
    embedder: Embedder | None = None,
    depth: Depth = DEPTH,
) -> list[Hit]:
    """What answers `typed`, best first, at most `limit`; nothing where nothing was asked.

    A day in the text is a filter; where nothing of that day answers, it counts as words.

    Args:
        today: the day from which `yesterday` and the like are seen.
        legs: `text`, `vector` or both; one alone shows what it brings.
        embedder: none: the one of the settings.

    Raises:
        InputError: a filter cannot be understood; says how it is written.
    """
    query = parse(typed, today)
    if query.is_empty:
        return []
    hits = _answered(connection, query, limit, legs, embedder, depth)
    if hits or not query.days_in_text:
        return hits
    return _answered(connection, parse(typed, today, days_in_text=False), limit, legs, embedder, depth)


def _answered(
    connection: Connection,
    query: Query,
    limit: int,
    legs: Collection[str],
    embedder: Embedder | None,
    depth: Depth,
) -> list[Hit]:
    asked = _asked(connection, query)
    if not asked.allowed.any():
        return []
    scores = _scores(connection, asked, legs, embedder, depth) if asked.words else _newest(connection, asked, limit)
    answers = spread(folded(_answers(connection, asked.corpus, scores)))
    return _hits(connection, asked, answers, limit)


def _asked(connection: Connection, query: Query) -> _Asked:
    """The documents that pass the filters, and the postings of the words."""
    limited = bool(query.days.first or query.days.last or query.deployments)
    stored = rows.blocks(connection, query.days.first, query.days.last, query.deployments)
    corpus = Corpus.of([Runs(*block) for block in stored])
    block_ids = [block.id for block in stored] if limited else None
    allowed = corpus.mask([kind.lower() for kind in query.kinds])
    for name, values in (("app", query.apps), ("url", query.urls)):
        if values:
            allowed &= corpus.mask_at(_postings(rows.postings_of_filter(connection, name, values, block_ids)))
    if query.projects:
        allowed &= _of_projects(corpus, rows.of_projects(connection, query.projects))
    for excluded in query.excluded:
        held = _masks(connection, corpus, excluded, block_ids)
        allowed &= ~np.logical_and.reduce(held) if held else True
    for phrase in query.phrases:
        allowed &= np.logical_and.reduce([corpus.mask([]), *_masks(connection, corpus, phrase, block_ids)])
    words = " ".join((query.text, *query.phrases)).strip()
    return _Asked(query, corpus, allowed, block_ids, words, _sought(connection, words, block_ids))


def _of_projects(corpus: Corpus, activities: Sequence[Place]) -> npt.NDArray[np.bool_]:
    """The activities and what belongs to them."""
    at = corpus.places(activities)
    return np.isin(corpus.activity, at[at >= 0])


def _masks(
    connection: Connection, corpus: Corpus, said: str, block_ids: Sequence[int] | None
) -> list[npt.NDArray[np.bool_]]:
    """For each word that is said, which documents hold it."""
    terms = {token.term for token in tokens(said)}
    found = {row.term: row for row in rows.postings(connection, terms, block_ids)}
    return [corpus.mask_at(_postings([found[term]] if term in found else [])) for term in terms]


def _sought(connection: Connection, words: str, block_ids: Sequence[int] | None) -> dict[str, tuple[Postings, float]]:
    """The words with their postings; in place of one that stands nowhere, those that it may be meant for."""
    terms = {token.term for token in tokens(words)}
    found = {row.term: (Postings(*row[1:]), 1.0) for row in rows.postings(connection, terms, block_ids)}
    guesses: dict[str, float] = {}
    for term in sorted(terms - found.keys()):
        if len(term) >= _LEAST_GUESSED and term.isalpha():
            guesses |= dict(rows.similar(connection, term, _GUESSES))
    for row in rows.postings(connection, guesses.keys() - found.keys(), block_ids):
        found[row.term] = Postings(*row[1:]), guesses[row.term]
    return found


def _postings(found: Sequence[PostingsRow]) -> list[Postings]:
    return [Postings(*row[1:]) for row in found]


def _scores(
    connection: Connection, asked: _Asked, legs: Collection[str], embedder: Embedder | None, depth: Depth
) -> dict[int, float]:
    """The documents that a leg found, each with its score in both."""
    corpus = asked.corpus
    text: npt.NDArray[np.float32] = np.zeros(corpus.documents, np.float32)
    if "text" in legs:
        text = score(corpus, list(asked.sought.values())) * asked.allowed
    found = best(text, depth.text)
    cosines: dict[int, float] = {}
    if "vector" in legs and not asked.query.phrases:
        cosines = _cosines(connection, asked, found, embedder, depth)
    places = found.tolist() + [place for place in cosines if text[place] > 0]
    return fused({place: float(text[place]) for place in places}, cosines)


def _cosines(
    connection: Connection,
    asked: _Asked,
    found: npt.NDArray[np.int64],
    embedder: Embedder | None,
    depth: Depth,
) -> dict[int, float]:
    """How near the meaning of the nearest documents is, and of those that were found already; none by an error."""
    try:
        model = embedder or chosen_embedder(load_settings())
        vector = model.embed([asked.words])[0]
    except EngineError as error:
        _LOG.warning("The search goes without its vector leg: %s", error.problem)
        return {}
    near = rows.nearest(connection, vector, model.name, asked.block_ids, depth.vector)
    near += rows.cosines(connection, vector, model.name, asked.corpus.rows(found)).items()
    at = asked.corpus.places([place for place, _ in near])
    return {
        place: cosine
        for place, (_, cosine) in zip(at.tolist(), near, strict=True)
        if place >= 0 and asked.allowed[place]
    }


def _newest(connection: Connection, asked: _Asked, limit: int) -> dict[int, float]:
    """What answers filters alone: activities and days, or what the filters name, the newest first."""
    kinds = [kind.lower() for kind in asked.query.kinds] or ["day", "activity"]
    if asked.query.apps or asked.query.urls:
        kinds = kinds if asked.query.kinds else ["activity"]
    newest = rows.newest(connection, asked.corpus.block_ids.tolist(), kinds)
    at = [place for place in asked.corpus.places(newest).tolist() if place >= 0 and asked.allowed[place]][:limit]
    return {place: 1.0 - number / (len(at) + 1) for number, place in enumerate(at)}


def _answers(connection: Connection, corpus: Corpus, scores: Mapping[int, float]) -> list[Answer]:
    numbered = np.fromiter(scores, np.int64, len(scores))
    told = rows.candidates(connection, corpus.rows(numbered))
    return [
        Answer(
            place=row,
            score=scores[place],
            kind=told[row].kind,
            start_at=told[row].start_at,
            end_at=told[row].end_at,
            text_hash=told[row].text_hash,
            likeness=told[row].likeness,
            activity=int(corpus.activity[place]),
            title=told[row].title,
        )
        for place, row in zip(numbered.tolist(), corpus.rows(numbered), strict=True)
        if row in told
    ]


def _hits(connection: Connection, asked: _Asked, answers: Sequence[Answer], limit: int) -> list[Hit]:
    phrases = [re.compile(r"\s+".join(map(re.escape, phrase.split())), re.IGNORECASE) for phrase in asked.query.phrases]
    terms = frozenset(asked.sought)
    hits: list[Hit] = []
    step = limit if not phrases else max(limit, len(answers))
    for start in range(0, len(answers), step):
        some = answers[start : start + step]
        found = rows.found(connection, [answer.place for answer in some])
        for answer in some:
            row = found.get(answer.place)
            if row is not None and all(phrase.search(f"{row.title}\n{row.text}") for phrase in phrases):
                hits.append(_hit(answer, row, terms))
        if len(hits) >= limit:
            break
    return _with_regions(connection, hits[:limit], terms)


def _hit(answer: Answer, row: Found, terms: frozenset[str]) -> Hit:
    shown = snippet(row.text, terms)
    return Hit(
        kind=row.kind,
        id=row.id,
        deployment_id=row.deployment_id,
        start_at=answer.start_at,
        end_at=answer.end_at,
        title=row.title,
        snippet=shown.text,
        score=answer.score,
        highlights=shown.highlights,
        activity_id=row.activity_id,
        project_id=row.project_id,
        frame_id=row.frame_id,
        count=answer.count,
    )


def _with_regions(connection: Connection, hits: Sequence[Hit], terms: frozenset[str]) -> list[Hit]:
    """Hits on frames with the boxes of what was asked, in the lines that hold most of it."""
    shown = {hit.snippet[start:end] for hit in hits if hit.frame_id for start, end in hit.highlights}
    words = {part for text in shown for part in re.findall(r"\w+", text)}
    if not words:
        return list(hits)
    pattern = "|".join(sorted(map(re.escape, words)))
    lines: dict[object, list[tuple[int, list[Box]]]] = {}
    for frame_id, line in rows.lines_with(connection, [hit.frame_id for hit in hits if hit.frame_id], pattern):
        boxes, held = [], set()
        for word, x, y, width, height, _ in line:
            asked_for = {token.term for token in tokens(word)} & terms
            if asked_for:
                boxes.append(Box(x, y, width, height))
                held |= asked_for
        if boxes:
            lines.setdefault(frame_id, []).append((-len(held), boxes))
    return [
        replace(hit, boxes=tuple(box for _, boxes in _fullest(lines.get(hit.frame_id, [])) for box in boxes))
        for hit in hits
    ]


def _fullest(lines: list[tuple[int, list[Box]]]) -> list[tuple[int, list[Box]]]:
    return sorted(lines, key=lambda line: line[0])[:_REGION_LINES]
