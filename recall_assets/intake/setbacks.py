"""Frames of which nothing is stored: unreadable ones, tried again for a while, and those that the owner had forgotten.

    cannot be read ─► status 2, sealed in the landing; what its sender told is kept, redacted
        next nights ─► tried again ─► attempts or days are over ─┬► sealed to the vault, once there is one
                                                                 ├► deleted, if the owner set so
                                                                 └► deleted: lost, since nobody can open it any more

What was sealed so is a secret of the kind `unreadable_frame`: its value is what was told, its picture the image file.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from recall_assets.engines.workers import Failure
from recall_assets.errors import LandingError
from recall_assets.intake.masking import Found, mask
from recall_assets.intake.rescan import secret_rows
from recall_assets.intake.run import Run, log
from recall_assets.intake.worker import TellTask, ToldAlone, Unreadable
from recall_assets.records import GivenUp, Status, Word
from recall_assets.sealer import Clear, keep, live_epoch
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import frames, landing, ocr_text
from recall_assets.store.frames import LandedFrame
from recall_assets.store.ocr_text import ForgetOrder, Told
from recall_assets.store.secrets import Secret
from recall_assets.vault.landing import LandingKeys

UNREADABLE_FRAME = "unreadable_frame"


def is_forgotten(frame: LandedFrame, told: Told, words: Sequence[Word], orders: Iterable[ForgetOrder]) -> bool:
    """Whether the owner ordered that this may not come back."""
    return any(_matches(frame, told, words, order) for order in orders)


def _matches(frame: LandedFrame, told: Told, words: Sequence[Word], order: ForgetOrder) -> bool:
    if (order.from_at and frame.seen_until < order.from_at) or (order.to_at and frame.captured_at >= order.to_at):
        return False
    texts = [told.title, told.url, " ".join(word.text for word in words), *(w.title for w in told.windows)]
    apps, urls = [told.app, *(w.app for w in told.windows)], [told.url, *(w.url for w in told.windows)]
    return all(
        sought is None or any(sought.casefold() in (text or "").casefold() for text in where)
        for sought, where in ((order.app, apps), (order.url, urls), (order.match, texts))
    )


def fail(run: Run, frame: LandedFrame, answer: object) -> None:
    """Notes that a frame could not be read this time, and why."""
    reason = answer.code if isinstance(answer, Unreadable) else "worker"
    if isinstance(answer, Failure):
        reason = answer.reason
    with run.engine.begin() as connection:
        frames.mark_failed(connection, frame.id, Status.ERROR, reason)
    run.failed += 1


def forget(run: Run, frame: LandedFrame) -> None:
    """Keeps nothing of a frame, by the owner's order."""
    with run.engine.begin() as connection:
        frames.mark_failed(connection, frame.id, Status.SKIPPED, "forgotten")
        ocr_text.drop_envelope(connection, frame.id)
    if frame.landing_ref is not None:
        landing.delete_envelopes(run.home, [frame.landing_ref])
    run.forgotten += 1


def keep_told(run: Run, unusable: Sequence[LandedFrame], orders: Sequence[ForgetOrder]) -> None:
    """Stores, redacted, what was told of frames whose image cannot be used; what it teaches is known in the run."""
    lanes = [[TellTask(frame)] for frame in unusable if frame.landing_ref is not None]
    for task, answer in run.workers.run(lanes):
        assert isinstance(task, TellTask)
        if not isinstance(answer, ToldAlone):
            continue
        if is_forgotten(task.frame, answer.told, (), orders):
            forget(run, task.frame)
            continue
        run.known.learn((), answer.told, answer.found)
        masked = mask((), answer.told, answer.found, known=run.known, stored=(), width=0, height=0)
        with run.engine.begin() as connection:
            ocr_text.keep_told(connection, task.frame.id, masked.told, has_secrets=bool(masked.found))
            _keep_found(connection, run, task.frame, masked.found)


def give_up(run: Run, now: datetime) -> None:
    """Ends the trying of frames that were tried often or long enough; without a vault, those for it wait on."""
    before = now - timedelta(days=run.settings.unreadable_days)
    with run.engine.begin() as connection:
        due = frames.tried_enough(
            connection, run.partition, attempts=run.settings.unreadable_attempts, received_before=before
        )
        if due and run.settings.unreadable_fate == "vault" and live_epoch(connection, run.home, now) is None:
            return
    if run.settings.unreadable_fate == "vault":
        keep_told(run, due, ())  # what was found in their titles before there was a vault is sealed now
    keys = LandingKeys(run.home)
    for frame in due:
        with run.engine.begin() as connection:
            became = _sealed(connection, run, frame, keys, now)
            frames.give_up(connection, frame.id, became)
        landing.delete_envelopes(run.home, [frame.landing_ref or ""])
        log.info("%s: frame %s given up, %s", run.partition.partition_key, frame.id, became)


def _sealed(connection: Connection, run: Run, frame: LandedFrame, keys: LandingKeys, now: datetime) -> GivenUp:
    """What becomes of a frame's envelope; sealed to the vault in this transaction if it can be."""
    if run.settings.unreadable_fate == "delete":
        return GivenUp.DELETED
    try:
        opened = keys.open(landing.read_envelope(run.home, frame.landing_ref or ""), frame.binding)
    except LandingError:
        return GivenUp.LOST
    row = Secret(
        id=uuid7(),
        deployment_id=frame.deployment_id,
        place="screen",
        kind=UNREADABLE_FRAME,
        rule=UNREADABLE_FRAME,
        detector_version=DETECTOR_VERSION,
        frame_id=frame.id,
        run_id=run.provenance.run_id,
    )
    keep(connection, run.home, [(row, Clear(opened.metadata.model_dump_json(), opened.image))], now)
    return GivenUp.SEALED


def _keep_found(connection: Connection, run: Run, frame: LandedFrame, found: Sequence[Found]) -> None:
    rows = secret_rows(frame.id, run.partition, found, run.provenance, {})
    run.secrets += keep(connection, run.home, rows, datetime.now(UTC)).added
