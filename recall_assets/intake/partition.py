"""Reads the pending frames of a partition: in batches, in lanes of a monitor, nothing stored before it is redacted.

    pending ─► batch ─► lanes ─► workers read ─► known values of the run ─► mask ─► workers fill ─► one transaction
                 256      48        (clear, in memory)                              frame store     rows; then the
                                                                                                    envelopes go
A kill at any point loses at most a batch's work: its frames are still pending, its envelopes still there, and an image
that was written without a row is written again. What a later batch finds is masked in the earlier ones at the end.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets.engines.workers import Failure, Workers
from recall_assets.intake.masking import KnownInRun, Masked, WindowKey, mask, unmatched
from recall_assets.intake.rescan import ScanReport, scrub, secret_rows
from recall_assets.intake.worker import (
    Answer,
    FilledImage,
    FillTask,
    FrameRead,
    MakeReader,
    ReadFrameTask,
    Task,
    Unreadable,
)
from recall_assets.process_memory import no_core_dumps
from recall_assets.records import Box, DeploymentDay, Provenance, Status
from recall_assets.sealer import Clear, keep
from recall_assets.settings import Home, Settings
from recall_assets.stages.ocr_text import new_lines, pack_layout, seen_lines
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import frames, landing, ocr_text, secrets
from recall_assets.store.frames import LandedFrame, ReadFrame
from recall_assets.store.ocr_text import ForgetOrder, FrameText, StoredFrame
from recall_assets.store.secrets import Secret

# Frames whose clear words are in memory at once, and whose work a kill loses.
BATCH = 256
# Consecutive frames of a monitor that one worker reads: each lane's first frame is read whole.
LANE = 48
# Frames written in one transaction.
COMMIT = 64
WORKER_MEMORY = 4 * 2**30
LOG_EVERY = timedelta(seconds=5)

_log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
ReadingWorkers = Workers[Task, Answer]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a run over a partition did, in frames; `secrets` counts added rows."""

    read: int = 0
    identical: int = 0
    failed: int = 0
    forgotten: int = 0
    secrets: int = 0


@dataclass(slots=True)
class _Run:
    """What one run over a partition carries from batch to batch."""

    engine: Engine
    home: Home
    settings: Settings
    partition: DeploymentDay
    provenance: Provenance
    workers: ReadingWorkers
    known: KnownInRun = field(default_factory=KnownInRun)
    read_ids: list[UUID] = field(default_factory=list)
    read: int = 0
    identical: int = 0
    failed: int = 0
    forgotten: int = 0
    secrets: int = 0


@dataclass(frozen=True, slots=True)
class _Finished:
    """A frame that is ready to be stored."""

    frame: LandedFrame
    reading: FrameRead = field(repr=False)
    masked: Masked
    same_as: UUID | None
    image: ReadFrame
    crops: dict[tuple[Box, ...], bytes] = field(repr=False)
    new_text: str = field(default="", repr=False)


def read_partition(
    engine: Engine,
    home: Home,
    settings: Settings,
    partition: DeploymentDay,
    provenance: Provenance,
    *,
    recompute: bool,
    progress: Callable[[int, int], None],
) -> ReadReport:
    """Reads, scans and redacts the partition's pending frames; with `recompute`, all of them again.

    Args:
        progress: called with how many of how many frames are done.

    Raises:
        EngineError: workers cannot start; nothing was lost.
    """
    no_core_dumps()
    with ocr_text.hold_partition(engine, partition):
        with engine.begin() as connection:
            if recompute:
                frames.set_pending(connection, partition, (Status.DONE, Status.ERROR))
            pending = frames.pending(connection, partition)
        with reading_workers(home, settings) as workers:
            run = _Run(engine, home, settings, partition, provenance, workers)
            report = _reporter(partition, len(pending), progress)
            for start in range(0, len(pending), BATCH):
                _read_batch(run, pending[start : start + BATCH], partial(_forward, report, 2 * start))
            if len(pending) > BATCH and run.known.everywhere:
                run.secrets += scrub(engine, home, workers, partition, provenance, run.read_ids, run.known).secrets
    return ReadReport(run.read, run.identical, run.failed, run.forgotten, run.secrets)


def rescan_partition(
    engine: Engine, home: Home, settings: Settings, partition: DeploymentDay, provenance: Provenance
) -> ScanReport:
    """Scans the partition's stored texts again with today's rules; what it finds leaves texts, titles and images.

    Raises:
        EngineError: workers cannot start, or a stored image cannot be filled; what was not done is as it was.
    """
    no_core_dumps()
    with ocr_text.hold_partition(engine, partition):
        with engine.begin() as connection:
            ids = ocr_text.read_ids(connection, partition)
        if not ids:
            return ScanReport()
        with reading_workers(home, settings) as workers:
            return scrub(engine, home, workers, partition, provenance, ids, KnownInRun())


def reading_workers(home: Home, settings: Settings) -> ReadingWorkers:
    """Workers with the settings' number, patience and limits."""
    return Workers(
        MakeReader(home.path, settings.max_image_pixels),
        count=settings.ocr_workers,
        patience=timedelta(seconds=settings.ocr_seconds_per_frame),
        memory=WORKER_MEMORY,
    )


def _reporter(partition: DeploymentDay, total: int, progress: Progress) -> Callable[[int], None]:
    """Counts half-steps: a frame is read in one and stored in another."""
    logged_at = time.monotonic()

    def report(half_steps: int) -> None:
        nonlocal logged_at
        progress(half_steps // 2, total)
        if time.monotonic() - logged_at > LOG_EVERY.total_seconds():
            logged_at = time.monotonic()
            _log.info("%s: %d of %d frames", partition.partition_key, half_steps // 2, total)

    report(0)
    return report


def _forward(report: Callable[[int], None], before: int, half_steps: int) -> None:
    report(before + half_steps)


def _read_batch(run: _Run, batch: Sequence[LandedFrame], report: Callable[[int], None]) -> None:
    with run.engine.begin() as connection:
        orders = ocr_text.forget_orders(connection, run.partition.deployment_id)
        known_boxes = secrets.of_frames(connection, [frame.id for frame in batch])
        lanes = [list(_tasks(connection, run, lane)) for lane in _lanes(batch, run.settings.ocr_workers)]
    tasks = {task.frame.id: task for lane in lanes for task in lane}
    readings: dict[UUID, FrameRead] = {}
    for done, (task, answer) in enumerate(run.workers.run(lanes), 1):
        assert isinstance(task, ReadFrameTask)
        if not isinstance(answer, FrameRead):
            _fail(run, task.frame, answer)
        elif any(_is_forgotten(task.frame, answer, order) for order in orders):
            _forget(run, task.frame)
        else:
            readings[task.frame.id] = answer
            run.known.learn(answer.words, answer.told, answer.found)
        report(done)
    masked = {
        id_: mask(
            reading.words,
            reading.told,
            reading.found,
            known=run.known,
            stored=[(secret.kind, secret.boxes) for secret in known_boxes.get(id_, []) if secret.boxes],
            width=reading.width,
            height=reading.height,
        )
        for id_, reading in readings.items()
    }
    for id_, item in masked.items():
        if tasks[id_].frame.landing_ref is not None:
            waiting = [secret for secret in known_boxes.get(id_, []) if secret.sealed is None]
            more = unmatched(readings[id_].words, waiting, item.found)
            masked[id_] = replace(item, found=(*item.found, *more))
    steps = iter(range(len(batch) + 1, 2 * len(batch) + 1))
    ordered = [tasks[frame.id] for frame in batch if frame.id in readings]
    images = _store_images(run, ordered, readings, masked, lambda: report(next(steps)))
    finished = [
        _finished(task, readings[task.frame.id], masked[task.frame.id], images, bool(known_boxes.get(task.frame.id)))
        for task in ordered
        if task.frame.id in images
    ]
    for start in range(0, len(finished), COMMIT):
        _commit(run, finished[start : start + COMMIT])
    report(2 * len(batch))


def _lanes(batch: Sequence[LandedFrame], workers: int) -> Iterator[list[LandedFrame]]:
    """Consecutive frames of one monitor, short enough that all workers have some."""
    length = max(8, min(LANE, -(-len(batch) // (2 * workers))))
    by_monitor = sorted(batch, key=lambda frame: frame.monitor)  # stable: in time order within a monitor
    for _, group in groupby(by_monitor, key=lambda frame: frame.monitor):
        lane = list(group)
        yield from (lane[start : start + length] for start in range(0, len(lane), length))


def _tasks(connection: Connection, run: _Run, lane: Sequence[LandedFrame]) -> Iterator[ReadFrameTask]:
    stored = ocr_text.stored(connection, [frame.id for frame in lane if frame.landing_ref is None])
    earlier = ocr_text.last_read(connection, lane[0], code_version=run.provenance.code_version)
    for position, frame in enumerate(lane):
        yield ReadFrameTask(frame, stored.get(frame.id), earlier if position == 0 else None)


def _is_forgotten(frame: LandedFrame, reading: FrameRead, order: ForgetOrder) -> bool:
    """Whether the owner ordered that this may not come back."""
    if (order.from_at and frame.seen_until < order.from_at) or (order.to_at and frame.captured_at >= order.to_at):
        return False
    told = reading.told
    texts = [told.title, told.url, " ".join(word.text for word in reading.words), *(w.title for w in told.windows)]
    apps, urls = [told.app, *(w.app for w in told.windows)], [told.url, *(w.url for w in told.windows)]
    return all(
        sought is None or any(sought.casefold() in (text or "").casefold() for text in where)
        for sought, where in ((order.app, apps), (order.url, urls), (order.match, texts))
    )


def _fail(run: _Run, frame: LandedFrame, answer: object) -> None:
    reason = answer.code if isinstance(answer, Unreadable) else "worker"
    if isinstance(answer, Failure):
        reason = answer.reason
    with run.engine.begin() as connection:
        frames.mark_failed(connection, frame.id, Status.ERROR, reason)
    run.failed += 1


def _forget(run: _Run, frame: LandedFrame) -> None:
    with run.engine.begin() as connection:
        frames.mark_failed(connection, frame.id, Status.SKIPPED, "forgotten")
        ocr_text.drop_envelope(connection, frame.id)
    if frame.landing_ref is not None:
        landing.delete_envelopes(run.home, [frame.landing_ref])
    run.forgotten += 1


def _store_images(
    run: _Run,
    tasks: Sequence[ReadFrameTask],
    readings: dict[UUID, FrameRead],
    masked: dict[UUID, Masked],
    step: Callable[[], None],
) -> dict[UUID, FilledImage | UUID]:
    """The stored image of each frame, or the id of the frame of this batch whose image it shares."""
    shared = {
        task.frame.id: base
        for task in tasks
        if (base := readings[task.frame.id].identical_to) in masked
        and masked[base].boxes == masked[task.frame.id].boxes
    }
    crops: defaultdict[UUID, set[tuple[Box, ...]]] = defaultdict(set)
    for task in tasks:
        under = {found.boxes for found in masked[task.frame.id].found if found.boxes}
        crops[shared.get(task.frame.id) or task.frame.id] |= under
    fills: list[list[Task]] = []
    for task in tasks:
        if task.frame.id in shared:
            continue
        origin: LandedFrame | StoredFrame = task.frame
        if task.frame.landing_ref is None and task.stored is not None:
            origin = task.stored
        boxes = masked[task.frame.id].boxes
        fills.append([FillTask(origin, origin.id, run.partition, boxes, frozenset(crops[task.frame.id]))])
    landed = {task.frame.id: task.frame for task in tasks}
    images: dict[UUID, FilledImage | UUID] = {}
    for filling, answer in run.workers.run(fills):
        assert isinstance(filling, FillTask)
        if isinstance(answer, FilledImage):
            images[filling.target] = answer
        else:
            _fail(run, landed[filling.target], answer)
        step()
    return images | {id_: base for id_, base in shared.items() if base in images}


def _finished(
    task: ReadFrameTask, reading: FrameRead, masked: Masked, images: dict[UUID, FilledImage | UUID], had_secrets: bool
) -> _Finished:
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
        # The only place of a secret's value until it is sealed: see `_commit`.
        landing_ref=frame.landing_ref if waits else None,
    )
    return _Finished(frame, reading, masked, reading.identical_to, row, filled.crops)


def _commit(run: _Run, finished: Sequence[_Finished]) -> None:
    """Rows of these frames in one transaction; then the envelopes that nothing waits for are deleted."""
    with run.engine.begin() as connection:
        fresh = _new_texts(connection, run.partition, finished)
        frames.mark_read(connection, [item.image for item in finished])
        ocr_text.replace(connection, [_text_row(item, fresh[item.frame.id]) for item in finished], run.provenance)
        rows = [pair for item in finished for pair in _secret_rows(run, item)]
        run.secrets += keep(connection, run.home, rows, datetime.now(UTC)).added
        waiting = secrets.unsealed_frames(connection, [item.frame.id for item in finished])
        for item in finished:
            if item.image.landing_ref is not None and item.frame.id not in waiting:
                ocr_text.drop_envelope(connection, item.frame.id)
    gone = [item.frame.landing_ref for item in finished if item.frame.landing_ref and item.frame.id not in waiting]
    landing.delete_envelopes(run.home, gone)
    run.read += len(finished)
    run.identical += sum(item.same_as is not None for item in finished)
    run.read_ids += [item.frame.id for item in finished]


def _secret_rows(run: _Run, item: _Finished) -> list[tuple[Secret, Clear]]:
    return secret_rows(item.frame.id, run.partition, item.masked.found, run.provenance, item.crops)


def _new_texts(connection: Connection, partition: DeploymentDay, finished: Sequence[_Finished]) -> dict[UUID, str]:
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


def _active(item: _Finished) -> WindowKey:
    return item.masked.told.app, item.masked.told.title


def _text_row(item: _Finished, fresh: str) -> FrameText:
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
