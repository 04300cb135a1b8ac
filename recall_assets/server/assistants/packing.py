"""`recall_context_pack`: what is known of a topic, within a budget, every excerpt under a number with its source.

topic ─► search ─┬─ day, project, activity ─► their sentences  ┐
                 └─ frame, speech ─► what was around the words ┴─► stages.context_pack ─► [1] … [n]
"""

from datetime import datetime, tzinfo

from sqlalchemy import Connection

from recall_assets.records import Hit
from recall_assets.search import search
from recall_assets.server.assistants.answers import day_of
from recall_assets.server.assistants.quoting import enclosed
from recall_assets.stages.context_pack import Excerpt, pack, token_count
from recall_assets.store.timeline.around import activities_of
from recall_assets.store.timeline.days import read_summary
from recall_assets.store.timeline.rows import ShownSentence

LEAST_TOKENS = 300
MOST_TOKENS = 50_000
_HITS = 60


def context_pack(connection: Connection, topic: str, budget: int, now: datetime) -> tuple[str, int]:
    """The answer, of `budget` tokens at most, and how many excerpts are in it.

    Args:
        now: in the zone in which times are told.

    Raises:
        InputError: a filter in the topic cannot be understood.
    """
    hits = search(connection, topic, today=now.date(), limit=_HITS)
    empty = enclosed("Nothing is known of it.")
    excerpts = pack(_excerpts(connection, hits, now.tzinfo), budget - token_count(empty), _rendered)
    if not excerpts:
        return empty, 0
    return enclosed("".join(_rendered(number, each) for number, each in enumerate(excerpts, 1))), len(excerpts)


def _rendered(number: int, excerpt: Excerpt) -> str:
    return f"[{number}] {excerpt.head}\n{excerpt.text}\n\n"


def _excerpts(connection: Connection, hits: list[Hit], zone: tzinfo | None) -> list[Excerpt]:
    known = activities_of(connection, [hit.id for hit in hits if hit.kind == "activity"])
    excerpts = []
    for hit in hits:
        said: tuple[ShownSentence, ...] = ()
        if hit.kind == "activity" and hit.id in known:
            said = known[hit.id].sentences
        elif hit.kind == "day" and hit.deployment_id is None:
            summary = read_summary(connection, day_of(hit))
            said = () if summary is None else summary.sentences
        text = " ".join(sentence.text for sentence in said) or hit.snippet
        excerpts.append(Excerpt(_head(hit, zone), " ".join(f"{hit.title}: {text}".split())))
    return excerpts


def _head(hit: Hit, zone: tzinfo | None) -> str:
    where = f", {hit.deployment_id}" if hit.deployment_id else ""
    if hit.kind == "day":
        return f"day {hit.id}, {day_of(hit)}{where}"
    return f"{hit.kind} {hit.id}, {_span(hit.start_at.astimezone(zone), hit.end_at.astimezone(zone))}{where}"


def _span(start: datetime, end: datetime) -> str:
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}-{until} {start:%z}"
