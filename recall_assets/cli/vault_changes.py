"""Changes of the vault, each in one transaction, each pinned: found, grant, revoke, rotate, replace, seal anew.

    pins agree with the database? ─► change ─► pins: old and new ─► commit ─► pins: new
    seal anew: 200 rows a transaction; killed in between, the rest is still sealed to where it was

Nothing here talks to a person or a key; what was unlocked is passed in.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from recall_assets import sealer
from recall_assets.errors import VaultError
from recall_assets.records import ChainEntry, Epoch, Slot, SlotKind
from recall_assets.settings import Home
from recall_assets.store import secrets, vault, waiting
from recall_assets.store import settings as stored
from recall_assets.vault import opening, pins, sealing
from recall_assets.vault.authenticator import PRF_BYTES, SecurityKey
from recall_assets.vault.envelope import digest, extend, fingerprint, slots_fingerprint
from recall_assets.vault.opening import Unlocked

RESEAL_BATCH = 200
# Key of the fact that sealing anew has begun and not ended.
RESEALING = "vault_resealing"


# ── slots, not yet stored ───────────────────────────────────────────────────────────────────────────────────────────


def recovery_slot(code: str, now: datetime) -> Slot:
    """A slot that this code opens."""
    header = opening.header(uuid4(), SlotKind.RECOVERY, "recovery code", now, kdf="argon2id", **opening.ARGON2)
    return opening.make_slot(header, opening.stretched(code, header))


def fido2_slot(key: SecurityKey, label: str, rp_id: str, known: Sequence[Slot], now: datetime) -> Slot:
    """A slot that this key opens, and has opened: made with one assertion, proven with another.

    Raises:
        VaultError: the key refused, is enrolled already, or yields something else each time.
    """
    slot_id, prf_eval = uuid4(), os.urandom(PRF_BYTES)
    credential = key.make_credential(slot_id, label, [credential_id(slot) for slot in known if _is_fido2(slot)])
    header = opening.header(
        slot_id,
        SlotKind.FIDO2,
        label,
        now,
        rp_id=rp_id,
        credential_id=credential.id.hex(),
        prf_eval=prf_eval.hex(),
        uv="required",
        aaguid=str(credential.aaguid),
    )
    slot = opening.make_slot(header, key.prf({credential.id: prf_eval})[1])
    Unlocked(slot, key.prf({credential.id: prf_eval})[1], [])
    return slot


def credential_id(slot: Slot) -> bytes:
    """The credential of a security key's slot."""
    return bytes.fromhex(str(slot.header["credential_id"]))


def _is_fido2(slot: Slot) -> bool:
    return slot.kind is SlotKind.FIDO2


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def found_vault(engine: Engine, home: Home, slot: Slot, now: datetime) -> int:
    """Makes the vault with its first slot; how many frames waited for it, which the next run reads and seals.

    Raises:
        VaultError: there is one already, in the database or in the pins.
    """
    with engine.begin() as connection:
        vault.hold_vault(connection)
        if vault.epochs(connection) or vault.slots(connection, live=False):
            raise VaultError("There is a vault already.", "recall vault status")
        if pins.read(home) is not None:
            raise VaultError(
                "This home has pinned a vault that the database does not have.",
                "If that vault is lost or belongs to another database, move keys/vault out of RECALL_HOME.",
            )
        vault.add_slot(connection, slot)
        epoch = _begin(connection, [slot], now)
        asked = waiting.ask_again(connection)
        _accept(home, [epoch], [[slot]])
    return asked


def grant(engine: Engine, home: Home, unlocked: Unlocked, slot: Slot) -> None:
    """Adds a slot, which opens all that the unlocked one opens."""

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        vault.add_slot(connection, slot)
        keys = sorted(unlocked.key_ids)
        vault.add_seals(connection, [sealing.seal_epoch(unlocked.private_key(key), key, slot) for key in keys])
        return [*slots, slot], epoch

    _apply(engine, home, change)


def rotate(engine: Engine, home: Home, now: datetime) -> None:
    """Begins a new epoch for the live slots; needs no key."""

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        return slots, _begin(connection, slots, now)

    _apply(engine, home, change)


def revoke(engine: Engine, home: Home, slot_id: UUID, now: datetime) -> None:
    """Ends a slot, and begins an epoch that it does not open; needs no key.

    Raises:
        VaultError: there is no such slot, or it is the last one, or the last recovery code.
    """

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        ended = next((slot for slot in slots if slot.id == slot_id), None)
        if ended is None:
            raise VaultError("There is no such live slot.", "recall vault keys")
        left = [slot for slot in slots if slot.id != slot_id]
        if not any(slot.kind is SlotKind.RECOVERY for slot in left):
            raise VaultError("A vault keeps one recovery code.", "For a new one: recall vault recover")
        vault.revoke_slot(connection, slot_id, now)
        vault.delete_seals_of(connection, slot_id)
        return left, _begin(connection, left, now)

    _apply(engine, home, change)


def replace_recovery(engine: Engine, home: Home, unlocked: Unlocked, slot: Slot, now: datetime) -> None:
    """A new recovery slot that opens all that the unlocked one opens; the former codes end, and a new epoch begins."""

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        vault.add_slot(connection, slot)
        keys = sorted(unlocked.key_ids)
        vault.add_seals(connection, [sealing.seal_epoch(unlocked.private_key(key), key, slot) for key in keys])
        for former in slots:
            if former.kind is SlotKind.RECOVERY:
                vault.revoke_slot(connection, former.id, now)
                vault.delete_seals_of(connection, former.id)
        left = [*(former for former in slots if former.kind is not SlotKind.RECOVERY), slot]
        return left, _begin(connection, left, now)

    _apply(engine, home, change)


def trust_alone(engine: Engine, home: Home, recovery: Slot, now: datetime) -> None:
    """Pins the recovery slot, which its code has just opened, and a new epoch for it; every other slot ends.

    Whoever changed the database may have put a public key of theirs into any slot, its label and id unchanged; only
    the slot that was opened has shown that its public key belongs to its private one.
    """
    with engine.begin() as connection:
        vault.hold_vault(connection)
        for slot in vault.slots(connection):
            if slot.id != recovery.id:
                vault.revoke_slot(connection, slot.id, now)
        _accept(home, [_begin(connection, [recovery], now)], [[recovery]])


# ── sealing anew ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many rows were sealed anew, how many could not be opened and stay, how many epochs nobody opens now."""

    rows: int
    refused: int
    emptied: int


def reseal(
    engine: Engine, home: Home, unlocked: Unlocked, now: datetime, progress: Callable[[int], None] = lambda _: None
) -> Resealed:
    """Seals all rows to the live epoch; interrupted at any point, the next call does the rest."""
    done = refused = 0
    after = UUID(int=0)
    with engine.begin() as connection:
        stored.write(connection, RESEALING, now.isoformat())
    while True:
        with engine.begin() as connection:
            epoch = sealer.live_epoch(connection, home, now)
            if epoch is None:
                raise VaultError("There is no vault.", "recall vault init")
            batch = secrets.sealed_to_others(connection, epoch.key_id, after=after, limit=RESEAL_BATCH)
            if not batch:
                stored.delete(connection, RESEALING)
                return Resealed(done, refused, vault.delete_seals_of_emptied(connection))
            moved = _reseal_batch(connection, epoch, unlocked, batch)
        done, refused, after = done + moved, refused + len(batch) - moved, batch[-1].id
        progress(done)


def _reseal_batch(connection: Connection, epoch: Epoch, unlocked: Unlocked, batch: Sequence[secrets.Secret]) -> int:
    added: list[ChainEntry] = []
    ended: dict[bytes, list[ChainEntry]] = {}
    for row in batch:
        assert row.sealed is not None
        try:
            clear = unlocked.open(row.id, row.deployment_id, row.kind, row.sealed)
        except VaultError:
            continue  # damaged, or of an epoch that this slot does not open: it stays as it is, and is counted
        sealed = sealing.seal(epoch, row.id, row.deployment_id, row.kind, clear.value, clear.pixels)
        secrets.seal(connection, row.id, sealed)
        added.append(ChainEntry(row.id, digest(sealed.value, sealed.pixels)))
        tombstone = ChainEntry(row.id, digest(row.sealed.value, row.sealed.pixels), "sealed anew")
        ended.setdefault(row.sealed.key_id, []).append(tombstone)
    for key_id, entries in ended.items():
        vault.append(connection, key_id, entries, extend)
    vault.append(connection, epoch.key_id, added, extend)
    return len(added)


# ── pins around each change ─────────────────────────────────────────────────────────────────────────────────────────

_Change = Callable[[Connection, list[Slot], Epoch], tuple[list[Slot], Epoch]]


def _apply(engine: Engine, home: Home, change: _Change) -> None:
    with engine.begin() as connection:
        vault.hold_vault(connection)
        pinned = sealer.pinned_vault(connection, home)
        if pinned is None:
            raise VaultError("There is no vault yet.", "recall vault init")
        epoch, slots = pinned
        slots_after, epoch_after = change(connection, slots, epoch)
        _accept(home, [epoch, epoch_after], [slots, slots_after])
    _accept(home, [epoch_after], [slots_after])


def _accept(home: Home, epochs: Sequence[Epoch], sets_of_slots: Sequence[Sequence[Slot]]) -> None:
    pins.accept(
        home,
        epochs=[fingerprint(epoch.suite, epoch.public_key) for epoch in epochs],
        slots=[slots_fingerprint(slots) for slots in sets_of_slots],
    )


def _begin(connection: Connection, slots: Sequence[Slot], now: datetime) -> Epoch:
    epoch, seals = sealing.make_epoch(slots, now)
    vault.begin_epoch(connection, epoch, seals)
    return epoch
