"""Frames of which nothing is stored: unreadable ones, tried again for a while, and those that the owner had forgotten.

    cannot be read ─► status 2, sealed in the landing; what its sender told is kept, redacted
        next nights ─► tried again ─► attempts or days are over ─┬► sealed to the vault, once there is one
                                                                 ├► deleted, if the owner set so
                                                                 └► deleted: lost, since nobody can open it any more

What was sealed so is a secret of the kind `unreadable_frame`: its value is what was told, its picture the image file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from recall_assets.engines.workers import Failure
from recall_assets.errors import LandingError
from recall_assets.intake.masking import Found, mask
from recall_assets.intake.rescan import secret_rows
from recall_assets.intake.run import Run, log
from recall_assets.intake.worker import TellTask, ToldAlone, Unreadable
from recall_assets.records import ForgetRule, GivenUp, Status, Word
from recall_assets.sealer import Clear, bury, keep, live_epoch
from recall_assets.stages.forgetting import Judge, Seen
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import frames, landing, ocr_text, secrets
from recall_assets.store.forgetting import rules
from recall_assets.store.frames import LandedFrame
from recall_assets.store.ocr_text import Told
from recall_assets.store.secrets import Secret
from recall_assets.vault.landing import LandingKeys

UNREADABLE_FRAME = "unreadable_frame"


def forgotten_by(frame: LandedFrame, told: Told, words: Sequence[Word], orders: Judge) -> ForgetRule | None:
    """The order that this frame may not come back by."""
    apps = [told.app, *(window.app for window in told.windows)]
    urls = [told.url, *(window.url for window in told.windows)]
    texts = [" ".join(word.text for word in words), told.title, *apps, *urls, *(w.title for w in told.windows)]
    return orders.rule_for(Seen(frame.deployment_id, frame.captured_at, frame.seen_until, apps, urls, texts))


def fail(run: Run, frame: LandedFrame, answer: object) -> None:
    """Notes that a frame could not be read this time, and why."""
    reason = answer.code if isinstance(answer, Unreadable) else "worker"
    if isinstance(answer, Failure):
        reason = answer.reason
    with run.engine.begin() as connection:
        frames.mark_failed(connection, frame.id, Status.ERROR, reason)
    run.failed += 1


def forget(run: Run, frame: LandedFrame, rule: ForgetRule) -> None:
    """Keeps nothing of a frame but its id, by the owner's order."""
    with run.engine.begin() as connection:
        rules.remember(connection, rule.order_id, "frames", [frame.id])
        bury(
            connection,
            [one.id for one in secrets.of_frames(connection, [frame.id]).get(frame.id, [])],
            "forgotten by order",
        )
        frames.delete_frame(connection, frame.id)
    if frame.landing_ref is not None:
        landing.delete_envelopes(run.home, [frame.landing_ref])
    run.forgotten += 1


def keep_told(run: Run, unusable: Sequence[LandedFrame], orders: Judge) -> None:
    """Stores, redacted, what was told of frames whose image cannot be used; what it teaches is known in the run."""
    lanes = [[TellTask(frame)] for frame in unusable if frame.landing_ref is not None]
    for task, answer in run.workers.run(lanes):
        assert isinstance(task, TellTask)
        if not isinstance(answer, ToldAlone):
            continue
        if rule := forgotten_by(task.frame, answer.told, (), orders):
            forget(run, task.frame, rule)
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
        keep_told(run, due, Judge((), b""))  # what was found in their titles before there was a vault is sealed now
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
