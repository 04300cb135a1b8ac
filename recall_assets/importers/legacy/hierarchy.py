"""Projects, activities and day summaries as the predecessor had made them.

    projects ─► projects              the name stays: no run names it anew
    activities ─► activities          locked: no run cuts, names or moves them
    day_summaries ─► day_summaries    until the day is made again here; and, whole, the archive

A summary's sentence needs a source. An activity's are the frames in its time, a project's and a day's the activities;
where none was imported the text is in the archive alone.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from recall_assets.importers.drafts import IMPORTED, Draft, Dropped, Outcome, plain
from recall_assets.importers.legacy.captured import archived
from recall_assets.importers.legacy.context import Context, text_of
from recall_assets.store.foreign import Row
from recall_assets.store.sentences import sentence_id

_SOURCES = 5


def project(row: Row, context: Context) -> Iterator[Outcome]:
    """A project; its days are those of its activities, or the one on which it was made."""
    key = context.key("projects", row["id"])
    made = context.when(row, "created_at", "updated_at")
    days = context.project_days.get(key) or [made.date() if made else date(1970, 1, 1)]
    values = {
        "id": key,
        "name": text_of(row, "name", "title") or "Unnamed project",
        "name_source": "owner",
        "first_seen": min(days),
        "last_seen": max(days),
        "status": "active",
        "code_version": IMPORTED,
    }
    yield Draft("projects", key, None, values)


def activity(row: Row, context: Context) -> Iterator[Outcome]:
    """An activity that stays as it was, tied to its project."""
    deployment_id = context.deployment(row)
    start, end = (
        context.when(row, "start_at", "started_at", "start_time"),
        context.when(row, "end_at", "ended_at", "end_time"),
    )
    if deployment_id is None:
        yield Dropped("left out by the map")
        return
    if start is None or end is None or end <= start:
        yield Dropped("no time that it took; archived")
        yield archived(context, "activities", row["id"], plain(row), deployment_id)
        return
    summary = text_of(row, "summary", "title", "name")
    if context.is_forgotten(deployment_id, start, texts=[summary]):
        yield Dropped("forgotten by your order")
        return
    key, day = context.key("activities", row["id"]), context.local(start, deployment_id)[0]
    project_id = None if row.get("project_id") is None else context.key("projects", row["project_id"])
    if project_id:
        context.project_days.setdefault(project_id, []).append(day)
        context.project_activities.setdefault(project_id, []).append(key)
    context.days.setdefault((deployment_id, day), []).append(key)
    context.days.setdefault((None, day), []).append(key)
    values = {
        "id": key,
        "deployment_id": deployment_id,
        "day": day,
        "start_at": start,
        "end_at": end,
        "label": "other",
        "title": _title(text_of(row, "title", "name") or summary),
        "title_source": "owner",
        "summary_kind": "owner" if summary else "extractive",
        "project_id": project_id,
        "active_seconds": (end - start).total_seconds(),
        "terms": {},
        "interruptions": [],
        "locked": True,
        "code_version": IMPORTED,
    }
    tie = {"id": uuid5(key, "must_link"), "kind": "must_link", "activity_id": key, "project_id": project_id}
    yield Draft("activities", key, deployment_id, values, (("project_constraints", tie),) if project_id else ())


def activity_summary(row: Row, context: Context) -> Iterator[Outcome]:
    """The sentence of an activity, resting on frames of its time; asked after the frames."""
    deployment_id, said = context.deployment(row), text_of(row, "summary", "description")
    start, end = (
        context.when(row, "start_at", "started_at", "start_time"),
        context.when(row, "end_at", "ended_at", "end_time"),
    )
    if deployment_id is None or said is None or start is None or end is None or end <= start:
        return
    if context.is_forgotten(deployment_id, start, texts=[said]):
        return
    shown = _frames_in(context.frames.get(deployment_id, []), start, end)
    sources = [{"frame_id": frame} for frame in shown]
    yield _sentence(context, "activities", row, "activity_id", deployment_id, said, sources)


def project_summary(row: Row, context: Context) -> Iterator[Outcome]:
    """The sentence of a project, resting on its activities; asked after those."""
    if said := text_of(row, "summary", "description"):
        activities = context.project_activities.get(context.key("projects", row["id"]), [])
        sources = [{"activity_id": one} for one in activities[:_SOURCES]]
        yield _sentence(context, "projects", row, "project_id", None, said, sources)


def day_summary(row: Row, seen: set[tuple[str | None, date]], context: Context) -> Iterator[Outcome]:
    """A day's summary; of several for one machine and day (the old index let them repeat) the first given stays.

    Args:
        seen: the machines' days that had one already.
    """
    over_all = all(
        row.get(name) in (None, "") for name in ("deployment_id", "device_name", "user_id", "organization_id")
    )
    deployment_id = None if over_all else context.deployment(row)
    if deployment_id is None and not over_all:
        yield Dropped("left out by the map")
        return
    said, day = text_of(row, "summary", "content"), _day(row, context)
    if said is None or day is None:
        yield Dropped("no day, or no text")
        return
    noon = datetime.combine(
        day, datetime.min.time(), context.zones[deployment_id or context.default_deployment]
    ) + timedelta(hours=12)
    if context.is_forgotten(deployment_id or context.default_deployment, noon, texts=[said]):
        yield Dropped("forgotten by your order")
        return
    yield archived(context, "day_summaries", row["id"], plain(row), deployment_id)
    if (deployment_id, day) in seen:
        yield Dropped("a newer one of the same machine and day stays; archived")
        return
    seen.add((deployment_id, day))
    sources = [{"activity_id": one} for one in context.days.get((deployment_id, day), [])[:_SOURCES]]
    if not sources:
        yield Dropped("no activity of that day to rest on; archived")
        return
    key = context.key("day_summaries", row["id"])
    values: dict[str, Any] = {
        "id": key,
        "deployment_id": deployment_id,
        "day": day,
        "summary_kind": "extractive",
        "facts": {},
        "code_version": IMPORTED,
    }
    yield Draft("day_summaries", key, deployment_id, values, _sentence_rows("day_summary_id", key, said, sources))


def _sentence(
    context: Context,
    table: str,
    row: Row,
    owner_column: str,
    deployment_id: str | None,
    said: str,
    sources: Sequence[dict[str, UUID]],
) -> Outcome:
    if not sources:
        return archived(context, f"{table}.summary", row["id"], {"summary": said}, deployment_id)
    rows = _sentence_rows(owner_column, context.key(table, row["id"]), said, sources)
    values: dict[str, Any] = rows[0][1]
    return Draft("summary_sentences", values["id"], deployment_id, values, rows[1:])


def _sentence_rows(
    owner_column: str, owner: UUID, said: str, sources: Sequence[dict[str, UUID]]
) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The one sentence of an owner, then what it rests on."""
    key = sentence_id(owner, 0)
    sentence: dict[str, Any] = {
        "id": key,
        owner_column: owner,
        "position": 0,
        "text": said,
        "kind": "inference",
        "code_version": IMPORTED,
    }
    rests = ({"sentence_id": key, "position": place, **source} for place, source in enumerate(sources))
    return ("summary_sentences", sentence), *(("sentence_sources", one) for one in rests)


def _frames_in(frames: Sequence[tuple[datetime, UUID]], start: datetime, end: datetime) -> list[UUID]:
    """Some frames of [start, end), spread over it."""
    first, after = bisect_left(frames, start, key=lambda one: one[0]), bisect_left(frames, end, key=lambda one: one[0])
    step = max(1, -(-(after - first) // _SOURCES))
    return [frames[at][1] for at in range(first, after, step)]


def _title(said: str | None) -> str:
    """The first line, whole: a piece of a secret that was cut off is harder to know than the secret."""
    return (said or "Imported activity").strip().splitlines()[0]


def _day(row: Row, context: Context) -> date | None:
    said = row.get("date") or row.get("day") or row.get("summary_date")
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(str(said)[:10])
    except ValueError:
        return None
