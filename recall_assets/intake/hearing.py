"""Writes down the pending sound of a partition: nothing is stored before its secrets are out of it.

    pending ─► batch ─► workers listen ─► known values of the run ─► redact ─► one transaction: rows, sealed secrets
                 16      (clear, in memory)                                    then the envelopes go
    older detector ─► stored rows ─► detect again ─► rewrite

Where no engine is installed, sound becomes status 3 and stays sealed; the first run with an engine takes it up. A kill
at any point loses at most a batch's work.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine
from uuid_utils.compat import uuid7

from recall_assets.engines.speech.choice import choose_engine
from recall_assets.engines.workers import Failure, Workers
from recall_assets.errors import NoSpeechEngineError
from recall_assets.forgetting import forgotten_of
from recall_assets.intake.listener import Heard, ListenTask, MakeListener
from recall_assets.intake.places import check_landing
from recall_assets.intake.worker import Unreadable
from recall_assets.process_memory import no_core_dumps
from recall_assets.records import DeploymentDay, ForgetRule, Provenance, Status, Transcript
from recall_assets.sealer import Clear, bury, keep
from recall_assets.settings import Home, Settings
from recall_assets.stages.forgetting import Judge, Seen
from recall_assets.stages.secrets import DETECTOR_VERSION, KnownValue, detect_known, known_values, merge
from recall_assets.stages.transcripts import Redacted, detect_spoken, joined, redact_sentences, speaker_of
from recall_assets.store import audio_segments, erasure, landing, ocr_text, secrets, transcripts
from recall_assets.store.audio_segments import HeardSegment, LandedSegment
from recall_assets.store.forgetting import rules
from recall_assets.store.secrets import Secret

# Segments whose clear words are in memory at once, and whose work a kill loses: eight minutes of an agent's sound.
BATCH = 16
# Engines map their libraries into far more address space than they use; torch's alone take 10 GB.
WORKER_MEMORY = 16 * 2**30

Progress = Callable[[int, int], None]
Listeners = Workers[ListenTask, Heard | Unreadable]


@dataclass(frozen=True, slots=True)
class HearingReport:
    """What a run over a partition did, in segments; `transcripts` and `secrets` count rows."""

    heard: int = 0
    failed: int = 0
    forgotten: int = 0
    without_engine: int = 0
    scanned_again: int = 0
    transcripts: int = 0
    secrets: int = 0


@dataclass(slots=True)
class _Run:
    """What one run over a partition carries from batch to batch."""

    engine: Engine
    home: Home
    partition: DeploymentDay
    provenance: Provenance
    known: set[KnownValue] = field(default_factory=set, repr=False)
    heard_ids: list[UUID] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Redacted:
    """A segment that is ready to be stored."""

    segment: LandedSegment
    heard: Heard = field(repr=False)
    sentences: tuple[Redacted, ...]


def hear_partition(
    engine: Engine,
    home: Home,
    settings: Settings,
    partition: DeploymentDay,
    provenance: Provenance,
    *,
    recompute: bool,
    progress: Progress,
) -> HearingReport:
    """Writes down the partition's pending sound; with `recompute`, all of it that is still there.

    Args:
        progress: called with how many of how many segments are done.

    Raises:
        EngineError: workers cannot start; nothing was lost.
    """
    no_core_dumps()
    run = _Run(engine, home, partition, provenance)
    with ocr_text.hold_partition(engine, partition):
        pending = _pending(run, settings, recompute=recompute)
        progress(0, len(pending))
        if pending:
            check_landing(home, pending)
            with _listeners(home, settings) as workers:
                for start in range(0, len(pending), BATCH):
                    _hear(run, workers, pending[start : start + BATCH])
                    progress(min(start + BATCH, len(pending)), len(pending))
        _scan_again(run, earlier=len(pending) > BATCH)
    return HearingReport(**run.counts)


def _pending(run: _Run, settings: Settings, *, recompute: bool) -> list[LandedSegment]:
    """What is to be heard; nothing where no engine is installed, which is noted on the segments."""
    with run.engine.begin() as connection:
        try:
            choose_engine(settings)
        except NoSpeechEngineError:
            run.counts["without_engine"] = audio_segments.skip_for_want_of_engine(connection, run.partition)
            return []
        audio_segments.take_up_skipped(connection, run.partition)
        if recompute:
            audio_segments.set_pending(connection, run.partition, (Status.DONE, Status.ERROR))
        return audio_segments.pending(connection, run.partition)


def _listeners(home: Home, settings: Settings) -> Listeners:
    return Workers(
        MakeListener(home.path, choose_engine(settings), settings.max_sound_seconds),
        count=settings.speech_workers,
        patience=timedelta(seconds=settings.speech_seconds_per_segment),
        memory=WORKER_MEMORY,
    )


def _hear(run: _Run, workers: Listeners, batch: Sequence[LandedSegment]) -> None:
    with run.engine.begin() as connection:
        orders = forgotten_of(connection, run.home, run.partition.deployment_id)
    heard: dict[UUID, Heard] = {}
    for task, answer in workers.run([[ListenTask(segment)] for segment in batch]):
        if not isinstance(answer, Heard):
            _fail(run, task.segment, answer)
        elif rule := _forgotten_by(task.segment, answer, orders):
            _forget(run, task.segment, rule)
        else:
            heard[task.segment.id] = answer
            run.known |= known_values(_text(answer), answer.found)
    redacted = [_redact(run, segment, heard[segment.id]) for segment in batch if segment.id in heard]
    if redacted:
        _commit(run, redacted)


def _text(heard: Heard) -> str:
    return joined([said.text for said in heard.sentences])


def _redact(run: _Run, segment: LandedSegment, heard: Heard) -> _Redacted:
    findings = merge([*heard.found, *detect_known(_text(heard), run.known)])
    return _Redacted(segment, heard, tuple(redact_sentences([said.text for said in heard.sentences], findings)))


def _fail(run: _Run, segment: LandedSegment, answer: Unreadable | Failure) -> None:
    reason = answer.code if isinstance(answer, Unreadable) else answer.reason
    with run.engine.begin() as connection:
        audio_segments.mark_failed(connection, segment.id, Status.ERROR, reason)
    run.counts["failed"] += 1


def _forgotten_by(segment: LandedSegment, heard: Heard, orders: Judge) -> ForgetRule | None:
    """The order that this may not come back by; orders about programs and addresses mean screens."""
    seen = Seen(segment.deployment_id, segment.started_at, segment.ended_at, texts=[_text(heard)])
    return orders.rule_for(seen)


def _forget(run: _Run, segment: LandedSegment, rule: ForgetRule) -> None:
    with run.engine.begin() as connection:
        rules.remember(connection, rule.order_id, "audio_segments", [segment.id])
        found = secrets.of_segments(connection, [segment.id]).get(segment.id, [])
        bury(connection, [secret.id for secret in found], "forgotten by order")
        audio_segments.delete_segment(connection, segment.id)
    landing.delete_envelopes(run.home, [segment.landing_ref])
    run.counts["forgotten"] += 1


def _commit(run: _Run, redacted: Sequence[_Redacted]) -> None:
    """Rows of these segments in one transaction; then the envelopes that nothing waits for are deleted."""
    ids = [item.segment.id for item in redacted]
    rows = [row for item in redacted for row in _rows(item, run.partition)]
    with run.engine.begin() as connection:
        transcripts.replace(connection, ids, rows, DETECTOR_VERSION, run.provenance)
        before = secrets.of_segments(connection, ids)
        found = [pair for item in redacted for pair in _secret_rows(run, item, before.get(item.segment.id, []))]
        run.counts["secrets"] += keep(connection, run.home, found, datetime.now(UTC)).added
        holding = {*before, *(item.segment.id for item in redacted if any(one.found for one in item.sentences))}
        audio_segments.mark_heard(
            connection,
            [
                HeardSegment(item.segment.id, item.heard.source, item.heard.imported_id, item.segment.id in holding)
                for item in redacted
            ],
        )
        waiting = secrets.unsealed_segments(connection, ids)
        audio_segments.drop_envelopes(connection, [id_ for id_ in ids if id_ not in waiting])
    landing.delete_envelopes(run.home, [i.segment.landing_ref for i in redacted if i.segment.id not in waiting])
    run.heard_ids += ids
    run.counts["heard"] += len(redacted)
    run.counts["transcripts"] += len(rows)


def _rows(item: _Redacted, partition: DeploymentDay) -> list[Transcript]:
    segment = item.segment
    return [
        Transcript(
            id=transcripts.transcript_id(segment.id, position),
            segment_id=segment.id,
            deployment_id=partition.deployment_id,
            day=partition.day,
            started_at=segment.started_at + timedelta(seconds=said.start),
            ended_at=segment.started_at + timedelta(seconds=said.end),
            text=redacted.text,
            speaker=speaker_of(item.heard.source),
            language=said.language,
            confidence=said.confidence,
            engine=item.heard.engine,
        )
        for position, (said, redacted) in enumerate(zip(item.heard.sentences, item.sentences, strict=True))
    ]


def _secret_rows(run: _Run, item: _Redacted, before: Sequence[Secret]) -> list[tuple[Secret, Clear]]:
    """What was found now; and what an earlier run found, waits unsealed, and was not heard again: all that was said."""
    found = [
        (_secret(run, transcripts.transcript_id(item.segment.id, position), finding.kind, finding.rule), Clear(value))
        for position, sentence in enumerate(item.sentences)
        for finding, value in sentence.found
    ]
    left = Counter((secret.transcript_id, secret.kind) for secret, _ in found)
    for secret in before:
        left[secret.transcript_id, secret.kind] -= 1
        if left[secret.transcript_id, secret.kind] < 0 and secret.sealed is None:
            found.append((replace(secret, id=uuid7()), Clear(_text(item.heard))))
    return found


def _secret(run: _Run, transcript_id: UUID, kind: str, rule: str) -> Secret:
    return Secret(
        id=uuid7(),
        deployment_id=run.partition.deployment_id,
        place="speech",
        kind=kind,
        rule=rule,
        detector_version=DETECTOR_VERSION,
        transcript_id=transcript_id,
        run_id=run.provenance.run_id,
    )


def _scan_again(run: _Run, *, earlier: bool) -> None:
    """Scans rows that an older detector scanned, and with `earlier` this run's own for what its later ones taught."""
    with run.engine.begin() as connection:
        segments = {*transcripts.outdated(connection, run.partition, DETECTOR_VERSION)}
        run.counts["scanned_again"] = len(segments)
        if earlier and run.known:
            segments |= {*run.heard_ids}
        added = sum(_rescan(connection, run, segment_id) for segment_id in sorted(segments))
        if added:
            erasure.order(connection)
    run.counts["secrets"] += added


def _rescan(connection: Connection, run: _Run, segment_id: UUID) -> int:
    rows = transcripts.of_segments(connection, [segment_id])
    texts = [row.text for row in rows]
    findings = merge([*detect_spoken(joined(texts)), *detect_known(joined(texts), run.known)])
    cleaned = redact_sentences(texts, findings)
    transcripts.rewrite(
        connection, [replace(row, text=one.text) for row, one in zip(rows, cleaned, strict=True)], DETECTOR_VERSION
    )
    found = [
        (_secret(run, row.id, finding.kind, finding.rule), Clear(value))
        for row, one in zip(rows, cleaned, strict=True)
        for finding, value in one.found
    ]
    # What is sealed already stands for marks that are in the text already, not for what was found now.
    known = secrets.of_segments(connection, [segment_id]).get(segment_id, [])
    taken = [(row, Clear("")) for row in known if row.sealed is not None]
    return keep(connection, run.home, [*taken, *found], datetime.now(UTC)).added
