"""What an order would take, in numbers and pictures, before anything goes.

items ─► frames, sound, chats ... ─► from when to when, machines, programs ─► a few pictures, spread over them
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, func, select

from recall_assets.records import DeploymentDay
from recall_assets.store.forgetting.deleting import Lost, any_of, items, secret_ids
from recall_assets.store.tables import activities, forgotten_items, frames, projects

_PROGRAMS = 8
_PICTURES = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame that would go, of which there is an image; `at` is by its machine's clock."""

    frame_id: UUID
    deployment_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an order covers.

    Args:
        items: rows by table that would go for good.
        gone: activities that would go with them; `changed` ones are made again from what is left.
        projects: the names of those that would go.
        secrets: sealed or waiting values that would go.
        image_bytes: of images on disk.
        programs: frames by the program in front, the most frequent first.
    """

    items: Mapping[str, int]
    days: tuple[DeploymentDay, ...] = ()  # of machines, that are touched
    first: datetime | None = None
    last: datetime | None = None
    machines: Mapping[str, int] = field(default_factory=dict)
    programs: Mapping[str, int] = field(default_factory=dict)
    gone: int = 0
    changed: int = 0
    projects: tuple[str, ...] = ()
    secrets: int = 0
    image_bytes: int = 0
    pictures: tuple[Picture, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing that is here would go."""
        return not self.items and not self.days


def counted(connection: Connection, order_id: int, lost: Lost) -> Chosen:
    """What the items of an order are."""
    f = frames.c
    own = f.id.in_(items(order_id, "frames"))
    c = forgotten_items.c
    numbers = connection.execute(select(c.target, func.count()).where(c.order_id == order_id).group_by(c.target))
    first, last, size = connection.execute(
        select(func.min(f.captured_at), func.max(f.seen_until), func.coalesce(func.sum(f.image_bytes), 0)).where(own)
    ).one()
    number = func.count().label("number")
    machines = connection.execute(select(f.deployment_id, number).where(own).group_by(f.deployment_id))
    programs = connection.execute(
        select(f.app_name, number)
        .where(own, f.app_name.is_not(None))
        .group_by(f.app_name)
        .order_by(number.desc(), f.app_name)
        .limit(_PROGRAMS)
    )
    gone, names = _gone(connection, order_id, lost)
    return Chosen(
        items={row[0]: row[1] for row in numbers},
        first=first,
        last=last,
        machines={row[0]: row[1] for row in machines},
        programs={row[0]: row[1] for row in programs},
        gone=gone,
        changed=len(lost.activities) - gone,
        projects=names,
        secrets=len(secret_ids(connection, order_id)),
        image_bytes=size,
        pictures=_pictures(connection, order_id),
    )


def _gone(connection: Connection, order_id: int, lost: Lost) -> tuple[int, tuple[str, ...]]:
    """How many activities keep no frame, and the names of projects that keep no activity."""
    a, f = activities.c, frames.c
    item = forgotten_items.c
    of_order = exists().where(item.order_id == order_id, item.target == "frames", item.id == f.id)
    left = exists().where(f.activity_id == a.id, ~of_order)
    gone = [*connection.scalars(select(a.id).where(a.id == any_of(lost.activities), ~left))]
    others = exists().where(a.project_id == projects.c.id, ~(a.id == any_of(gone)))
    names = connection.scalars(
        select(projects.c.name).where(projects.c.id == any_of(lost.projects), ~others).order_by(projects.c.name)
    )
    return len(gone), tuple(names)


def _pictures(connection: Connection, order_id: int) -> tuple[Picture, ...]:
    """Some of the images, as evenly spread as can be."""
    f = frames.c
    shown = (
        select(
            f.id,
            f.deployment_id,
            f.captured_at,
            f.utc_offset,
            func.ntile(_PICTURES).over(order_by=(f.captured_at, f.id)).label("part"),
        )
        .where(f.id.in_(items(order_id, "frames")), f.image_ref.is_not(None), f.same_as.is_(None))
        .subquery()
    )
    place = func.row_number().over(partition_by=shown.c.part, order_by=(shown.c.captured_at, shown.c.id)).label("place")
    ranked = select(shown, place).subquery()
    rows = connection.execute(select(ranked).where(ranked.c.place == 1).order_by(ranked.c.captured_at))
    return tuple(Picture(row.id, row.deployment_id, row.captured_at + row.utc_offset) for row in rows)
