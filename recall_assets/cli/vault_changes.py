"""What a change of the vault needs that only an open vault, a key or a code gives: slots, their seals, values anew.

    code or key ─► slot ─► what the unlocked slot opens, sealed to it ─► keyring
    seal anew: 200 rows a transaction; killed in between, the rest is still sealed to where it was

Nothing here talks to a person; what was unlocked is passed in.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine

from recall_assets import keyring
from recall_assets.errors import VaultError
from recall_assets.records import Epoch, EpochSeal, Sealed, Slot, SlotKind
from recall_assets.settings import Home
from recall_assets.store import secrets
from recall_assets.vault import opening, sealing
from recall_assets.vault.authenticator import PRF_BYTES, SecurityKey
from recall_assets.vault.envelope import ARGON2
from recall_assets.vault.opening import Unlocked

RESEAL_BATCH = 200


def recovery_slot(code: str, now: datetime) -> Slot:
    """A slot that this code opens."""
    header = opening.header(uuid4(), SlotKind.RECOVERY, "recovery code", now, kdf="argon2id", **ARGON2)
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


def seals_for(slot: Slot, unlocked: Unlocked) -> list[EpochSeal]:
    """All that the unlocked slot opens, sealed to another one."""
    return [sealing.seal_epoch(unlocked.private_key(key), key, slot) for key in sorted(unlocked.key_ids)]


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
    while True:
        with engine.begin() as connection:
            epoch, batch = keyring.older(connection, home, now, after=after, limit=RESEAL_BATCH)
            if not batch:
                return Resealed(done, refused, keyring.end_resealing(connection))
            anew = [(row, sealed) for row in batch if (sealed := _anew(row, epoch, unlocked)) is not None]
            keyring.store_resealed(connection, epoch, anew)
        done, refused, after = done + len(anew), refused + len(batch) - len(anew), batch[-1].id
        progress(done)


def _anew(row: secrets.Secret, epoch: Epoch, unlocked: Unlocked) -> Sealed | None:
    """None where it is damaged, or of an epoch that this slot does not open: it stays as it is, and is counted."""
    assert row.sealed is not None
    try:
        clear = unlocked.open(row.id, row.deployment_id, row.kind, row.sealed)
    except VaultError:
        return None
    return sealing.seal(epoch, row.id, row.deployment_id, row.kind, clear.value, clear.pixels)
