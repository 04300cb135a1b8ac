"""Words of an order in rows that are no capture: names, titles and blocks that the owner or a model worded.

    may hold a word ─► judged ─► title, sentences, name emptied; block, summary, memory, description deleted
                                 the days that this touches are made again

Where an order means words alone, nothing that says them may stay, whatever it rests on.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Text, and_, cast, delete, exists, func, literal, or_, select, update

from recall_assets.records import DeploymentDay, ForgetCriteria
from recall_assets.store.forgetting.choosing import among, during, may_hold
from recall_assets.store.tables import (
    activities,
    conversations,
    core_memory,
    day_summaries,
    memories,
    projects,
    summary_sentences,
    vision_summaries,
)

Holds = Callable[..., bool]


def empty_activities(connection: Connection, criteria: ForgetCriteria, holds: Holds) -> set[DeploymentDay]:
    """Takes title and sentences from activities that say the words, whoever wrote them; their days."""
    a, s = activities.c, summary_sentences.c
    said = select(func.string_agg(s.text, literal("\n"))).where(s.activity_id == a.id).scalar_subquery()
    saying = exists().where(s.activity_id == a.id, may_hold(criteria.text, (s.text,)))
    rows = connection.execute(
        select(a.id, a.deployment_id, a.day, a.title, said.label("said"), cast(a.terms, Text).label("terms")).where(
            among(a.deployment_id, criteria),
            *during(a.start_at, a.end_at, criteria),
            or_(saying, may_hold(criteria.text, (a.title, cast(a.terms, Text)))),
        )
    )
    found = [row for row in rows if holds(row.title, row.said, row.terms)]
    ids = [row.id for row in found]
    values = {"title": "", "title_source": "auto", "summary_kind": "extractive", "terms": {}}
    connection.execute(update(activities).where(a.id.in_(ids)).values(values))
    connection.execute(delete(summary_sentences).where(s.activity_id.in_(ids)))
    connection.execute(
        delete(vision_summaries).where(vision_summaries.c.activity_id.in_(_holding(connection, criteria, holds)))
    )
    return {DeploymentDay(row.deployment_id, row.day) for row in found}


def _holding(connection: Connection, criteria: ForgetCriteria, holds: Holds) -> list[UUID]:
    v, a = vision_summaries.c, activities.c
    rows = connection.execute(
        select(v.activity_id, v.text)
        .join(activities, a.id == v.activity_id)
        .where(
            among(a.deployment_id, criteria),
            *during(a.start_at, a.end_at, criteria),
            may_hold(criteria.text, (v.text,)),
        )
    )
    return [row.activity_id for row in rows if holds(row.text)]


def delete_summaries(connection: Connection, criteria: ForgetCriteria, holds: Holds) -> set[DeploymentDay]:
    """Deletes summaries of days that say the words; the days of activities that they told of."""
    d, s, a = day_summaries.c, summary_sentences.c, activities.c
    said = select(func.string_agg(s.text, literal("\n"))).where(s.day_summary_id == d.id).scalar_subquery()
    saying = exists().where(s.day_summary_id == d.id, may_hold(criteria.text, (s.text,)))
    limits = [] if criteria.from_at is None else [d.day >= func.date(criteria.from_at)]
    facts = cast(d.facts, Text)
    rows = connection.execute(
        select(d.id, facts.label("facts"), said.label("said")).where(
            or_(among(d.deployment_id, criteria), d.deployment_id.is_(None)),
            d.day <= func.date(criteria.to_at),
            *limits,
            or_(saying, may_hold(criteria.text, (facts,))),
        )
    )
    found = [row.id for row in rows if holds(row.facts, row.said)]
    same_day = and_(d.day == a.day, or_(d.deployment_id == a.deployment_id, d.deployment_id.is_(None)))
    told = connection.execute(
        select(a.deployment_id, a.day).distinct().join(day_summaries, same_day).where(d.id.in_(found))
    ).all()
    connection.execute(delete(day_summaries).where(d.id.in_(found)))
    return {DeploymentDay(*row) for row in told}


def delete_memories(connection: Connection, criteria: ForgetCriteria, holds: Holds) -> set[UUID]:
    """Deletes memories that say the words, whichever day made them; their topics."""
    c = memories.c
    text = c.summary + literal("\n") + c.details + literal("\n") + func.array_to_string(c.tree_path, literal("\n"))
    rows = connection.execute(
        select(c.id, c.topic, text.label("text")).where(
            c.day.is_not(None),
            or_(among(c.deployment_id, criteria), c.deployment_id.is_(None)),
            *during(c.valid_from, c.valid_from, criteria),
            may_hold(criteria.text, (text,)),
        )
    )
    found = [row for row in rows if holds(row.text)]
    connection.execute(delete(memories).where(c.id.in_([row.id for row in found])))
    return {row.topic for row in found}


def empty_names(connection: Connection, criteria: ForgetCriteria, holds: Holds, nameless: str) -> None:
    """Takes the words from names and blocks that are of no time: a run names projects again."""
    if criteria.from_at is not None or criteria.deployment_ids:
        return
    named = _ids(connection, projects.c.id, projects.c.name, criteria, holds)
    values = {"name": nameless, "name_source": "auto"}
    connection.execute(update(projects).where(projects.c.id.in_(named)).values(values))
    told = _ids(connection, conversations.c.id, conversations.c.title, criteria, holds)
    connection.execute(update(conversations).where(conversations.c.id.in_(told)).values(title=None))
    blocks = _ids(connection, core_memory.c.id, core_memory.c.value, criteria, holds)
    connection.execute(delete(core_memory).where(core_memory.c.id.in_(blocks)))


def _ids(
    connection: Connection, id_: Column[Any], text: Column[Any], criteria: ForgetCriteria, holds: Holds
) -> list[UUID]:
    rows = connection.execute(select(id_, text).where(may_hold(criteria.text, (text,))))
    return [row[0] for row in rows if holds(row[1])]
