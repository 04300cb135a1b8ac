"""What becomes of one item, judged by what travels in clear and by what is known of its id.

    digest, size ─► clock ─► forgotten? ─► known id? ─► key ─► stored
     rejected     rejected   forgotten   known/conflict  rejected

Pure: no clock, no I/O. What an envelope holds is judged by the intake.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from capture_agent.protocol import Envelope, Outcome, ProtocolError, SealedHeader, SeenHeader
from recall_assets.stages.forgetting import Judge, Seen
from recall_assets.store.frames import KnownItem

# A clock that runs ahead by more is flagged; by even more, the frame waits in the sender's spool until it is set.
SUSPECT_AHEAD = timedelta(minutes=10)
REFUSED_AHEAD = timedelta(hours=36)
# Clocks that lost their battery wake up at their epoch; a partition of such a day would be the first of thousands.
EARLIEST = datetime(2001, 1, 1, tzinfo=UTC)
_SET_THE_CLOCK = "set that machine's clock; the item stays in its spool until then"


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome, and why where it is not simply stored."""

    outcome: Outcome
    reason: str | None = None
    clock_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the server knows while it judges a batch."""

    now: datetime
    rules: Judge  # of orders to forget, those that need no content
    forgotten_ids: frozenset[UUID]
    key_ids: frozenset[bytes]

    def forgets(self, header: SealedHeader | SeenHeader) -> Judgement | None:
        """The answer to an item that may not come back."""
        if header.id in self.forgotten_ids:
            return Judgement(Outcome.FORGOTTEN, "this item was forgotten by order")
        if self.rules.rule_for(Seen(header.deployment, header.captured_at, header.seen_until)) is not None:
            return Judgement(Outcome.FORGOTTEN, "this time was forgotten by order")
        return None


def judge_sealed(header: SealedHeader, envelope: bytes, known: KnownItem | None, standing: Standing) -> Judgement:
    """What becomes of a frame or a stretch of sound; `known` is the row under its id."""
    wrong = _wrong_bytes(header, envelope) or _wrong_time(header, standing.now)
    if wrong:
        return Judgement(Outcome.REJECTED, wrong)
    if forgotten := standing.forgets(header):
        return forgotten
    if known is not None:
        return _repeated(header, known)
    wrong = _wrong_envelope(envelope, standing.key_ids)
    if wrong:
        return Judgement(Outcome.REJECTED, wrong)
    ahead = header.seen_until - standing.now
    if ahead > SUSPECT_AHEAD:
        return Judgement(Outcome.STORED, f"the clock is {_length(ahead)} ahead", clock_suspect=True)
    return Judgement(Outcome.STORED)


def judge_seen(header: SeenHeader, known: KnownItem | None, standing: Standing) -> Judgement:
    """What becomes of a message that a frame still stood; `known` is the frame's row, with this batch's frames."""
    wrong = _wrong_time(header, standing.now)
    if wrong:
        return Judgement(Outcome.REJECTED, wrong)
    if forgotten := standing.forgets(header):
        return forgotten
    if known is None:
        return Judgement(Outcome.REJECTED, "no frame has this id; send the frame first")
    if known.deployment_id != header.deployment or known.captured_at != header.captured_at:
        return Judgement(Outcome.CONFLICT, "the frame of this id was captured elsewhere or at another time")
    return Judgement(Outcome.STORED if header.seen_until > known.seen_until else Outcome.KNOWN)


def _repeated(header: SealedHeader, known: KnownItem) -> Judgement:
    if known.deployment_id != header.deployment:
        return Judgement(Outcome.CONFLICT, "another deployment has this id")
    if known.content_tag is not None and known.content_tag.hex() != header.content_tag:
        return Judgement(Outcome.CONFLICT, "this id is known with another content")
    return Judgement(Outcome.KNOWN)


def _wrong_bytes(header: SealedHeader, envelope: bytes) -> str | None:
    if header.envelope_bytes != len(envelope):
        return f"the envelope has {len(envelope)} bytes, not {header.envelope_bytes}"
    if hashlib.sha256(envelope).hexdigest() != header.envelope_sha256:
        return "the envelope's digest is not the announced one; send it again"
    return None


def _wrong_envelope(envelope: bytes, key_ids: frozenset[bytes]) -> str | None:
    try:
        key_id = Envelope.from_bytes(envelope).key_id
    except ProtocolError as error:
        return str(error)
    if key_id not in key_ids:
        return f"the landing key {key_id.hex()} is not one of this server; fetch the current one and seal again"
    return None


def _wrong_time(header: SealedHeader | SeenHeader, now: datetime) -> str | None:
    ahead = header.seen_until - now
    if ahead > REFUSED_AHEAD:
        return f"the clock is {_length(ahead)} ahead; {_SET_THE_CLOCK}"
    if header.captured_at < EARLIEST:
        return f"the time lies before {EARLIEST.year}; {_SET_THE_CLOCK}"
    return None


def _length(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
