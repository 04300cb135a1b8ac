"""Reads stored images again after redaction, as somebody would who got hold of them.

    a frame with a finding   the lines around each fill       is the value covered whole, also where it goes on?
    one in `every` others    the whole image                  did reading only what was new miss something?

What is found is counted and noted on the frame (`reread_hits`), and how much of a whole reading the stored text has.
`defs.checks` makes an alarm of the first, a warning of the second; `recall backfill --stage secrets` covers what still
shows: see `rescan`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Engine

from recall_assets.engines.workers import Workers
from recall_assets.intake.worker import Answer, Reread, RereadTask, Task
from recall_assets.records import Word
from recall_assets.stages.ocr_text import word_recall
from recall_assets.store import ocr_text, rereading, secrets

# Frames whose layouts are in memory at once.
BATCH = 256


@dataclass(frozen=True, slots=True)
class RereadReport:
    """Images that were read again, and those of them that still showed something."""

    images: int = 0
    showing: int = 0


def reread_images(
    engine: Engine,
    workers: Workers[Task, Answer],
    frame_ids: Sequence[UUID],
    *,
    every: int,
    whole: Collection[UUID] = (),
) -> RereadReport:
    """Reads again the images of those of the frames that have a finding, and of one in `every` others (0: of none).

    Args:
        whole: frames whose images are read whole in any case.
    """
    images = showing = 0
    for start in range(0, len(frame_ids), BATCH):
        tasks: dict[str, RereadTask] = {}
        for task in _tasks(engine, frame_ids[start : start + BATCH]):
            id_ = task.frame.id
            task = replace(task, whole=id_ in whole or (every > 0 and id_.int % every == 0))
            ref = task.frame.image_ref
            if ref is not None and (task.filled or task.whole):
                tasks.setdefault(ref, task)
        hits, recall = dict[str, int](), dict[str, float]()
        for task, answer in _read_again(workers, [*tasks.values()]):
            ref = task.frame.image_ref or ""
            hits[ref] = len(answer.found)
            if task.whole and (share := word_recall(task.frame.text, (word.text for word in answer.words))) is not None:
                recall[ref] = share
        with engine.begin() as connection:
            rereading.note(connection, hits, recall)
        images += len(hits)
        showing += sum(count > 0 for count in hits.values())
    return RereadReport(images, showing)


def words_again(
    engine: Engine, workers: Workers[Task, Answer], frame_ids: Sequence[UUID]
) -> dict[UUID, tuple[Word, ...]]:
    """The words in clear that stand in the stored images of these frames, with marks where they are filled."""
    return {task.frame.id: answer.words for task, answer in _read_again(workers, _tasks(engine, frame_ids))}


def _tasks(engine: Engine, frame_ids: Sequence[UUID]) -> list[RereadTask]:
    """One for each of the frames that has an image, in their order; they read it whole."""
    with engine.connect() as connection:
        stored = ocr_text.stored(connection, frame_ids)
        found = secrets.of_frames(connection, frame_ids)
    return [
        RereadTask(stored[id_], tuple((row.kind, row.boxes) for row in found.get(id_, []) if row.boxes), whole=True)
        for id_ in frame_ids
        if id_ in stored and stored[id_].image_ref is not None
    ]


def _read_again(workers: Workers[Task, Answer], tasks: Sequence[RereadTask]) -> Iterator[tuple[RereadTask, Reread]]:
    """What stands in these images; without those that cannot be read any more."""
    for task, answer in workers.run([[task] for task in tasks]):
        if isinstance(task, RereadTask) and isinstance(answer, Reread):
            yield task, answer
