"""The search: what was typed, answered by the rows that hold it.

    typed ─► parse ─► legs: text ─► fold ─► hits, each with a snippet

Pages, the API, MCP and `recall search` call this one function.
"""

from datetime import date

from sqlalchemy import Connection

from recall_assets.records import Hit
from recall_assets.stages.search import Query, parse
from recall_assets.stages.search.snippets import snippet
from recall_assets.stages.search.words import tokens
from recall_assets.store import search as rows
from recall_assets.store.search import Filters, Found

LIMIT = 20


def search(connection: Connection, typed: str, *, today: date, limit: int = LIMIT) -> list[Hit]:
    """What answers `typed`, best first, at most `limit`; nothing where nothing was asked.

    Args:
        today: the day from which `yesterday` and the like are seen.

    Raises:
        InputError: a filter cannot be understood; says how it is written.
    """
    query = parse(typed, today)
    if query.is_empty:
        return []
    terms = frozenset(token.term for token in tokens(" ".join((query.text, *query.phrases))))
    return [_hit(found, terms) for found in rows.by_words(connection, terms, _filters(query), limit)]


def _filters(query: Query) -> Filters:
    names = (query.kinds, query.deployments, query.projects, query.apps, query.urls)
    return Filters(query.days.first, query.days.last, *names)


def _hit(found: Found, terms: frozenset[str]) -> Hit:
    shown = snippet(found.text, terms)
    return Hit(
        kind=found.kind,
        id=found.id,
        deployment_id=found.deployment_id,
        start_at=found.start_at,
        end_at=found.end_at,
        title=found.title,
        snippet=shown.text,
        score=found.score,
        highlights=shown.highlights,
        activity_id=found.activity_id,
        project_id=found.project_id,
        frame_id=found.frame_id,
    )
