"""The nouns of the timeline, and the columns that they are read from.

    activities ─┬─ first frame ─► offset of that machine's clock, picture
                ├─ projects ─────► ProjectTag: rank in order of first_seen, so that a project keeps its colour
                └─ sentences ────► ShownSentence with its sources

Times carry the offset that the machine's own clock had.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from recall_assets.records import Interruption, Sentence, Source, SourceKind
from recall_assets.store.projects import MERGED
from recall_assets.store.sentences import OwnerColumn, sentence_id, sentences_of
from recall_assets.store.tables import activities, deployments, frames, projects


@dataclass(frozen=True, slots=True)
class ProjectTag:
    """A living project as it stands beside what belongs to it; `rank` counts projects by first day, from 0."""

    id: UUID
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A deployment as pages name it."""

    id: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Made:
    """By which run and code version a row was made, and when."""

    run_id: UUID | None
    code_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """One sentence under its id, by which `why` is asked."""

    id: UUID
    text: str
    kind: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ShownActivity:
    """An activity as a card or a block shows it; `picture` is one of its frames, of its sentences' if they have one."""

    id: UUID
    deployment_id: str
    day: date
    start_at: datetime
    end_at: datetime
    active: timedelta
    title: str
    label: str
    project: ProjectTag | None
    suggested: ProjectTag | None
    project_score: float | None
    sentences: tuple[ShownSentence, ...]
    interruptions: tuple[Interruption, ...]
    locked: bool
    frames: int
    picture: UUID | None
    made: Made

    @property
    def summary(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


def machines(connection: Connection) -> dict[str, Machine]:
    """Every deployment, revoked ones too, by id."""
    rows = connection.execute(select(deployments.c.id, deployments.c.name, deployments.c.timezone).order_by("id"))
    return {row.id: Machine(*row) for row in rows}


def home_zone(connection: Connection) -> str:
    """The zone of the machine that was heard of last: where the owner is, as far as Recall knows; UTC without any."""
    c = deployments.c
    return connection.scalar(select(c.timezone).order_by(c.last_seen_at.desc().nulls_last(), c.id).limit(1)) or "UTC"


def project_tags(connection: Connection) -> dict[UUID, ProjectTag]:
    """Every living project, by first day."""
    ordered = select(projects.c.id, projects.c.name).where(projects.c.status != MERGED)
    rows = connection.execute(ordered.order_by(projects.c.first_seen, projects.c.id)).all()
    return {row.id: ProjectTag(row.id, row.name, rank) for rank, row in enumerate(rows)}


def shown_sentences(owner_id: UUID, said: Sequence[Sentence]) -> tuple[ShownSentence, ...]:
    """The sentences of an owner under their ids."""
    return tuple(
        ShownSentence(sentence_id(owner_id, position), one.text, one.kind, one.sources)
        for position, one in enumerate(said)
    )


def sentences_by_owner(
    connection: Connection, column: OwnerColumn, ids: Collection[UUID]
) -> Mapping[UUID, tuple[ShownSentence, ...]]:
    """The sentences of each owner, by position."""
    return {owner: shown_sentences(owner, said) for owner, said in sentences_of(connection, column, list(ids)).items()}


def shown_activities(connection: Connection, query: Select[Any]) -> list[ShownActivity]:
    """The activities that a query by `activity_rows` gives, in its order."""
    rows = connection.execute(query).all()
    said = sentences_by_owner(connection, "activity_id", [row.id for row in rows])
    tags = project_tags(connection)
    shown = _with_image(connection, said.values())
    return [_activity(row, said[row.id], tags, shown) for row in rows]


def activity_rows(*where: ColumnElement[bool]) -> Select[Any]:
    """A query for `shown_activities`, by start; order and limit may be set anew."""
    c = frames.c
    shown = (
        select(
            func.count().label("frames"),
            func.array_agg(aggregate_order_by(c.utc_offset, c.captured_at)).label("offsets"),
            func.array_agg(aggregate_order_by(c.id, c.captured_at)).filter(c.image_ref.is_not(None)).label("ids"),
        )
        .where(c.activity_id == activities.c.id)
        .lateral("shown")
    )
    columns = [activities.c[name] for name in _COLUMNS]
    return (
        select(
            *columns,
            deployments.c.timezone,
            shown.c.frames,
            shown.c.offsets[1].label("utc_offset"),
            shown.c.ids[1].label("picture"),
        )
        .select_from(activities.join(deployments).join(shown, true()))
        .where(*where)
        .order_by(activities.c.start_at, activities.c.deployment_id, activities.c.id)
    )


_COLUMNS = (
    *("id", "deployment_id", "day", "start_at", "end_at", "active_seconds", "title", "label", "interruptions"),
    *("project_id", "suggested_project_id", "project_score", "locked", "run_id", "code_version", "created_at"),
)


def _activity(
    row: Any,
    said: tuple[ShownSentence, ...],
    tags: Mapping[UUID, ProjectTag],
    with_image: Collection[UUID],
) -> ShownActivity:
    own = ZoneInfo(row.timezone) if row.utc_offset is None else timezone(row.utc_offset)
    shown = [source.id for one in said for source in one.sources if source.id in with_image]
    return ShownActivity(
        id=row.id,
        deployment_id=row.deployment_id,
        day=row.day,
        start_at=row.start_at.astimezone(own),
        end_at=row.end_at.astimezone(own),
        active=timedelta(seconds=row.active_seconds),
        title=row.title,
        label=row.label,
        project=tags.get(row.project_id),
        suggested=tags.get(row.suggested_project_id),
        project_score=row.project_score,
        sentences=said,
        interruptions=tuple(_interruption(one, own) for one in row.interruptions),
        locked=row.locked,
        frames=row.frames,
        picture=shown[0] if shown else row.picture,
        made=Made(row.run_id, row.code_version, row.created_at),
    )


def _with_image(connection: Connection, said: Iterable[tuple[ShownSentence, ...]]) -> set[UUID]:
    """Those of the frames that sentences rest on that have an image (still)."""
    ids = {source.id for own in said for one in own for source in one.sources if source.kind == SourceKind.FRAME}
    c = frames.c
    return set(connection.scalars(select(c.id).where(c.id.in_(ids), c.image_ref.is_not(None)))) if ids else set()


def _interruption(value: Mapping[str, str], own: timezone | ZoneInfo) -> Interruption:
    start, end = (datetime.fromisoformat(value[name]).astimezone(own) for name in ("start_at", "end_at"))
    return Interruption(start, end, value["app_name"])
