"""The search: what was typed, answered by the rows that hold it or mean it.

    typed ─► parse ─► worked: projects that are named, the time that they took
                    ├─ asking ──► filters: blocks of those days, a mask over their documents; the words' postings
                    └─ meaning ─► a vector, made beside it in a thread
             ranking ─► every document scored by words, nearest vectors; fused, folded
             hits ────► rows and snippets of those that are shown; with_boxes: where they stood on the frame

Pages, the API, MCP and `recall search` call this one function.
"""

import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import Connection

from recall_assets.engines.embedding import Embedder
from recall_assets.engines.embedding.choice import embedder as chosen_embedder
from recall_assets.errors import EngineError
from recall_assets.records import Hit
from recall_assets.search.asking import ask
from recall_assets.search.hits import hits_of, with_boxes
from recall_assets.search.ranking import Depth, happened, latest, ranked
from recall_assets.search.worked import projects_asked_for, time_on, within
from recall_assets.settings import load_settings
from recall_assets.stages.search import Query, parse
from recall_assets.store.search import Meaning

__all__ = ["DEPTH", "LEGS", "LIMIT", "Depth", "search", "with_boxes"]

LIMIT = 20
LEGS = ("text", "vector")
DEPTH = Depth()
_LOG = logging.getLogger(__name__)


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

    A day in the text is a filter; where words were sought beside it and nothing of that day answers, it counts as
    words. A question after what was done in a project is answered by that project's activities.

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
    meant = projects_asked_for(connection, query)
    times = [hit for project in meant if query.asks.how_long for hit in time_on(connection, query, project)]
    query = within(query, meant)
    hits = [*times, *_answered(connection, query, limit, legs, embedder, depth)][:limit]
    if hits or not query.days_in_text or not query.words:
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
    by_meaning = "vector" in legs and bool(query.words) and not query.phrases
    with ThreadPoolExecutor(1) as beside:
        meaning = beside.submit(_meaning, query.words, embedder) if by_meaning else None
        asked = ask(connection, query)
        if not asked.allowed.any():
            return []
        if query.words:
            answers = ranked(connection, asked, "text" in legs, meaning.result() if meaning else None, depth)
            answers = latest(answers) if query.asks.latest else answers
        else:
            answers = happened(connection, asked, limit)
    return hits_of(connection, answers, query.phrases, asked.sought.keys(), limit)


def _meaning(words: str, embedder: Embedder | None) -> Meaning | None:
    """The vector of these words; none where the model is away."""
    try:
        model = embedder or chosen_embedder(load_settings())
        return Meaning(model.name, model.embed([words])[0])
    except EngineError as error:
        _LOG.warning("The search goes without its vector leg: %s", error.problem)
        return None
