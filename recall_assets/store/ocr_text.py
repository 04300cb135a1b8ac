"""Text of frames as rows, and what the intake must know of frames that were read before.

    intake ─► replace ─► recall.ocr_text         redacted text, its new lines, word boxes
    intake ◄─ last_read, stored, seen_in ◄─ recall.frames + ocr_text

Only redacted text comes here. How words become a layout is `stages.ocr_text`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, tuple_, update

from recall_assets.records import Box, DeploymentDay, Provenance, Status, Window
from recall_assets.store import search_index, vision_summaries
from recall_assets.store.database import hold, hold_free
from recall_assets.store.frames import LandedFrame, windows_as_json, windows_from_json
from recall_assets.store.tables import frames, ocr_text

# How far back windows are looked for whose lines a new frame may show again.
WINDOWS_WITHIN = 60


@dataclass(frozen=True, slots=True)
class FrameText:
    """The redacted text of one frame, `confidence` the mean of its words or None without any."""

    frame_id: UUID
    text: str
    new_text: str
    layout: Mapping[str, Any]
    confidence: float | None
    engine: str
    language: str
    detector_version: str


@dataclass(frozen=True, slots=True)
class TextRescanned:
    """What a scan of a stored text left of it."""

    frame_id: UUID
    text: str
    new_text: str
    layout: Mapping[str, Any]
    detector_version: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a frame's sender said about the screen, beside its pixels."""

    app: str | None = field(default=None, repr=False)
    title: str | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)
    windows: tuple[Window, ...] = field(default=(), repr=False)
    monitor_rect: Box | None = None
    idle_seconds: float | None = None
    locked: bool = False
    trigger: str = "change"
    imported_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame that was read before: its redacted image, where that is still kept, and what was told of it, redacted."""

    id: UUID
    image_ref: str | None
    same_as: UUID | None
    told: Told
    layout: Mapping[str, Any] | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    new_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SeenText:
    """Lines that were new on a frame of a window."""

    captured_at: datetime
    app: str | None
    title: str | None
    new_text: str = field(repr=False)


_TOLD = (
    frames.c.id,
    frames.c.app_name,
    frames.c.window_title,
    frames.c.url,
    frames.c.windows,
    frames.c.monitor_rect,
    frames.c.idle_seconds,
    frames.c.locked,
    frames.c.trigger,
    frames.c.imported_id,
)
_STORED = (*_TOLD, frames.c.image_ref, frames.c.same_as, ocr_text.c.layout, ocr_text.c.text, ocr_text.c.new_text)


def hold_partition(engine: Engine, partition: DeploymentDay) -> AbstractContextManager[None]:
    """Waits until nobody else reads this partition, and holds it; a process that dies lets go of it."""
    return hold(engine, partition.partition_key)


@contextmanager
def hold_free_partitions(engine: Engine, partitions: Sequence[DeploymentDay]) -> Iterator[list[DeploymentDay]]:
    """Holds those of the partitions that nobody else reads, and waits for none."""
    with hold_free(engine, [one.partition_key for one in partitions]) as free:
        yield [one for one in partitions if one.partition_key in free]


def replace(connection: Connection, texts: Sequence[FrameText], provenance: Provenance) -> None:
    """Writes these frames' texts in place of what was stored of them."""
    if not texts:
        return
    connection.execute(delete(ocr_text).where(ocr_text.c.frame_id.in_([text_.frame_id for text_ in texts])))
    made = {"code_version": provenance.code_version, "run_id": provenance.run_id}
    rows = [{name: getattr(text_, name) for name in FrameText.__slots__} | made for text_ in texts]
    connection.execute(insert(ocr_text), [row | {"code_version_read": provenance.code_version} for row in rows])


def rewrite(connection: Connection, row: TextRescanned, told: Told, provenance: Provenance) -> None:
    """Replaces text and titles of a frame in which more was found; who read it stays, the sender's tag goes.

    What the search knows of its day goes, until the day is indexed again.
    """
    texts = {name: getattr(row, name) for name in TextRescanned.__slots__ if name != "frame_id"}
    made = {"code_version": provenance.code_version, "run_id": provenance.run_id}
    connection.execute(update(ocr_text).where(ocr_text.c.frame_id == row.frame_id).values(texts | made))
    _write_told(connection, row.frame_id, told, has_secrets=True)
    search_index.drop_days_of(connection, frames, frames.c.id == row.frame_id)


def keep_told(connection: Connection, frame_id: UUID, told: Told, *, has_secrets: bool) -> None:
    """Writes what was told, redacted, of a frame that cannot be read; with a find, the sender's tag goes."""
    _write_told(connection, frame_id, told, has_secrets=has_secrets)
    about = {
        "monitor_rect": None if told.monitor_rect is None else list(told.monitor_rect),
        "idle_seconds": told.idle_seconds,
        "locked": told.locked,
        "trigger": told.trigger,
    }
    connection.execute(update(frames).where(frames.c.id == frame_id).values(about))


def _write_told(connection: Connection, frame_id: UUID, told: Told, *, has_secrets: bool) -> None:
    redacted: dict[str, object] = {
        "app_name": told.app,
        "window_title": told.title,
        "url": told.url,
        "windows": windows_as_json(told.windows),
        "imported_id": told.imported_id,
    }
    if has_secrets:
        redacted["content_tag"] = None
    connection.execute(update(frames).where(frames.c.id == frame_id).values(redacted))


def replace_image(connection: Connection, ref: str, sha256: bytes, size: int, phash64: int) -> None:
    """Notes that the stored image changed, for all frames that share it; `size` in bytes."""
    values = {"image_sha256": sha256, "image_bytes": size, "phash64": phash64}
    connection.execute(update(frames).where(frames.c.image_ref == ref).values(values))
    vision_summaries.forget_outdated(connection, frames.c.image_ref == ref)


def mark_scanned(connection: Connection, frame_ids: Collection[UUID], detector_version: str) -> None:
    """Notes that these texts were scanned by this detector and hold nothing."""
    connection.execute(
        update(ocr_text).where(ocr_text.c.frame_id.in_(frame_ids)).values(detector_version=detector_version)
    )


def last_read(connection: Connection, frame: LandedFrame, *, code_version: str, limit: int) -> list[StoredFrame]:
    """The frames that this version read before `frame` on the same monitor: the last of each of the last windows.

    At most `limit`, in time order, all of the `WINDOWS_WITHIN` frames before it; their layouts are set.
    """
    recent = (
        select(*_STORED, frames.c.captured_at)
        .join(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(
            frames.c.deployment_id == frame.deployment_id,
            frames.c.monitor == frame.monitor,
            frames.c.captured_at < frame.captured_at,
            frames.c.ocr_status == Status.DONE,
            frames.c.image_ref.is_not(None),
            ocr_text.c.code_version_read == code_version,
        )
        .order_by(frames.c.captured_at.desc(), frames.c.id)
        .limit(WINDOWS_WITHIN)
        .subquery()
    )
    newest = (recent.c.captured_at.desc(), recent.c.id)
    in_window = func.row_number().over(partition_by=(recent.c.app_name, recent.c.window_title), order_by=newest)
    ranked = select(recent, in_window.label("rank")).subquery()
    last = select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.captured_at.desc(), ranked.c.id).limit(limit)
    return [_stored(row) for row in reversed(connection.execute(last).all())]


def stored(connection: Connection, frame_ids: Collection[UUID]) -> dict[UUID, StoredFrame]:
    """Those of the frames that have a stored image, or a text that outlived it."""
    rows = connection.execute(
        select(*_STORED)
        .outerjoin(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(frames.c.id.in_(frame_ids), or_(frames.c.image_ref.is_not(None), ocr_text.c.frame_id.is_not(None)))
    )
    return {row.id: _stored(row) for row in rows}


def told_of_read(connection: Connection, partition: DeploymentDay) -> dict[UUID, Told]:
    """What was told of each of the partition's read frames, redacted."""
    rows = connection.execute(
        select(*_TOLD).where(
            frames.c.deployment_id == partition.deployment_id,
            frames.c.day == partition.day,
            frames.c.ocr_status == Status.DONE,
        )
    )
    return {row.id: _told(row) for row in rows}


def read_ids(connection: Connection, partition: DeploymentDay) -> list[UUID]:
    """The partition's read frames that have a text, by captured_at, then monitor."""
    query = (
        select(frames.c.id)
        .join(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(
            frames.c.deployment_id == partition.deployment_id,
            frames.c.day == partition.day,
            frames.c.ocr_status == Status.DONE,
        )
        .order_by(frames.c.captured_at, frames.c.monitor, frames.c.id)
    )
    return list(connection.execute(query).scalars())


def seen_in(
    connection: Connection, partition: DeploymentDay, windows: Collection[tuple[str | None, str | None]]
) -> list[SeenText]:
    """What was new that day on read frames whose active window is one of these (app, title), by captured_at."""
    wanted = [(app or "", title or "") for app, title in windows]
    window = tuple_(func.coalesce(frames.c.app_name, ""), func.coalesce(frames.c.window_title, ""))
    rows = connection.execute(
        select(frames.c.captured_at, frames.c.app_name, frames.c.window_title, ocr_text.c.new_text)
        .join(ocr_text, ocr_text.c.frame_id == frames.c.id)
        .where(
            frames.c.deployment_id == partition.deployment_id,
            frames.c.day == partition.day,
            frames.c.ocr_status == Status.DONE,
            window.in_(wanted),
        )
        .order_by(frames.c.captured_at, frames.c.id)
    )
    return [SeenText(*row) for row in rows]


def scanned_by_other_rules(connection: Connection, detector_version: str) -> list[date]:
    """The days that hold texts which the detector of this version has not seen."""
    version = ocr_text.c.detector_version
    if {*connection.execute(select(func.min(version), func.max(version))).one()} <= {detector_version, None}:
        return []  # by the index, without a look at the rows
    older = version != detector_version
    query = select(frames.c.day).distinct().join(ocr_text, ocr_text.c.frame_id == frames.c.id).where(older)
    return list(connection.scalars(query.order_by(frames.c.day)))


def _told(row: Any) -> Told:
    return Told(
        app=row.app_name,
        title=row.window_title,
        url=row.url,
        windows=windows_from_json(row.windows),
        monitor_rect=None if row.monitor_rect is None else Box(*row.monitor_rect),
        idle_seconds=row.idle_seconds,
        locked=bool(row.locked),
        trigger=row.trigger or "change",
        imported_id=row.imported_id,
    )


def _stored(row: Any) -> StoredFrame:
    return StoredFrame(
        row.id, row.image_ref, row.same_as, _told(row), row.layout, text=row.text or "", new_text=row.new_text or ""
    )
