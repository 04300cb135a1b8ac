"""Stores what was read: rows and images of some frames in one transaction, then deletes what nothing waits for.

reading, masked, image ─► Finished ─► frames, ocr_text, secrets ─► commit ─► envelopes deleted
                                                                     └ but those that wait, or are carried
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.intake.masking import Masked, WindowKey
from recall_assets.intake.rescan import secret_rows
from recall_assets.intake.run import Run
from recall_assets.intake.worker import FilledImage, FrameRead, ReadFrameTask
from recall_assets.records import Box, DeploymentDay
from recall_assets.sealer import Clear, keep
from recall_assets.stages.ocr_text import new_lines, pack_layout, seen_lines
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import carried, frames, landing, ocr_text
from recall_assets.store.frames import LandedFrame, ReadFrame
from recall_assets.store.ocr_text import FrameText
from recall_assets.store.secrets import Secret

# Frames written in one transaction.
COMMIT = 64


@dataclass(frozen=True, slots=True)
class Finished:
    """A frame that is ready to be stored."""

    frame: LandedFrame
    reading: FrameRead = field(repr=False)
    masked: Masked
    same_as: UUID | None
    image: ReadFrame
    crops: dict[tuple[Box, ...], bytes] = field(repr=False)
    new_text: str = field(default="", repr=False)


def finished(
    task: ReadFrameTask, reading: FrameRead, masked: Masked, images: dict[UUID, FilledImage | UUID], had_secrets: bool
) -> Finished:
    """The frame as it will be stored; `had_secrets` where earlier runs found some on it."""
    frame = task.frame
    image = images[frame.id]
    filled = images[image] if isinstance(image, UUID) else image
    assert isinstance(filled, FilledImage)
    waits = bool(masked.found) or had_secrets
    told = masked.told
    row = ReadFrame(
        id=frame.id,
        width=reading.width,
        height=reading.height,
        image_ref=filled.file.ref,
        image_sha256=filled.file.sha256,
        image_bytes=filled.file.bytes,
        phash64=filled.phash64,
        same_as=reading.identical_to,
        app_name=told.app,
        window_title=told.title,
        url=told.url,
        windows=told.windows,
        monitor_rect=told.monitor_rect,
        idle_seconds=told.idle_seconds,
        locked=told.locked,
        trigger=told.trigger,
        imported_id=told.imported_id,
        content_tag=None if waits else frame.content_tag,
        # The only place of a secret's value until it is sealed; and the last one of its window is carried.
        landing_ref=frame.landing_ref if waits else None,
    )
    return Finished(frame, reading, masked, reading.identical_to, row, filled.crops)


def commit(run: Run, finished: Sequence[Finished]) -> None:
    """Rows of these frames in one transaction; then the envelopes that nothing waits for are deleted."""
    with run.engine.begin() as connection:
        fresh = _new_texts(connection, run.partition, finished)
        frames.mark_read(connection, [item.image for item in finished])
        ocr_text.replace(connection, [_text_row(item, fresh[item.frame.id]) for item in finished], run.provenance)
        rows = [pair for item in finished for pair in _secret_rows(run, item)]
        run.secrets += keep(connection, run.home, rows, datetime.now(UTC)).added
        gone = carried.release(connection, run.partition)
    gone += [item.frame.landing_ref for item in finished if item.frame.landing_ref and not item.image.landing_ref]
    landing.delete_envelopes(run.home, gone)
    run.read += len(finished)
    run.identical += sum(item.same_as is not None for item in finished)


def _secret_rows(run: Run, item: Finished) -> list[tuple[Secret, Clear]]:
    return secret_rows(item.frame.id, run.partition, item.masked.found, run.provenance, item.crops)


def _new_texts(connection: Connection, partition: DeploymentDay, finished: Sequence[Finished]) -> dict[UUID, str]:
    """The lines of each frame that its window did not show earlier that day."""
    windows = {_active(item) for item in finished}
    before = ocr_text.seen_in(connection, partition, windows)
    events: list[tuple[datetime, WindowKey, str, UUID | None]] = [
        (past.captured_at, (past.app, past.title), past.new_text, None) for past in before
    ]
    events += [(item.frame.captured_at, _active(item), item.masked.text, item.frame.id) for item in finished]
    seen: dict[WindowKey, set[str]] = {}
    fresh: dict[UUID, str] = {}
    for _, window, text, frame_id in sorted(events, key=lambda event: event[0]):  # stable: stored ones first
        lines = seen.setdefault(window, set())
        if frame_id is not None:
            fresh[frame_id] = new_lines(text, lines)
        lines |= seen_lines(text)
    return fresh


def _active(item: Finished) -> WindowKey:
    return item.masked.told.app, item.masked.told.title


def _text_row(item: Finished, fresh: str) -> FrameText:
    words = item.masked.words
    return FrameText(
        frame_id=item.frame.id,
        text=item.masked.text,
        new_text=fresh,
        layout=pack_layout(words, width=item.reading.width, height=item.reading.height),
        confidence=sum(word.confidence for word in words) / len(words) if words else None,
        engine=item.reading.engine,
        language=item.reading.language,
        detector_version=DETECTOR_VERSION,
    )
