"""The vault's formats: what is hashed, bound and padded, byte for byte, as Python and a browser both do it.

    value ─► pad ─► HPKE to the epoch's public key,  info = value_info     ─► secrets.sealed
    crop  ─► pad ─► HPKE to the epoch's public key,  info = value_info     ─► secrets.sealed_pixels
    epoch's private key ─► HPKE to a slot's public key,  info = epoch_info ─► vault_epoch_seals.sealed
    slot's private key ─► AES-256-GCM under the KEK,  AAD = the header     ─► vault_slots.wrapped_private
                          KEK = HKDF-SHA256(PRF output or Argon2id, salt = header's, info = kek_info)

Pure: no key is made, used or read here, and no clock.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from recall_assets.records import ChainEntry, Slot

# RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. WebCrypto alone can open it.
SUITE = "X25519-HKDF-SHA256-AES-256-GCM"
VERSION = 1
KEY_ID_BYTES = 16
EMPTY_CHAIN = bytes(32)
DIGEST_PREFIX = b"recall-vault-row/v1\0"
# 64 MiB, three passes, four lanes: the second choice of RFC 9106. The code has 130 bits; this is a belt over braces.
ARGON2 = {"memory_kib": 65_536, "iterations": 3, "lanes": 4}

_LENGTH_BYTES = 4
_BUCKETS = (64, 256, 1024, 4096, 16_384)


def canonical(fields: Mapping[str, object]) -> bytes:
    """The same bytes everywhere: JSON with sorted keys, no blanks, UTF-8; whole numbers and text only."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


# ── names of keys ───────────────────────────────────────────────────────────────────────────────────────────────────


def fingerprint(suite: str, public_key: bytes) -> bytes:
    """The 32 bytes by which a public key is pinned; the first 16 are its `key_id`."""
    return hashlib.sha256(b"recall-vault-pub/v1\0" + suite.encode() + b"\0" + public_key).digest()


def slots_fingerprint(slots: Iterable[Slot]) -> bytes:
    """The 32 bytes by which a set of slots is pinned, in whatever order they come."""
    named = sorted((str(slot.id), slot.kind.value, slot.public_key.hex()) for slot in slots)
    return hashlib.sha256(b"recall-vault-slots/v1\0" + canonical({"slots": named})).digest()


# ── what a seal is bound to ─────────────────────────────────────────────────────────────────────────────────────────


def value_info(row: UUID, deployment: str, kind: str, key_id: bytes, what: str) -> bytes:
    """HPKE's `info` of a row's value or crop.

    Args:
        what: `value` or `pixels`.
    """
    bound = {"row": str(row), "deployment": deployment, "kind": kind, "key_id": key_id.hex(), "object": what}
    return canonical({"v": VERSION, **bound})


def epoch_info(key_id: bytes, slot: UUID) -> bytes:
    """HPKE's `info` of an epoch's private key sealed to a slot."""
    return canonical({"v": VERSION, "slot": str(slot), "key_id": key_id.hex(), "object": "epoch"})


def proof_info(challenge: UUID, slot: UUID, act: str) -> bytes:
    """HPKE's `info` of a nonce that only the slot's private half opens.

    Args:
        act: what whoever opens it wants to do.
    """
    return canonical({"v": VERSION, "challenge": str(challenge), "slot": str(slot), "act": act, "object": "proof"})


def kek_info(header: Mapping[str, object]) -> bytes:
    """HKDF's `info` of the key that wraps a slot's private half."""
    return b"recall-vault-kek/v1\0" + canonical(header)


# ── padding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pad(value: bytes) -> bytes:
    """The value behind its length, filled with zeros to 64, 256, 1k, 4k, 16k or a multiple of 16k bytes."""
    needed = _LENGTH_BYTES + len(value)
    largest = _BUCKETS[-1]
    size = next((bucket for bucket in _BUCKETS if needed <= bucket), -(-needed // largest) * largest)
    return (len(value).to_bytes(_LENGTH_BYTES, "big") + value).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """The value in `padded`.

    Raises:
        ValueError: these bytes do not come from `pad`.
    """
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    value = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if len(value) != length or pad(value) != padded:
        raise ValueError("not padded by this version")
    return value


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────────────


def digest(sealed: bytes, sealed_pixels: bytes | None) -> bytes:
    """What the chain says of a row: SHA-256 over everything of it that is sealed."""
    length = len(sealed).to_bytes(8, "big")
    return hashlib.sha256(DIGEST_PREFIX + length + sealed + (sealed_pixels or b"")).digest()


def extend(head: bytes, entries: Iterable[ChainEntry]) -> bytes:
    """The head of a chain after `entries`; the first head is `EMPTY_CHAIN`."""
    for entry in entries:
        told = {"row": str(entry.secret_id), "digest": entry.digest.hex(), "reason": entry.reason}
        head = hashlib.sha256(b"recall-vault-chain/v1\0" + head + canonical(told)).digest()
    return head
