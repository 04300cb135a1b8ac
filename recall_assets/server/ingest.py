"""A batch of sealed items becomes landing files and rows, in one transaction, or nothing of it does.

    body ─► unpack ─► parse ─► judge each ─► write files ─► insert rows ─► commit ─► one outcome an item
            400       403 foreign            └───────── one batch at a time ┘

Frames come before messages that they still stood, so that both may travel in one batch. Repeating a batch changes
nothing. What an envelope holds is never known here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, Engine

from capture_agent.protocol import (
    HEADER,
    AudioHeader,
    BatchAnswer,
    FrameHeader,
    ItemHeader,
    ItemOutcome,
    Outcome,
    SealedHeader,
    SeenHeader,
    unpack_batch,
)
from recall_assets.errors import RecallError
from recall_assets.server.judgement import Judgement, Standing, judge_sealed, judge_seen
from recall_assets.settings import Home
from recall_assets.stages.forgetting import Judge
from recall_assets.store import audio_segments, deployments, frames, landing, tokens
from recall_assets.store.forgetting import rules
from recall_assets.store.settings import lower_partitions_start
from recall_assets.vault.landing_keys import known_key_ids


class ForeignDeploymentError(RecallError):
    """An item is of another deployment than the token; nothing of the batch is taken."""


@dataclass(frozen=True, slots=True)
class _Item:
    envelope: bytes
    header: ItemHeader | None
    wrong: str = ""


@dataclass(slots=True)
class _Batch:
    """What a batch adds, gathered while its items are judged; `seen_until` holds later ends of known frames."""

    known_frames: dict[UUID, frames.KnownItem]
    known_segments: dict[UUID, frames.KnownItem]
    new_frames: list[frames.ArrivingFrame] = field(default_factory=list)
    new_segments: list[audio_segments.ArrivingSegment] = field(default_factory=list)
    envelopes: list[tuple[str, bytes]] = field(default_factory=list)
    seen_until: dict[UUID, datetime] = field(default_factory=dict)


def ingest(engine: Engine, home: Home, grant: tokens.Grant, body: bytes, *, now: datetime) -> BatchAnswer:
    """One outcome for each item of `body`, in their order.

    Raises:
        ProtocolError: the body is no batch.
        ForeignDeploymentError: an item is of another deployment than the token.
    """
    items = [_parse(header, envelope) for header, envelope in unpack_batch(body)]
    if any(item.header is not None and item.header.deployment != grant.deployment_id for item in items):
        raise ForeignDeploymentError(
            "The token is not one of the deployment that an item names.", "Use that deployment's own token."
        )
    deployment_id = str(grant.deployment_id)
    with engine.begin() as connection:
        landing.hold_landing(connection)
        ranges = [rule for rule in rules.of_deployment(connection, deployment_id) if not rule.needs_content]
        ids = rules.forgotten_among(connection, _ids(items, FrameHeader, SeenHeader, AudioHeader))
        standing = Standing(now, Judge(ranges, b""), frozenset(ids), known_key_ids(home))
        batch = _Batch(
            frames.known(connection, _ids(items, FrameHeader, SeenHeader)),
            audio_segments.known(connection, _ids(items, AudioHeader)),
        )
        outcomes = _judge_all(items, batch, standing)
        _land(connection, home, batch)
        tokens.used(connection, grant.hash)
        deployments.seen(connection, deployment_id)
    return BatchAnswer(outcomes=tuple(outcomes))


def _parse(header: bytes, envelope: bytes) -> _Item:
    try:
        return _Item(envelope, HEADER.validate_json(header))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'header'}: {e['msg']}" for e in error.errors())
        return _Item(envelope, None, wrong)


def _ids(items: list[_Item], *kinds: type[ItemHeader]) -> list[UUID]:
    return [item.header.id for item in items if isinstance(item.header, kinds)]


def _judge_all(items: list[_Item], batch: _Batch, standing: Standing) -> list[ItemOutcome]:
    outcomes: dict[int, ItemOutcome] = {}
    in_order = sorted(enumerate(items), key=lambda at: isinstance(at[1].header, SeenHeader))
    for position, item in in_order:
        header = item.header
        if header is None:
            outcomes[position] = ItemOutcome(id=None, outcome=Outcome.REJECTED, reason=item.wrong)
            continue
        if isinstance(header, SeenHeader):
            judgement = _take_seen(header, batch, standing)
        else:
            judgement = _take_sealed(header, item.envelope, batch, standing)
        outcomes[position] = ItemOutcome(id=header.id, outcome=judgement.outcome, reason=judgement.reason)
    return [outcomes[position] for position in range(len(items))]


def _take_sealed(header: SealedHeader, envelope: bytes, batch: _Batch, standing: Standing) -> Judgement:
    rows = batch.known_frames if isinstance(header, FrameHeader) else batch.known_segments
    known = rows.get(header.id)
    judgement = judge_sealed(header, envelope, known, standing)
    if judgement.outcome is Outcome.KNOWN and known is not None and isinstance(header, FrameHeader):
        _extend(header, known, batch)
    if judgement.outcome is not Outcome.STORED:
        return judgement
    tag = bytes.fromhex(header.content_tag)
    day = header.captured_at.astimezone(timezone(header.utc_offset)).date()
    ref = landing.landing_ref(header.deployment, day, header.id)
    batch.envelopes.append((ref, envelope))
    rows[header.id] = frames.KnownItem(header.deployment, header.captured_at, header.seen_until, tag)
    if isinstance(header, FrameHeader):
        batch.new_frames.append(
            frames.ArrivingFrame(
                id=header.id,
                deployment_id=header.deployment,
                captured_at=header.captured_at,
                seen_until=header.seen_until,
                utc_offset=header.utc_offset,
                day=day,
                monitor=header.monitor,
                content_tag=tag,
                clock_suspect=judgement.clock_suspect,
                landing_ref=ref,
            )
        )
    else:
        batch.new_segments.append(
            audio_segments.ArrivingSegment(
                id=header.id,
                deployment_id=header.deployment,
                started_at=header.captured_at,
                ended_at=header.seen_until,
                utc_offset=header.utc_offset,
                day=day,
                content_tag=tag,
                clock_suspect=judgement.clock_suspect,
                landing_ref=ref,
            )
        )
    return judgement


def _take_seen(header: SeenHeader, batch: _Batch, standing: Standing) -> Judgement:
    known = batch.known_frames.get(header.id)
    judgement = judge_seen(header, known, standing)
    if judgement.outcome is Outcome.STORED and known is not None:
        _extend(header, known, batch)
    return judgement


def _extend(header: FrameHeader | SeenHeader, known: frames.KnownItem, batch: _Batch) -> None:
    if header.seen_until > known.seen_until:
        batch.seen_until[header.id] = header.seen_until
        batch.known_frames[header.id] = known._replace(seen_until=header.seen_until)


def _land(connection: Connection, home: Home, batch: _Batch) -> None:
    """Files first, rows second; an error here leaves neither."""
    try:
        landing.write_envelopes(home, batch.envelopes)
        frames.land_frames(connection, batch.new_frames)
        audio_segments.land_segments(connection, batch.new_segments)
        for frame_id, seen_until in batch.seen_until.items():
            frames.extend(connection, frame_id, seen_until)
        days: list[date] = [row.day for row in batch.new_frames] + [row.day for row in batch.new_segments]
        if days:
            lower_partitions_start(connection, min(days))
    except BaseException:
        landing.delete_envelopes(home, (ref for ref, _ in batch.envelopes))
        raise
