"""Reads the pending frames of a partition: in batches, in lanes of a monitor, nothing stored before it is redacted.

    pending ─► batch ─► lanes ─► workers read ─► known values of the run ─► mask ─► workers fill ─► one transaction
                 256      48        (clear, in memory)                              frame store     rows; then the
                                                                                                    envelopes go
A kill at any point loses at most a batch's work: its frames are still pending, its envelopes still there, and an image
that was written without a row is written again. What a batch is the first to find is masked in the frames that were
stored before it; see `earlier`. Writing rows is `storing`; what cannot be read, `setbacks`.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets.engines.workers import Workers
from recall_assets.forgetting import forgotten_of
from recall_assets.intake import rescan
from recall_assets.intake.earlier import learn_carried, mask_earlier
from recall_assets.intake.masking import KnownInRun, Masked, mask, unmatched
from recall_assets.intake.places import check_landing
from recall_assets.intake.rereading import reread_images, words_again
from recall_assets.intake.rescan import ScanReport, scrub
from recall_assets.intake.run import Progress, ReadingWorkers, ReadReport, Run, log
from recall_assets.intake.setbacks import fail, forget, forgotten_by, give_up, keep_told
from recall_assets.intake.storing import COMMIT, commit, finished
from recall_assets.intake.worker import (
    FilledImage,
    FillTask,
    FrameRead,
    MakeReader,
    ReadFrameTask,
    Task,
)
from recall_assets.process_memory import no_core_dumps
from recall_assets.records import Box, DeploymentDay, Provenance, Status
from recall_assets.settings import Home, Settings
from recall_assets.store import frame_files, frames, ocr_text, rereading, secrets, waiting
from recall_assets.store.frames import LandedFrame
from recall_assets.store.ocr_text import StoredFrame
from recall_assets.store.secrets import Secret

# Frames whose clear words are in memory at once, and whose work a kill loses.
BATCH = 256
# Consecutive frames of a monitor that one worker reads: each lane's first frame is read whole.
LANE = 48
# Windows that were open before a lane starts, whose lines need not be read again.
EARLIER = 6
WORKER_MEMORY = 4 * 2**30
LOG_EVERY = timedelta(seconds=5)


def read_partition(
    engine: Engine,
    home: Home,
    settings: Settings,
    partition: DeploymentDay,
    provenance: Provenance,
    *,
    recompute: bool,
    other_versions: bool = False,
    progress: Callable[[int, int], None],
) -> ReadReport:
    """Reads, scans and redacts the partition's pending frames.

    Args:
        recompute: all others, too, again.
        other_versions: those again that another engine or version of the code has read; what a kill leaves of them
            stays pending.
        progress: called with how many of how many frames are done.

    Raises:
        EngineError: workers cannot start, or the images' bucket is away; nothing was lost.
        LandingError: this machine has no landing, or no key to it; nothing was lost.
    """
    no_core_dumps()
    with ocr_text.hold_partition(engine, partition):
        with engine.begin() as connection:
            if recompute:
                frames.set_pending(connection, partition, (Status.DONE, Status.ERROR))
            elif other_versions:
                frames.set_pending_unless_read_by(connection, partition, provenance.code_version)
            pending = frames.pending(connection, partition)
            beyond = frames.without_image(connection, partition) if recompute or other_versions else 0
        check_landing(home, pending)
        frame_files.check_reachable(home)
        with reading_workers(home, settings) as workers:
            run = Run(engine, home, settings, partition, provenance, workers, without_image=beyond)
            report = _reporter(partition, len(pending), progress)
            if pending:
                learn_carried(run)
            for start in range(0, len(pending), BATCH):
                _read_batch(run, pending[start : start + BATCH], partial(_forward, report, 2 * start))
            give_up(run, datetime.now(UTC))
    return run.report()


def rescan_partition(
    engine: Engine, home: Home, settings: Settings, partition: DeploymentDay, provenance: Provenance
) -> ScanReport:
    """Scans the partition's stored texts again with today's rules; what it finds leaves texts, titles and images.

    Of images that showed something when they were read again, the whole image is read and scanned. Frames whose secrets
    wait for the vault are read first, once there is one: their values stand nowhere but in their envelopes.

    Raises:
        EngineError: workers cannot start, or a stored image cannot be filled; what was not done is as it was.
    """
    no_core_dumps()
    with engine.connect() as connection:
        asked = waiting.is_asked_again(connection, partition)
    if asked:
        read_partition(
            engine, home, settings, partition, provenance, recompute=False, progress=lambda _done, _total: None
        )
    with ocr_text.hold_partition(engine, partition):
        with engine.begin() as connection:
            ids = ocr_text.read_ids(connection, partition)
            showing = rereading.showing(connection, ids)
        if not ids:
            return ScanReport()
        with reading_workers(home, settings) as workers:
            seen = words_again(engine, workers, [id_ for id_ in ids if id_ in showing])
            known = KnownInRun()
            report = scrub(engine, home, workers, partition, provenance, ids, known, seen=seen)
            # A batch was scanned before a later one taught what else to look for.
            news = known.take_news()
            with engine.begin() as connection:
                told = ocr_text.told_of_read(connection, partition)
            earlier = [
                id_ for id_ in ids[: (len(ids) - 1) // rescan.BATCH * rescan.BATCH] if news.may_stand_on(told[id_])
            ]
            again = scrub(engine, home, workers, partition, provenance, earlier, known)
            reread_images(engine, workers, ids, every=settings.reread_every, whole=showing)
            return ScanReport(report.scanned, report.changed + again.changed, report.secrets + again.secrets)


def reading_workers(home: Home, settings: Settings) -> ReadingWorkers:
    """Workers with the settings' number, patience and limits."""
    return Workers(
        MakeReader(home, settings.max_image_pixels, settings.ocr_engine, settings.ocr_languages),
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
            log.info("%s: %d of %d frames", partition.partition_key, half_steps // 2, total)

    report(0)
    return report


def _forward(report: Callable[[int], None], before: int, half_steps: int) -> None:
    report(before + half_steps)


def _read_batch(run: Run, batch: Sequence[LandedFrame], report: Callable[[int], None]) -> None:
    with run.engine.begin() as connection:
        orders = forgotten_of(connection, run.home, run.partition.deployment_id)
        known_boxes = secrets.of_frames(connection, [frame.id for frame in batch])
        lanes = [list(_tasks(connection, run, lane)) for lane in _lanes(batch, run.settings.ocr_workers)]
    tasks = {task.frame.id: task for lane in lanes for task in lane}
    readings: dict[UUID, FrameRead] = {}
    unusable: list[LandedFrame] = []
    for done, (task, answer) in enumerate(run.workers.run(lanes), 1):
        assert isinstance(task, ReadFrameTask)
        if not isinstance(answer, FrameRead):
            fail(run, task.frame, answer)
            unusable.append(task.frame)
        elif rule := forgotten_by(task.frame, answer.told, answer.words, orders):
            forget(run, task.frame, rule)
        else:
            readings[task.frame.id] = answer
            run.known.learn(answer.words, answer.told, answer.found)
        report(done)
    keep_told(run, unusable, orders)
    mask_earlier(run, run.known.take_news(), but=readings)
    masked = {
        id_: _masked(run, tasks[id_].frame, reading, known_boxes.get(id_, [])) for id_, reading in readings.items()
    }
    steps = iter(range(len(batch) + 1, 2 * len(batch) + 1))
    ordered = [tasks[frame.id] for frame in batch if frame.id in readings]
    images = _store_images(run, ordered, readings, masked, lambda: report(next(steps)))
    keep_told(run, [task.frame for task in ordered if task.frame.id not in images], orders)
    ready = [
        finished(task, readings[task.frame.id], masked[task.frame.id], images, bool(known_boxes.get(task.frame.id)))
        for task in ordered
        if task.frame.id in images
    ]
    for start in range(0, len(ready), COMMIT):
        commit(run, ready[start : start + COMMIT])
    again = reread_images(run.engine, run.workers, [*images], every=run.settings.reread_every)
    run.reread += again.images
    run.showing += again.showing
    report(2 * len(batch))


def _masked(run: Run, frame: LandedFrame, reading: FrameRead, before: Sequence[Secret]) -> Masked:
    """The frame without its secrets; `before` is what earlier runs found on it."""
    masked = mask(
        reading.words,
        reading.told,
        reading.found,
        known=run.known,
        stored=[(secret.kind, secret.boxes) for secret in before if secret.boxes],
        width=reading.width,
        height=reading.height,
    )
    if frame.landing_ref is None:
        return masked
    more = unmatched(reading.words, [secret for secret in before if secret.sealed is None], masked.found)
    return replace(masked, found=(*masked.found, *more))


def _lanes(batch: Sequence[LandedFrame], workers: int) -> Iterator[list[LandedFrame]]:
    """Consecutive frames of one monitor, short enough that all workers have some."""
    length = max(8, min(LANE, -(-len(batch) // (2 * workers))))
    by_monitor = sorted(batch, key=lambda frame: frame.monitor)  # stable: in time order within a monitor
    for _, group in groupby(by_monitor, key=lambda frame: frame.monitor):
        lane = list(group)
        yield from (lane[start : start + length] for start in range(0, len(lane), length))


def _tasks(connection: Connection, run: Run, lane: Sequence[LandedFrame]) -> Iterator[ReadFrameTask]:
    stored = ocr_text.stored(connection, [frame.id for frame in lane if frame.landing_ref is None])
    earlier = ocr_text.last_read(connection, lane[0], code_version=run.provenance.code_version, limit=EARLIER)
    for position, frame in enumerate(lane):
        yield ReadFrameTask(frame, stored.get(frame.id), tuple(earlier) if position == 0 else ())


def _store_images(
    run: Run,
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
            fail(run, landed[filling.target], answer)
        step()
    return images | {id_: base for id_, base in shared.items() if base in images}
