"""Opens the vault: from what a security key or the recovery code yields down to a value in clear.

    PRF output, or Argon2id(code) ─HKDF─► KEK ─► slot's private key ─► every epoch's private key ─► values

Imported by the command line alone, in a short-lived process; never by the server or Dagster (import contract).
Every step refuses what was edited: a header by GCM, an epoch by its name, a row or kind by HPKE's `info`.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recall_assets.errors import VaultError
from recall_assets.records import EpochSeal, Sealed, Slot, SlotKind
from recall_assets.vault.envelope import (
    KEY_ID_BYTES,
    SUITE,
    VERSION,
    canonical,
    epoch_info,
    fingerprint,
    kek_info,
    unpad,
    value_info,
)
from recall_assets.vault.recovery_code import normalised

_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_NONCE_BYTES = 12
# What a header may ask for: less would weaken, more would hang or exhaust the machine of whoever opens it.
_ARGON2_LIMITS = {"memory_kib": (65_536, 1_048_576), "iterations": (3, 16), "lanes": (1, 16)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A secret in clear; `pixels` is an image file's bytes."""

    value: str = field(repr=False)
    pixels: bytes | None = field(repr=False)


def header(slot: UUID, kind: SlotKind, label: str, created: datetime, **more: object) -> dict[str, object]:
    """What is said of a slot in clear and bound to its private key."""
    said = {"kind": kind.value, "suite": SUITE, "slot": str(slot), "label": label, "created": created.isoformat()}
    return {"v": VERSION, **said, "salt": os.urandom(32).hex(), **more}


def make_slot(header: Mapping[str, object], key_material: bytes) -> Slot:
    """A slot with a key pair of its own, wrapped by what `key_material` yields.

    Args:
        header: as `header` made it.
        key_material: 32 bytes: a security key's PRF output, or `stretched`.
    """
    private = X25519PrivateKey.generate()
    nonce = os.urandom(_NONCE_BYTES)
    wrapped = nonce + AESGCM(_kek(header, key_material)).encrypt(nonce, private.private_bytes_raw(), canonical(header))
    return Slot(
        id=UUID(str(header["slot"])),
        kind=SlotKind(str(header["kind"])),
        header=header,
        public_key=private.public_key().public_bytes_raw(),
        wrapped_private=wrapped,
        label=str(header["label"]),
        created_at=datetime.fromisoformat(str(header["created"])),
    )


def stretched(code: str, header: Mapping[str, object]) -> bytes:
    """The 32 bytes that a recovery code yields for the slot of this header.

    Raises:
        VaultError: the code is not complete, or the header asks for too little or too much work.
    """
    random = normalised(code)
    cost = {}
    for name, (least, most) in _ARGON2_LIMITS.items():
        asked = header.get(name)
        if header.get("kdf") != "argon2id" or type(asked) is not int or not least <= asked <= most:
            raise VaultError("The recovery slot asks for another key derivation than this version does.", _DAMAGED)
        cost[name] = asked
    salt = bytes.fromhex(str(header["salt"]))
    kdf = Argon2id(
        salt=salt, length=32, iterations=cost["iterations"], lanes=cost["lanes"], memory_cost=cost["memory_kib"]
    )
    return kdf.derive(random.encode())


class Unlocked:
    """An open slot: the private keys of the epochs that were sealed to it.

    `damaged` names the epochs whose seal was changed: what was sealed to them is lost to this slot, and to it alone.

    Raises:
        VaultError: the key material is not this slot's, or the slot was changed.
    """

    def __init__(self, slot: Slot, key_material: bytes, seals: Iterable[EpochSeal]) -> None:
        self.slot = slot
        private = _unwrap(slot, key_material)
        opened = {seal.key_id: _open_epoch(private, seal) for seal in seals if seal.slot_id == slot.id}
        self._epochs = {key_id: epoch for key_id, epoch in opened.items() if epoch is not None}
        self.damaged = frozenset(opened) - frozenset(self._epochs)

    @property
    def key_ids(self) -> frozenset[bytes]:
        """The epochs that this slot opens."""
        return frozenset(self._epochs)

    def private_key(self, key_id: bytes) -> bytes:
        """An epoch's private key, to be sealed to another slot.

        Raises:
            VaultError: the epoch was not sealed to this slot.
        """
        return self._epoch(key_id).private_bytes_raw()

    def open(self, row: UUID, deployment: str, kind: str, sealed: Sealed) -> Opened:
        """The value of a row of `secrets`.

        Raises:
            VaultError: it is sealed to an epoch that this slot does not open, or it or its row was changed.
        """
        private = self._epoch(sealed.key_id)

        def opened(content: bytes, what: str) -> bytes:
            info = value_info(row, deployment, kind, sealed.key_id, what)
            try:
                return unpad(_HPKE.decrypt(content, private, info=info))
            except (InvalidTag, ValueError) as error:
                raise VaultError(f"The sealed {what} of {row} is damaged, or was sealed as something else.") from error

        value = opened(sealed.value, "value").decode("utf-8", "surrogatepass")
        return Opened(value, None if sealed.pixels is None else opened(sealed.pixels, "pixels"))

    def _epoch(self, key_id: bytes) -> X25519PrivateKey:
        if key_id not in self._epochs:
            raise VaultError(f"Epoch {key_id.hex()} is not sealed to this slot.", "Open the vault with another key.")
        return self._epochs[key_id]


_DAMAGED = "The slot was changed in the database; open the vault with another one."


def _kek(header: Mapping[str, object], key_material: bytes) -> bytes:
    salt = bytes.fromhex(str(header["salt"]))
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=kek_info(header)).derive(key_material)


def _unwrap(slot: Slot, key_material: bytes) -> X25519PrivateKey:
    header = slot.header
    said = (header.get("v"), header.get("suite"), header.get("slot"), header.get("kind"), header.get("label"))
    if said != (VERSION, SUITE, str(slot.id), slot.kind.value, slot.label):
        raise VaultError(f"The slot {slot.id} is not what its header says.", _DAMAGED)
    try:
        nonce, wrapped = slot.wrapped_private[:_NONCE_BYTES], slot.wrapped_private[_NONCE_BYTES:]
        private = AESGCM(_kek(header, key_material)).decrypt(nonce, wrapped, canonical(header))
    except (InvalidTag, ValueError, KeyError) as error:
        wrong = "The recovery code is not this vault's" if slot.kind is SlotKind.RECOVERY else "The key does not fit"
        raise VaultError(f"{wrong}, or the slot was changed.", "Nothing was opened.") from error
    opened = X25519PrivateKey.from_private_bytes(private)
    if opened.public_key().public_bytes_raw() != slot.public_key:
        raise VaultError(f"The public key of slot {slot.id} does not belong to its private half.", _DAMAGED)
    return opened


def _open_epoch(slot: X25519PrivateKey, seal: EpochSeal) -> X25519PrivateKey | None:
    """The epoch's private key; None where it is not the one that the epoch is named after.

    Anybody can seal a key of theirs to a slot, but none that has the name of another. So the public key that the
    database shows beside it does not matter here.
    """
    try:
        opened = _HPKE.decrypt(seal.sealed, slot, info=epoch_info(seal.key_id, seal.slot_id))
        epoch = X25519PrivateKey.from_private_bytes(opened)
    except (InvalidTag, ValueError):
        return None
    named = fingerprint(SUITE, epoch.public_key().public_bytes_raw())[:KEY_ID_BYTES]
    return epoch if named == seal.key_id else None
