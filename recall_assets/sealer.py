"""The vault as the intake sees it: found secrets go in, rows of them come to be, sealed where there is a vault.

    found ─► matched with known rows ─┬─ known and sealed: nothing        pins ─► live epoch ─┐ a month old: a new one
                                      ├─ known, waits: sealed now  ◄──────────────────────────┤
                                      └─ new: sealed, inserted     ◄──────────────────────────┘
                                                  └─► the epoch's chain, in the same transaction

Public keys only: nothing here, nor in any process that imports it, can open what was sealed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.records import ChainEntry, Epoch, Slot
from recall_assets.settings import Home
from recall_assets.store import secrets, vault
from recall_assets.store.secrets import Secret
from recall_assets.vault import pins, sealing
from recall_assets.vault.envelope import DIGEST_PREFIX, EMPTY_CHAIN, digest, extend, fingerprint, slots_fingerprint


@dataclass(frozen=True, slots=True)
class Clear:
    """What a secret is, in memory only; `pixels` is an image file's bytes of the crop under its boxes."""

    value: str = field(repr=False)
    pixels: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows are new, how many were sealed now, and how many of those given wait for a vault."""

    added: int
    sealed: int
    waiting: int


def keep(connection: Connection, home: Home, found: Sequence[tuple[Secret, Clear]], now: datetime) -> Kept:
    """Stores what was found in frames or transcripts; the same found again adds nothing.

    Without a vault the rows are stored unsealed, and their originals must stay until there is one. With one, call this
    before an original is deleted, and delete it after the transaction was committed.

    Args:
        found: rows with new ids and without `sealed`, each with its value.

    Raises:
        VaultTamperedError: the vault in the database is not the pinned one; nothing may be stored as sealed.
    """
    if not found:
        return Kept(0, 0, 0)
    epoch = live_epoch(connection, home, now)
    new, renewed = [], []
    for (secret, clear), known in zip(found, secrets.matched(connection, [row for row, _ in found]), strict=True):
        if known is not None and known.sealed is not None:
            continue
        row = known or secret
        if epoch is not None:
            sealed = sealing.seal(epoch, row.id, row.deployment_id, row.kind, clear.value, clear.pixels)
            row = replace(row, sealed=sealed)
        if known is None:
            new.append(row)
        elif row.sealed is not None:
            renewed.append(row)
    secrets.insert_new(connection, new)
    for row in renewed:
        assert row.sealed is not None
        secrets.seal(connection, row.id, row.sealed)
    if epoch is None:
        return Kept(len(new), 0, len(found))
    vault.append(connection, epoch.key_id, [_entry(row) for row in (*new, *renewed)], extend)
    return Kept(len(new), len(new) + len(renewed), 0)


def pinned_vault(connection: Connection, home: Home) -> tuple[Epoch, list[Slot]] | None:
    """The live epoch and the live slots, which are the pinned ones; None before there is a vault.

    Raises:
        VaultTamperedError: the vault in the database is not the pinned one, or is gone from it.
    """
    epoch, slots = vault.live_epoch(connection), vault.slots(connection)
    if epoch is None and not slots and pins.read(home) is None:
        return None
    # From the key itself: the column beside it is as easily swapped as the key.
    named = None if epoch is None else fingerprint(epoch.suite, epoch.public_key)
    pins.check(home, epoch=named, slots=slots_fingerprint(slots))
    assert epoch is not None  # pins.check refuses None
    return epoch, slots


def live_epoch(connection: Connection, home: Home, now: datetime) -> Epoch | None:
    """The epoch to seal to, begun anew each month (UTC); None before there is a vault. Holds the vault.

    Raises:
        VaultTamperedError: the vault in the database is not the pinned one.
    """
    vault.hold_vault(connection)
    pinned = pinned_vault(connection, home)
    if pinned is None:
        return None
    epoch, slots = pinned
    if (now.year, now.month) <= (epoch.created_at.year, epoch.created_at.month):
        return epoch
    return begin_epoch(connection, home, slots, now)


def begin_epoch(connection: Connection, home: Home, slots: Sequence[Slot], now: datetime) -> Epoch:
    """A new live epoch that `slots` open, pinned beside the one before it; holds the vault.

    Args:
        slots: the live ones, as they will be when this transaction is committed.
    """
    vault.hold_vault(connection)
    epoch, seals = sealing.make_epoch(slots, now)
    before = vault.live_epoch(connection)
    accepted = pins.read(home)
    pins.accept(
        home,
        epochs=[*([before.fingerprint] if before else []), epoch.fingerprint],
        slots=[*map(bytes.fromhex, accepted.slots if accepted else ()), slots_fingerprint(slots)],
    )
    vault.begin_epoch(connection, epoch, seals)
    return epoch


def bury(connection: Connection, secret_ids: Sequence[UUID], reason: str) -> int:
    """Deletes rows by order, and says so in the chain; how many there were."""
    vault.hold_vault(connection)
    gone = secrets.delete(connection, secret_ids)
    tombstones: dict[bytes, list[ChainEntry]] = {}
    for row in gone:
        if row.sealed is not None:
            tombstones.setdefault(row.sealed.key_id, []).append(replace(_entry(row), reason=reason))
    for key_id, entries in tombstones.items():
        vault.append(connection, key_id, entries, extend)
    return len(gone)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the chains of all epochs say about the rows that are there."""

    sealed: int  # rows that were sealed and not ended by order
    missing: int  # of those, gone without an order
    changed: int  # of those, not what was sealed
    broken: int  # chains whose entries do not lead to their head
    foreign: int  # sealed rows of which no chain knows

    @property
    def holds(self) -> bool:
        """Whether nothing is missing, changed, broken or foreign."""
        return not (self.missing or self.changed or self.broken or self.foreign)


def check_chains(connection: Connection) -> ChainReport:
    """Replays every chain against the rows; needs no key."""
    epochs = vault.epochs(connection)
    parts = [_replayed(epoch, vault.chain(connection, epoch.key_id, DIGEST_PREFIX)) for epoch in epochs]
    sealed, missing, changed, broken = (sum(column) for column in zip((0, 0, 0, 0), *parts, strict=True))
    there = vault.count_sealed(connection, [epoch.key_id for epoch in epochs])
    return ChainReport(sealed, missing, changed, broken, there - (sealed - missing))


def _replayed(epoch: Epoch, chain: Iterable[vault.Chained]) -> tuple[int, int, int, int]:
    head, entries = EMPTY_CHAIN, 0
    standing: dict[UUID, str] = {}
    for chained in chain:
        head, entries = extend(head, [chained.entry]), entries + 1
        if chained.entry.reason is not None:
            standing.pop(chained.entry.secret_id, None)
        elif chained.stored is None:
            standing[chained.entry.secret_id] = "missing"
        else:
            standing[chained.entry.secret_id] = "" if chained.stored == chained.entry.digest else "changed"
    states = list(standing.values())
    broken = head != epoch.chain_head or entries != epoch.rows
    return len(states), states.count("missing"), states.count("changed"), int(broken)


def _entry(row: Secret) -> ChainEntry:
    assert row.sealed is not None
    return ChainEntry(row.id, digest(row.sealed.value, row.sealed.pixels))
