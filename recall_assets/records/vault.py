"""What only the owner can open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class SlotKind(StrEnum):
    """What opens a slot of the vault."""

    FIDO2 = "fido2"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value sealed to the vault, the key that it was sealed to, and the crop under its boxes, sealed alike."""

    value: bytes
    key_id: bytes
    pixels: bytes | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """A key pair of the vault, as the server knows it: the public half, and how many values were sealed to it."""

    key_id: bytes
    suite: str
    public_key: bytes
    fingerprint: bytes
    created_at: datetime
    retired_at: datetime | None
    chain_head: bytes
    rows: int  # entries of the chain: seals and tombstones


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to open the vault: a key pair whose private half is wrapped by a security key or the recovery code."""

    id: UUID
    kind: SlotKind
    header: Mapping[str, object]  # authenticated together with `wrapped_private`
    public_key: bytes
    wrapped_private: bytes
    label: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EpochSeal:
    """An epoch's private key, sealed to one slot."""

    key_id: bytes
    slot_id: UUID
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """What was added to an epoch's chain: a sealed row, or, with a reason, its end by order."""

    secret_id: UUID
    digest: bytes  # SHA-256 of what was stored sealed
    reason: str | None = None
