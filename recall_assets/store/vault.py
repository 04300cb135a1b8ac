"""Rows of the vault: epochs, slots, epochs sealed to slots, and the chain of what was sealed to each epoch.

    hold_vault ─► change slots or epoch, or seal and append ─► commit        one writer at a time
    vault_keys.chain_head = extend(… extend(extend(0, entry 1), entry 2) …, entry n)       entries: vault_chain

Public keys and ciphertexts only. What they are made of is `vault.envelope`'s; comparing them with the pins is the
caller's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    Row,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from recall_assets.records import ChainEntry, Epoch, EpochSeal, Slot, SlotKind
from recall_assets.store.tables import (
    audio_segments,
    frames,
    secrets,
    transcripts,
    vault_chain,
    vault_epoch_seals,
    vault_keys,
    vault_slots,
)

# Any number that no other advisory lock of this database has.
_VAULT_LOCK = 0x5641_554C_54


@dataclass(frozen=True, slots=True)
class Chained:
    """An entry of a chain beside the digest of what is stored now; None where the row is gone or was sealed anew."""

    entry: ChainEntry
    stored: bytes | None


def hold_vault(connection: Connection) -> None:
    """Waits until nobody else seals or changes the vault, and holds it to the end of the transaction."""
    connection.execute(select(func.pg_advisory_xact_lock(_VAULT_LOCK)))


# ── epochs ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def epochs(connection: Connection) -> list[Epoch]:
    """Every epoch, oldest first; at most the last one is live."""
    rows = connection.execute(select(vault_keys).order_by(vault_keys.c.created_at, vault_keys.c.key_id))
    return [Epoch(**row._mapping) for row in rows]


def live_epoch(connection: Connection) -> Epoch | None:
    """The epoch that is sealed to; None before there is a vault."""
    row = connection.execute(select(vault_keys).where(vault_keys.c.retired_at.is_(None))).one_or_none()
    return None if row is None else Epoch(**row._mapping)


def begin_epoch(connection: Connection, epoch: Epoch, seals: Iterable[EpochSeal]) -> None:
    """Makes `epoch` the live one in place of the one before it."""
    live = vault_keys.c.retired_at.is_(None)
    connection.execute(update(vault_keys).where(live).values(retired_at=epoch.created_at))
    connection.execute(insert(vault_keys).values(**asdict(epoch)))
    add_seals(connection, seals)


def add_seals(connection: Connection, seals: Iterable[EpochSeal]) -> None:
    """Lets further slots open epochs."""
    rows = [asdict(seal) for seal in seals]
    if rows:
        connection.execute(insert(vault_epoch_seals), rows)


def seals(connection: Connection, slot_id: UUID) -> list[EpochSeal]:
    """The epochs that were sealed to a slot."""
    rows = connection.execute(select(vault_epoch_seals).where(vault_epoch_seals.c.slot_id == slot_id))
    return [EpochSeal(**row._mapping) for row in rows]


def delete_seals_of_emptied(connection: Connection) -> int:
    """How many retired epochs nobody can open any more, since no row is sealed to them."""
    used = select(secrets.c.id).where(secrets.c.key_id == vault_keys.c.key_id).exists()
    emptied = select(vault_keys.c.key_id).where(vault_keys.c.retired_at.is_not(None), ~used)
    gone = delete(vault_epoch_seals).where(vault_epoch_seals.c.key_id.in_(emptied))
    return len(set(connection.scalars(gone.returning(vault_epoch_seals.c.key_id))))


def count_sealed(connection: Connection, key_ids: Sequence[bytes]) -> int:
    """How many rows are sealed to any of these epochs."""
    return connection.scalar(select(func.count()).where(secrets.c.key_id.in_(key_ids))) or 0


# ── slots ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def slots(connection: Connection, *, live: bool = True) -> list[Slot]:
    """The slots, oldest first; with `live` without the revoked ones."""
    query = select(vault_slots).order_by(vault_slots.c.created_at, vault_slots.c.id)
    if live:
        query = query.where(vault_slots.c.revoked_at.is_(None))
    return [_slot(row) for row in connection.execute(query)]


def add_slot(connection: Connection, slot: Slot) -> None:
    """Adds a way to open the vault; it opens the epochs that are sealed to it."""
    connection.execute(insert(vault_slots).values(**asdict(slot)))


def revoke_slot(connection: Connection, slot_id: UUID, now: datetime) -> None:
    """Ends a slot: no later epoch is sealed to it."""
    connection.execute(update(vault_slots).where(vault_slots.c.id == slot_id).values(revoked_at=now))


def delete_seals_of(connection: Connection, slot_id: UUID) -> None:
    """Takes from a slot the epochs that it could open; copies of the database keep them."""
    connection.execute(delete(vault_epoch_seals).where(vault_epoch_seals.c.slot_id == slot_id))


def mark_used(connection: Connection, slot_id: UUID, now: datetime) -> None:
    """Notes when a slot last opened the vault."""
    connection.execute(update(vault_slots).where(vault_slots.c.id == slot_id).values(last_used_at=now))


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────────────


def append(
    connection: Connection,
    key_id: bytes,
    entries: Sequence[ChainEntry],
    extend: Callable[[bytes, Iterable[ChainEntry]], bytes],
) -> None:
    """Extends an epoch's chain; the caller holds the vault."""
    if not entries:
        return
    this = vault_keys.c.key_id == key_id
    head, rows = connection.execute(select(vault_keys.c.chain_head, vault_keys.c.rows).where(this)).one()
    connection.execute(
        insert(vault_chain),
        [asdict(entry) | {"key_id": key_id, "position": rows + at} for at, entry in enumerate(entries, start=1)],
    )
    extended = {"chain_head": extend(head, entries), "rows": rows + len(entries)}
    connection.execute(update(vault_keys).where(this).values(**extended))


def chain(connection: Connection, key_id: bytes, digest_prefix: bytes) -> Iterable[Chained]:
    """An epoch's chain from its first entry on, beside what is stored now.

    The digests are made where the bytes are: the pictures of a large vault would take long to come here.

    Args:
        digest_prefix: what the digest of a row begins with; the rest of it is as `vault.envelope.digest` says.
    """
    same_epoch = and_(secrets.c.id == vault_chain.c.secret_id, secrets.c.key_id == vault_chain.c.key_id)
    length = func.int8send(cast(func.octet_length(secrets.c.sealed), BigInteger), type_=LargeBinary)
    pixels = func.coalesce(secrets.c.sealed_pixels, b"")
    hashed = literal(digest_prefix, LargeBinary).concat(length).concat(secrets.c.sealed).concat(pixels)
    rows = connection.execute(
        select(
            vault_chain.c.secret_id,
            vault_chain.c.digest,
            vault_chain.c.reason,
            func.sha256(hashed, type_=LargeBinary).label("stored"),  # NULL where there is no row
        )
        .outerjoin(secrets, same_epoch)
        .where(vault_chain.c.key_id == key_id)
        .order_by(vault_chain.c.position)
        .execution_options(yield_per=5000)
    )
    for row in rows:
        yield Chained(ChainEntry(row.secret_id, row.digest, row.reason), row.stored)


# ── how it stands ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class VaultCondition:
    """Counts for a person who asks how the vault stands."""

    fido2_slots: int
    recovery_slots: int
    sealed: int
    waiting: int  # values whose envelope, of a frame or of sound, still lies in the landing
    unsealed: int  # all values that are not sealed, waiting or not


def condition(connection: Connection) -> VaultCondition:
    """How the vault stands now."""
    of_kind = func.count().filter
    keys = connection.execute(
        select(of_kind(vault_slots.c.kind == SlotKind.FIDO2), of_kind(vault_slots.c.kind == SlotKind.RECOVERY)).where(
            vault_slots.c.revoked_at.is_(None)
        )
    ).one()
    envelope = func.coalesce(frames.c.landing_ref, audio_segments.c.landing_ref)
    waits = and_(secrets.c.sealed.is_(None), envelope.is_not(None))
    rows = connection.execute(
        select(
            func.count(secrets.c.sealed),
            func.coalesce(func.sum(case((waits, 1), else_=0)), 0),
            func.count().filter(secrets.c.sealed.is_(None)),
        )
        .select_from(secrets)
        .outerjoin(frames, frames.c.id == secrets.c.frame_id)
        .outerjoin(transcripts, transcripts.c.id == secrets.c.transcript_id)
        .outerjoin(audio_segments, audio_segments.c.id == transcripts.c.segment_id)
    ).one()
    return VaultCondition(*keys, *rows)


def _slot(row: Row[Any]) -> Slot:
    return Slot(**dict(row._mapping) | {"kind": SlotKind(row.kind)})
