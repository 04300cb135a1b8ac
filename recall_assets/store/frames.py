"""Frames as rows: landed by ingest, filled by the intake, read by every stage after it.

    ingest ─► land, extend ─► status 0, sealed ─► pending ─► intake ─┬► mark_read ─► status 1 ─► read_day ─► stages
                   └ next arrival number: the sensor's watermark      └► mark_failed ─► status 2, 3

Between landing and reading a row holds only what travelled in clear; the envelope lies at `landing_ref`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, true, update

from capture_agent.protocol import Binding, Kind
from recall_assets.records import Box, DeploymentDay, Frame, GivenUp, Status, Window
from recall_assets.store import vision_summaries
from recall_assets.store.tables import arrivals, frames, ocr_text

# What `error` says of an envelope that is sealed to a landing key which is not here.
KEY_GONE = "key_gone"
# What `error` says of a frame that never had an image: only what was in front is known of it.
NO_IMAGE = "no_image"


@dataclass(frozen=True, slots=True)
class ArrivingFrame:
    """A frame that ingest accepted; `day` is the date of `captured_at` at `utc_offset`."""

    id: UUID
    deployment_id: str
    captured_at: datetime
    seen_until: datetime
    utc_offset: timedelta
    day: date
    monitor: int
    content_tag: bytes
    clock_suspect: bool
    landing_ref: str


@dataclass(frozen=True, slots=True)
class LandedFrame:
    """A frame that waits, sealed, to be read; `content_tag` is equal where the sender's contents are equal."""

    id: UUID
    deployment_id: str
    captured_at: datetime
    seen_until: datetime
    utc_offset: timedelta
    monitor: int
    content_tag: bytes | None
    landing_ref: str | None
    attempts: int

    @property
    def binding(self) -> Binding:
        """What the envelope at `landing_ref` must have been sealed as."""
        return Binding(Kind.FRAME, self.deployment_id, self.id, self.captured_at, self.utc_offset, self.monitor)


@dataclass(frozen=True, slots=True)
class ReadFrame:
    """What reading made of a frame: its redacted screen texts, and where its redacted image lies."""

    id: UUID
    width: int
    height: int
    image_ref: str
    image_sha256: bytes  # of the redacted image, as phash64 is
    image_bytes: int
    phash64: int | None = None
    same_as: UUID | None = None
    app_name: str | None = None
    window_title: str | None = None
    url: str | None = None
    windows: tuple[Window, ...] = ()
    monitor_rect: Box | None = None
    idle_seconds: float | None = None
    locked: bool = False
    trigger: str = "change"
    imported_id: str | None = None
    content_tag: bytes | None = None  # None where a finding was made
    landing_ref: str | None = None  # None where the envelope is deleted


class KnownItem(NamedTuple):
    """What ingest compares a repeated id with; the tag is NULL once a finding was made."""

    deployment_id: str
    captured_at: datetime
    seen_until: datetime
    content_tag: bytes | None


def known(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, KnownItem]:
    """Those of `ids` that have a row."""
    rows = connection.execute(
        select(
            frames.c.id, frames.c.deployment_id, frames.c.captured_at, frames.c.seen_until, frames.c.content_tag
        ).where(frames.c.id.in_(list(ids)))
    )
    return {row.id: KnownItem(*row[1:]) for row in rows}


def land_frames(connection: Connection, arriving: Sequence[ArrivingFrame]) -> None:
    """Adds rows with status 0, each with the next arrival number; the caller holds the landing."""
    if arriving:
        connection.execute(insert(frames), [asdict(frame) for frame in arriving])


def extend(connection: Connection, frame_id: UUID, seen_until: datetime) -> bool:
    """Whether the frame now stood longer than was known; if so it takes the next arrival number."""
    extended = connection.execute(
        update(frames)
        .where(frames.c.id == frame_id, frames.c.seen_until < seen_until)
        .values(seen_until=seen_until, arrival=arrivals.next_value(), received_at=func.now())
    )
    return extended.rowcount > 0


def pending(connection: Connection, partition: DeploymentDay) -> list[LandedFrame]:
    """The partition's frames that no one has read yet, by captured_at, then monitor."""
    rows = connection.execute(
        select(*(frames.c[name] for name in LandedFrame.__slots__))
        .where(*_of(partition), frames.c.ocr_status == Status.PENDING)
        .order_by(frames.c.captured_at, frames.c.monitor, frames.c.id)
    )
    return [LandedFrame(*row) for row in rows]


def read_day(connection: Connection, partition: DeploymentDay) -> list[Frame]:
    """The partition's frames that were read or never had an image, with redacted texts, by captured_at and monitor."""
    usable = or_(
        and_(frames.c.ocr_status == Status.DONE, ocr_text.c.frame_id.is_not(None)),
        and_(frames.c.ocr_status == Status.SKIPPED, frames.c.error == NO_IMAGE),
    )
    columns = (column for name in Frame.__slots__ if (column := frames.c.get(name)) is not None)
    rows = connection.execute(
        select(*columns, *(func.coalesce(c, "").label(c.name) for c in (ocr_text.c.text, ocr_text.c.new_text)))
        .outerjoin(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(*_of(partition), usable)
        .order_by(frames.c.captured_at, frames.c.monitor, frames.c.id)
    )
    return [_frame(row._mapping) for row in rows]


def mark_read(connection: Connection, read: Sequence[ReadFrame]) -> None:
    """Fills the rows of these frames and sets them to status 1."""
    done = {"ocr_status": Status.DONE, "error": None, "reread_hits": None}
    for frame in read:
        values = {field: getattr(frame, field) for field in ReadFrame.__slots__ if field != "id"}
        values |= done | {
            "windows": windows_as_json(frame.windows),
            "monitor_rect": None if frame.monitor_rect is None else list(frame.monitor_rect),
        }
        connection.execute(update(frames).where(frames.c.id == frame.id).values(values))
    vision_summaries.forget_outdated(connection, frames.c.id.in_([frame.id for frame in read]))


def mark_failed(connection: Connection, frame_id: UUID, status: Status, reason: str) -> None:
    """Sets a frame to status 2 (may be tried again) or 3 (never); `reason` carries no screen text."""
    connection.execute(
        update(frames)
        .where(frames.c.id == frame_id)
        .values(ocr_status=status, error=reason, attempts=frames.c.attempts + 1)
    )


def tried_enough(
    connection: Connection, partition: DeploymentDay, *, attempts: int, received_before: datetime
) -> list[LandedFrame]:
    """The partition's unreadable frames that were tried so often, or came before then, and still lie in the landing."""
    rows = connection.execute(
        select(*(frames.c[name] for name in LandedFrame.__slots__))
        .where(
            *_of(partition),
            frames.c.ocr_status == Status.ERROR,
            frames.c.landing_ref.is_not(None),
            or_(frames.c.attempts >= attempts, frames.c.received_at < received_before),
        )
        .order_by(frames.c.captured_at, frames.c.id)
    )
    return [LandedFrame(*row) for row in rows]


def give_up(connection: Connection, frame_id: UUID, became: GivenUp) -> None:
    """Sets an unreadable frame to status 3; its envelope is about to be deleted."""
    ended = {"ocr_status": Status.SKIPPED, "error": became.value, "landing_ref": None, "content_tag": None}
    connection.execute(update(frames).where(frames.c.id == frame_id).values(ended))


def delete_frame(connection: Connection, frame_id: UUID) -> None:
    """The frame's row goes, with what was read on it; its secrets are buried already."""
    connection.execute(delete(frames).where(frames.c.id == frame_id))


def set_pending(
    connection: Connection, partition: DeploymentDay, was: Iterable[Status], *, attempts_below: int | None = None
) -> int:
    """How many of the partition's frames with a status in `was`, tried less often, wait to be read again."""
    tried_less = true() if attempts_below is None else frames.c.attempts < attempts_below
    back = connection.execute(
        update(frames)
        .where(*_of(partition), frames.c.ocr_status.in_(list(was)), tried_less, _can_be_read())
        .values(ocr_status=Status.PENDING, error=None)
    )
    return back.rowcount


def set_pending_unless_read_by(connection: Connection, partition: DeploymentDay, code_version: str) -> int:
    """How many of the partition's frames, read by another version of the code, wait to be read again."""
    by_this = select(ocr_text.c.frame_id).where(ocr_text.c.code_version_read == code_version)
    back = connection.execute(
        update(frames)
        .where(*_of(partition), frames.c.ocr_status == Status.DONE, frames.c.id.not_in(by_this), _can_be_read())
        .values(ocr_status=Status.PENDING, error=None)
    )
    return back.rowcount


def without_image(connection: Connection, partition: DeploymentDay) -> int:
    """How many of the partition's read frames have only their text: their images were let go."""
    read = select(func.count()).where(*_of(partition), frames.c.ocr_status == Status.DONE, ~_can_be_read())
    return connection.execute(read).scalar_one()


def counts_by_status(connection: Connection) -> dict[tuple[str, int], int]:
    """How many frames each deployment has of each status that it has any of."""
    c = frames.c
    rows = connection.execute(
        select(c.deployment_id, c.ocr_status, func.count()).group_by(c.deployment_id, c.ocr_status)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def windows_as_json(windows: Sequence[Window]) -> list[dict[str, object]]:
    """What the column `windows` holds; topmost first."""
    return [asdict(window) | {"rect": list(window.rect)} for window in windows]


def windows_from_json(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Window, ...]:
    """The windows that the column `windows` holds; none where it is NULL."""
    return tuple(Window(**dict(window) | {"rect": Box(*window["rect"])}) for window in stored or ())


def _frame(row: Mapping[Any, Any]) -> Frame:
    values = dict(row)
    values["windows"] = windows_from_json(values["windows"])
    values["locked"] = bool(values["locked"])
    values["trigger"] = values["trigger"] or "change"
    return Frame(**values)


def _can_be_read() -> ColumnElement[bool]:
    """There is something to read: imported text came without its image."""
    return or_(frames.c.landing_ref.is_not(None), frames.c.image_ref.is_not(None))


def _of(partition: DeploymentDay) -> tuple[Any, Any]:
    return frames.c.deployment_id == partition.deployment_id, frames.c.day == partition.day
