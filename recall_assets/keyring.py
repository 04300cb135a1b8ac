"""What opens the vault, as it changes: found, grant, revoke, rotate, replace, store what was sealed anew.

    pins agree with the database? ─► change ─► pins: old and new ─► commit ─► pins: new

Public keys and ciphertexts only: what had to be opened for a change was opened by the caller, which is a short-lived
command or the owner's browser. So the server may import this.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets import sealer
from recall_assets.errors import VaultError
from recall_assets.records import ChainEntry, Epoch, EpochSeal, Sealed, Slot, SlotKind
from recall_assets.settings import Home
from recall_assets.store import secrets, vault, waiting
from recall_assets.store import settings as stored
from recall_assets.vault import pins, sealing
from recall_assets.vault.envelope import digest, extend, fingerprint, slots_fingerprint

# Key of the fact that sealing anew has begun and not ended.
_RESEALING = "vault_resealing"


# ── slots and epochs ────────────────────────────────────────────────────────────────────────────────────────────────


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


def grant(engine: Engine, home: Home, slot: Slot, seals: Sequence[EpochSeal]) -> None:
    """Adds a slot that opens the epochs of `seals`.

    Raises:
        VaultError: the slot or its key is there already, or `seals` lack the live epoch or name an unknown one.
    """

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        _add(connection, slot, seals, epoch)
        return [*slots, slot], epoch

    _apply(engine, home, change)


def rotate(engine: Engine, home: Home, now: datetime, *, resealing: bool = False) -> None:
    """Begins a new epoch for the live slots; needs no key.

    Args:
        resealing: all that was sealed before will now be sealed anew. Where that was begun and not ended, the epoch
            that was begun for it stays.
    """

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        if resealing and is_resealing(connection):
            return slots, epoch
        if resealing:
            stored.write(connection, _RESEALING, now.isoformat())
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
        _end(connection, ended, now)
        return left, _begin(connection, left, now)

    _apply(engine, home, change)


def replace_recovery(engine: Engine, home: Home, slot: Slot, seals: Sequence[EpochSeal], now: datetime) -> None:
    """A new recovery slot that opens the epochs of `seals`; the former codes end, and a new epoch begins.

    Raises:
        VaultError: as `grant`.
    """

    def change(connection: Connection, slots: list[Slot], epoch: Epoch) -> tuple[list[Slot], Epoch]:
        _add(connection, slot, seals, epoch)
        for former in slots:
            if former.kind is SlotKind.RECOVERY:
                _end(connection, former, now)
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


def is_resealing(connection: Connection) -> bool:
    """Whether sealing all values anew has begun and not ended."""
    return stored.read(connection, _RESEALING) is not None


def older(
    connection: Connection, home: Home, now: datetime, *, after: UUID, limit: int
) -> tuple[Epoch, list[secrets.Secret]]:
    """The live epoch, and by id at most `limit` rows behind `after` that are sealed to another one. Holds the vault.

    Raises:
        VaultError: there is no vault, or it is not the pinned one.
    """
    epoch = sealer.live_epoch(connection, home, now)
    if epoch is None:
        raise VaultError("There is no vault.", "recall vault init")
    return epoch, secrets.sealed_to_others(connection, epoch.key_id, after=after, limit=limit)


def store_resealed(connection: Connection, epoch: Epoch, rows: Sequence[tuple[secrets.Secret, Sealed]]) -> None:
    """Puts each row's new seal in the place of its former one, and says so in both chains.

    Args:
        epoch: the live one, as `older` returned it in this transaction.
        rows: of that `older`, each with what was sealed anew to `epoch`.
    """
    ended: dict[bytes, list[ChainEntry]] = {}
    for row, sealed in rows:
        assert row.sealed is not None
        secrets.seal(connection, row.id, sealed)
        tombstone = ChainEntry(row.id, digest(row.sealed.value, row.sealed.pixels), "sealed anew")
        ended.setdefault(row.sealed.key_id, []).append(tombstone)
    for key_id, entries in ended.items():
        vault.append(connection, key_id, entries, extend)
    added = [ChainEntry(row.id, digest(sealed.value, sealed.pixels)) for row, sealed in rows]
    vault.append(connection, epoch.key_id, added, extend)


def end_resealing(connection: Connection) -> int:
    """Notes that sealing anew has come to its end; how many epochs nobody can open any more."""
    stored.delete(connection, _RESEALING)
    return vault.delete_seals_of_emptied(connection)


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


def _add(connection: Connection, slot: Slot, seals: Sequence[EpochSeal], live: Epoch) -> None:
    known = vault.slots(connection, live=False)
    if slot.id in {each.id for each in known}:
        raise VaultError("There is a slot of this id already.", "Begin again.")
    credential = slot.header.get("credential_id")
    if credential is not None and any(
        each.header.get("credential_id") == credential for each in known if each.revoked_at is None
    ):
        raise VaultError("This key is enrolled already.", "Use another key.")
    if live.key_id not in {seal.key_id for seal in seals}:
        raise VaultError(
            "What opened the vault does not open its newest epoch, which may have begun just now.",
            "Open the vault again, and begin again.",
        )
    if not {seal.key_id for seal in seals} <= {epoch.key_id for epoch in vault.epochs(connection)}:
        raise VaultError("An epoch that this vault does not have was sealed.", "Begin again.")
    vault.add_slot(connection, slot)
    vault.add_seals(connection, seals)


def _end(connection: Connection, slot: Slot, now: datetime) -> None:
    vault.revoke_slot(connection, slot.id, now)
    vault.delete_seals_of(connection, slot.id)
