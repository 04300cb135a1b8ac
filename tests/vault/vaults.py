"""A vault as the command line makes it, without asking anybody: slots, an epoch, pins."""

import os
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from recall_assets.records import Epoch, Slot, SlotKind
from recall_assets.sealer import Clear, begin_epoch, keep
from recall_assets.settings import Home
from recall_assets.store import secrets, vault
from recall_assets.store.secrets import Secret
from recall_assets.vault import opening
from recall_assets.vault.opening import Unlocked
from tests.store.stored_days import add_deployment, add_frames

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
VALUES = ("hunter2!", "sk-test-π-0123456789", "x" * 300)


def make_slot(material: bytes, label: str = "blue key", **more: object) -> Slot:
    """A slot that `material` opens."""
    said = opening.header(uuid4(), SlotKind.FIDO2, label, NOW, rp_id="localhost", uv="required", **more)
    return opening.make_slot(said, material)


def make_vault(connection: Connection, home: Home, material: bytes) -> Slot:
    """A vault with one slot."""
    slot = make_slot(material)
    vault.add_slot(connection, slot)
    begin_epoch(connection, home, [slot], NOW)
    return slot


def found(frame: UUID, value: str, *, kind: str = "token", pixels: bytes | None = b"crop") -> tuple[Secret, Clear]:
    """A secret as the intake finds it in a title."""
    return Secret(uuid4(), "laptop", "window_title", kind, "test", "1", frame_id=frame), Clear(value, pixels)


def keep_values(connection: Connection, home: Home, now: datetime = NOW) -> list[UUID]:
    """One frame with each of `VALUES`, sealed; their ids in that order."""
    add_deployment(connection)
    (frame,) = add_frames(connection, range(1))
    rows = [found(frame, value) for value in VALUES]
    keep(connection, home, rows, now)
    return [secret.id for secret, _ in rows]


def unlocked(connection: Connection, slot: Slot, material: bytes) -> Unlocked:
    """The slot, open."""
    return Unlocked(slot, material, vault.seals(connection, slot.id))


def values(connection: Connection, opened: Unlocked, ids: list[UUID]) -> list[str]:
    """What these rows hold."""
    by_id = {secret.id: secret for secret in secrets.read(connection, ids)}
    return [value(by_id[id_], opened) for id_ in ids]


def value(secret: Secret, opened: Unlocked) -> str:
    """What a row holds."""
    assert secret.sealed is not None
    return opened.open(secret.id, secret.deployment_id, secret.kind, secret.sealed).value


def live(connection: Connection) -> Epoch:
    """The epoch that is sealed to."""
    epoch = vault.live_epoch(connection)
    assert epoch is not None
    return epoch


def key_material() -> bytes:
    """What a security key could have yielded."""
    return os.urandom(32)
