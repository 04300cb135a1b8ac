"""Rows as the objects of an answer: ids, times with their zone, who belongs to whom, the address of the page.

Short on purpose: what an assistant reads costs it room. What a field is called here, it is called in every answer.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from recall_assets.records import CoreBlock, Hit, Status
from recall_assets.store.remembered import Remembered
from recall_assets.store.timeline.activities import ActivityPage
from recall_assets.store.timeline.around import Extent, Seen
from recall_assets.store.timeline.days import ShownSummary
from recall_assets.store.timeline.frames import ShownFrame
from recall_assets.store.timeline.projects import ProjectRow, ShownProject
from recall_assets.store.timeline.rows import ProjectTag, ShownActivity, ShownSentence
from recall_assets.store.timeline.spans import Glance, Span
from recall_assets.store.timeline.totals import Total

Answer = dict[str, object]
_MOST_MOMENTS = 40


def of_hit(hit: Hit, zone: ZoneInfo) -> Answer:
    """What a search found, its times as clocks show them where the owner is."""
    return _without_none(
        kind=hit.kind,
        id=hit.id,
        machine=hit.deployment_id,
        **_when(hit, zone),
        title=hit.title,
        snippet=hit.snippet,
        score=round(hit.score, 3),
        activity_id=hit.activity_id if hit.activity_id != hit.id else None,
        project_id=hit.project_id,
        frame_id=hit.frame_id if hit.frame_id != hit.id else None,
        times_seen=hit.count if hit.count > 1 else None,
    )


def of_span(span: Span) -> Answer:
    """An activity at a glance."""
    when = {"machine": span.deployment_id, "start": _time(span.start_at), "end": _time(span.end_at)}
    return _without_none(id=span.id, **when, title=span.title, project=_named(span.project))


def of_glance(glance: Glance) -> Answer:
    """A day at a glance."""
    said = None if glance.sentence is None else glance.sentence.text
    return _without_none(day=glance.day, summary=said, frames=glance.frames, frames_unread=glance.pending or None)


def of_activity(activity: ShownActivity) -> Answer:
    """An activity with its sentences."""
    return _without_none(
        kind="activity",
        id=activity.id,
        machine=activity.deployment_id,
        start=_time(activity.start_at),
        end=_time(activity.end_at),
        active_minutes=_minutes(activity.active),
        what=activity.label,
        title=activity.title,
        project=_named(activity.project),
        summary=_sentences(activity.sentences),
        page=f"/activities/{activity.id}",
    )


def of_activity_page(page: ActivityPage) -> Answer:
    """An activity with what was on the screen in it, and what was said."""
    moments = [
        _without_none(frame_id=each.id, at=_time(each.captured_at), app=each.app, title=each.title, url=each.url)
        for each in page.moments
        if each.same_as is None
    ]
    spoken = [
        _without_none(id=each.id, at=_time(each.started_at), by=each.speaker, text=each.text) for each in page.spoken
    ]
    return of_activity(page.activity) | _without_none(
        earlier_activity_id=page.earlier,
        later_activity_id=page.later,
        picture_description=page.described and page.described[0],
        speech=spoken or None,
        frames=_thinned(moments),
        frames_in_all=len(moments),
    )


def of_frame(frame: ShownFrame) -> Answer:
    """A frame with the text that was read on it."""
    return _without_none(
        kind="frame",
        id=frame.id,
        machine=frame.deployment_id,
        at=_time(frame.captured_at),
        until=_time(frame.seen_until),
        app=frame.app,
        title=frame.title,
        url=frame.url,
        text=frame.text,
        has_image=frame.has_image,
        image="no longer kept" if frame.status == Status.DONE and not frame.has_image else None,
        activity_id=frame.activity_id,
        project=_named(frame.project),
    )


def of_project(row: ProjectRow) -> Answer:
    """A project in a list."""
    days = {"first_day": row.first_seen, "last_day": row.last_seen, "active_minutes": _minutes(row.active)}
    return _without_none(id=row.tag.id, name=row.tag.name, **days, activities=row.activities)


def of_whole_project(project: ShownProject) -> Answer:
    """A project with its time by day and its newest activities."""
    return _without_none(
        kind="project",
        id=project.tag.id,
        name=project.tag.name,
        first_day=project.first_seen,
        last_day=project.last_seen,
        active_minutes=_minutes(project.active),
        minutes_by_day={str(day): _minutes(time) for day, time in project.days.items()},
        minutes_by_machine={name: _minutes(time) for name, time in project.machines.items()},
        summary=_sentences(project.sentences),
        newest_activities=[of_activity(each) for each in project.activities[:10]],
        page=f"/projects/{project.tag.id}",
    )


def of_summary(summary: ShownSummary) -> Answer:
    """What a day's summary says, each sentence with what it rests on."""
    return {"id": str(summary.id), "kind": "day", "sentences": _sentences(summary.sentences)}


def of_memory(known: Remembered) -> Answer:
    """A memory with what all days say of it."""
    memory = known.memory
    particulars = {
        name: list(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in asdict(memory.particulars).items()
        if value not in {None, "", ()}
    }
    return _without_none(
        kind=memory.kind.value,
        id=memory.id,
        summary=memory.summary,
        details=memory.details or None,
        **{name: value for name, value in particulars.items() if name not in {"kind", "id", "summary", "details"}},
        under="/".join(memory.tree_path) or None,
        first_day=known.first_day,
        last_day=known.last_day,
        days=known.days,
        active_minutes=round(known.seconds / 60),
        written_by_owner=memory.locked or None,
        rests_on=[{source.kind.value: str(source.id)} for source in memory.sources[:5]] or None,
    )


def of_core(block: CoreBlock) -> Answer:
    """A block of core memory."""
    return {"label": block.label, "value": block.value, "written_by_owner": block.locked}


def of_seen(seen: Seen) -> Answer:
    """The last frame of a machine."""
    return _without_none(
        machine=seen.deployment_id, frame_id=seen.id, at=_time(seen.captured_at), app=seen.app, title=seen.title
    )


def of_extent(extent: Extent) -> Answer:
    """How much there is."""
    named = ("machines", "frames", "transcripts", "activities", "projects", "first_day", "last_day")
    return _without_none(frames_unread=extent.waiting, **{name: getattr(extent, name) for name in named})


def of_total(total: Total) -> Answer:
    """Where time went."""
    days = {str(day): _minutes(time) for day, time in total.days.items()}
    return _without_none(id=total.key, name=total.name, minutes=_minutes(total.time), minutes_by_day=days)


def day_of(hit: Hit) -> date:
    """The day that a hit of kind day is of: its span begins at midnight of it, in UTC."""
    return hit.start_at.astimezone(UTC).date()


def _when(hit: Hit, zone: ZoneInfo) -> Answer:
    if hit.kind == "day":
        return {"day": str(day_of(hit))}
    return {"start": _time(hit.start_at.astimezone(zone)), "end": _time(hit.end_at.astimezone(zone))}


def _sentences(said: Sequence[ShownSentence]) -> list[Answer]:
    return [
        _without_none(
            id=each.id,
            text=each.text,
            inferred=True if each.kind == "inference" else None,
            rests_on=[{source.kind.value: str(source.id)} for source in each.sources] or None,
        )
        for each in said
    ]


def _thinned(moments: list[Answer]) -> list[Answer]:
    """Evenly fewer, where there are many; the first and the last stay."""
    if len(moments) <= _MOST_MOMENTS:
        return moments
    step = (len(moments) - 1) / (_MOST_MOMENTS - 1)
    return [moments[round(at * step)] for at in range(_MOST_MOMENTS)]


def _named(project: ProjectTag | None) -> Answer | None:
    return None if project is None else {"id": str(project.id), "name": project.name}


def _minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _without_none(**values: object) -> Answer:
    plain = (bool, int, float, str, list, dict)
    return {
        name: value if isinstance(value, plain) else str(value) for name, value in values.items() if value is not None
    }
