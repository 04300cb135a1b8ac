"""Across batches and runs: values that earlier frames teach, and earlier frames that show what was found since.

    a run before   last find of a window, its envelope kept ─► read again where the stored image is black ─► known
    this run       a value found for the first time ─► stored frames of its windows are masked ─► the batch is stored

So a value that is found stands unmasked nowhere in its partition, except on frames of later runs or batches that are
not read yet; a kill in between leaves the frames that it was found on pending, and it is found again.
"""

from collections.abc import Collection
from uuid import UUID

from recall_assets.intake.masking import News
from recall_assets.intake.rescan import scrub
from recall_assets.intake.run import Run
from recall_assets.intake.worker import FrameRead, ReadFrameTask
from recall_assets.store import carried, ocr_text


def learn_carried(run: Run) -> None:
    """Makes known what the last finds of the run's windows were; a frame that cannot be read teaches nothing."""
    with run.engine.begin() as connection:
        kept = carried.carried(connection, run.partition)
        stored = ocr_text.stored(connection, [frame.id for frame in kept])
    lanes = [[ReadFrameTask(frame, earlier=tuple(filter(None, [stored.get(frame.id)])))] for frame in kept]
    for _, answer in run.workers.run(lanes):
        if isinstance(answer, FrameRead):
            run.known.learn(answer.words, answer.told, answer.found)
    run.known.take_news()  # whoever found them masked the stored frames


def mask_earlier(run: Run, news: News, but: Collection[UUID]) -> None:
    """Takes values that were found now out of the partition's stored frames.

    Args:
        but: frames that are about to be stored, masked already.

    Raises:
        EngineError: a stored image could not be filled; what was not done is as it was.
    """
    with run.engine.begin() as connection:
        told = ocr_text.told_of_read(connection, run.partition)
    showing = [id_ for id_, each in told.items() if id_ not in but and news.may_stand_on(each)]
    if showing:
        where = run.engine, run.home, run.workers, run.partition, run.provenance
        run.secrets += scrub(*where, showing, run.known).secrets
