"""How long a deployment's images are kept (`deployments.retention`), which ones there are, and letting them go.

    {"images_days": 30, "keyframes_days": null, "bytes": 20000000000}     a key that is missing: as recall.toml says

    let_go ─► rows forget the image, and it stands under `images_going` ─► its file is deleted ─► gone
              a kill in between leaves the list, and the next run deletes what stands there

The text stays, and everything that was made of it.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    update,
)

from recall_assets.records import DeploymentDay, KeptImage, Retention, Status
from recall_assets.store import settings
from recall_assets.store.database import hold
from recall_assets.store.tables import deployments, frames, sentence_sources, summary_sentences, vision_summaries

_GOING = "images_going"


@dataclass(frozen=True, slots=True)
class ImageDay:
    """A deployment's day that has images: how many, their bytes, and how many at most are keyframes."""

    partition: DeploymentDay
    images: int
    bytes: int
    groups: int

    @property
    def is_thin(self) -> bool:
        """Whether it has no more images than keyframes."""
        return self.images <= self.groups


def hold_images(engine: Engine) -> AbstractContextManager[None]:
    """Waits until nobody else lets images go, or copies them all, and keeps others from it."""
    return hold(engine, "retention")


def set_retention(connection: Connection, deployment_id: str, said: Mapping[str, int | None]) -> None:
    """From now on these keys hold for the deployment, and of all others what recall.toml says."""
    connection.execute(update(deployments).where(deployments.c.id == deployment_id).values(retention=dict(said)))


def said(connection: Connection) -> dict[str, dict[str, int | None]]:
    """What was set for each deployment that has something set."""
    rows = connection.execute(select(deployments.c.id, deployments.c.retention))
    return {row.id: row.retention for row in rows if row.retention}


def retentions(connection: Connection, default: Retention) -> dict[str, Retention]:
    """How long each deployment's images are kept; `default` where nothing else was set."""
    rows = connection.execute(select(deployments.c.id, deployments.c.retention))
    return {row.id: _read(row.retention, default) for row in rows}


def _read(set_: Mapping[str, Any], default: Retention) -> Retention:
    def days(key: str, otherwise: timedelta | None) -> timedelta | None:
        if key not in set_:
            return otherwise
        return None if set_[key] is None else timedelta(days=set_[key])

    # The budget of recall.toml is one for all machines together, so it is no machine's default.
    return Retention(days("images_days", default.images), days("keyframes_days", default.keyframes), set_.get("bytes"))


def image_days(connection: Connection) -> list[ImageDay]:
    """Every deployment's day that has images, by deployment, then day."""
    c = frames.c
    stored = (
        select(c.deployment_id, c.day, func.max(c.image_bytes).label("bytes"))
        .where(c.image_ref.is_not(None))
        .group_by(c.deployment_id, c.day, c.image_ref)
        .subquery()
    )
    sizes = (
        select(stored.c.deployment_id, stored.c.day, func.count().label("images"), func.sum(stored.c.bytes).label("b"))
        .group_by(stored.c.deployment_id, stored.c.day)
        .subquery()
    )
    hour = cast(func.date_trunc("hour", c.captured_at), Text)
    groups = (
        select(
            c.deployment_id,
            c.day,
            func.count(func.coalesce(cast(c.activity_id, Text), hour).distinct()).label("groups"),
        )
        .where(c.image_ref.is_not(None))
        .group_by(c.deployment_id, c.day)
        .subquery()
    )
    same_day = and_(groups.c.deployment_id == sizes.c.deployment_id, groups.c.day == sizes.c.day)
    rows = connection.execute(
        select(sizes.c.deployment_id, sizes.c.day, sizes.c.images, sizes.c.b, groups.c.groups)
        .join(groups, same_day)
        .order_by(sizes.c.deployment_id, sizes.c.day)
    )
    return [ImageDay(DeploymentDay(row[0], row[1]), row[2], int(row[3] or 0), row[4]) for row in rows]


def image_bytes(connection: Connection) -> int:
    """The bytes of all images, each once however many frames show it."""
    c = frames.c
    each = select(func.max(c.image_bytes).label("bytes")).where(c.image_ref.is_not(None)).group_by(c.image_ref)
    return int(connection.execute(select(func.coalesce(func.sum(each.subquery().c.bytes), 0))).scalar_one())


def images_of(connection: Connection, partitions: Sequence[DeploymentDay]) -> dict[DeploymentDay, list[KeptImage]]:
    """The images of these days' frames; a day is missing while one of them waits to be read and may need its image."""
    c = frames.c
    wanted = _wanted(partitions)
    shown = and_(*_of(wanted), c.image_ref.is_not(None))
    waiting = select(c.deployment_id, c.day).distinct().where(shown, c.ocr_status == Status.PENDING)
    left = {DeploymentDay(*row) for row in connection.execute(waiting)}
    described = select(vision_summaries.c.activity_id).where(vision_summaries.c.frame_id == c.id).exists()
    cited = (
        select(sentence_sources.c.sentence_id)
        .join(summary_sentences, summary_sentences.c.id == sentence_sources.c.sentence_id)
        .where(sentence_sources.c.frame_id == c.id, summary_sentences.c.activity_id == c.activity_id)
        .exists()
    )
    rows = connection.execute(
        select(
            c.deployment_id,
            c.day,
            c.image_ref,
            func.coalesce(c.image_bytes, 0),
            c.captured_at,
            c.seen_until - c.captured_at,
            c.activity_id,
            described,
            cited,
        ).where(shown)
    )
    found: dict[DeploymentDay, list[KeptImage]] = {one: [] for one in partitions if one not in left}
    for machine, day, *image in rows:
        if (of_day := found.get(DeploymentDay(machine, day))) is not None:
            of_day.append(KeptImage(*image))
    return found


def let_go(connection: Connection, partitions: Sequence[DeploymentDay], refs: Collection[str]) -> None:
    """The rows of these days name these images no more; their files are to be deleted when this is committed."""
    connection.execute(
        update(frames)
        .where(*_of(_wanted(partitions)))
        .where(frames.c.image_ref == func.any(cast(list(refs), ARRAY(Text))))
        .values(image_ref=None, image_sha256=None, image_bytes=None, reread_hits=None)
    )
    settings.write(connection, _GOING, [*going(connection), *refs])


def going(connection: Connection) -> list[str]:
    """References of images that no row names any more, and whose files may still be there."""
    return list(settings.read(connection, _GOING) or [])


def gone(connection: Connection) -> None:
    """What stood under `going` has been deleted."""
    settings.delete(connection, _GOING)


def _wanted(partitions: Sequence[DeploymentDay]) -> Any:
    """The partitions as rows of a table."""
    machines = literal([one.deployment_id for one in partitions], ARRAY(Text))
    days = literal([one.day for one in partitions], ARRAY(Date))
    return func.unnest(machines, days).table_valued("deployment_id", "day").render_derived(name="wanted")


def _of(wanted: Any) -> tuple[ColumnElement[bool], ...]:
    return frames.c.deployment_id == wanted.c.deployment_id, frames.c.day == wanted.c.day
