"""Seals to the vault: all that the server can do with it, since it holds public keys only.

    live slots' public keys ─► make_epoch ─► a key pair; its private half sealed to each slot, and forgotten
    epoch's public key ─► seal ─► bytes that only a slot of that epoch opens

Opening is `opening`, which the server and Dagster never import. Which key may be sealed to: `pins`.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from recall_assets.errors import VaultError
from recall_assets.records import Epoch, EpochSeal, Sealed, Slot
from recall_assets.vault.envelope import (
    EMPTY_CHAIN,
    KEY_ID_BYTES,
    SUITE,
    epoch_info,
    fingerprint,
    pad,
    proof_info,
    value_info,
)

_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def make_epoch(slots: Iterable[Slot], now: datetime) -> tuple[Epoch, list[EpochSeal]]:
    """A new epoch that each of `slots` can open; its private key exists in the seals alone.

    Args:
        slots: the live ones; their public keys were compared with the pins.
    """
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    full = fingerprint(SUITE, public)
    epoch = Epoch(full[:KEY_ID_BYTES], SUITE, public, full, now, None, EMPTY_CHAIN, 0)
    return epoch, [seal_epoch(private.private_bytes_raw(), epoch.key_id, slot) for slot in slots]


def seal_epoch(private_key: bytes, key_id: bytes, slot: Slot) -> EpochSeal:
    """An epoch's private key, sealed to a slot."""
    public = X25519PublicKey.from_public_bytes(slot.public_key)
    return EpochSeal(key_id, slot.id, _HPKE.encrypt(private_key, public, info=epoch_info(key_id, slot.id)))


def seal_nonce(nonce: bytes, challenge: UUID, slot: Slot, act: str) -> bytes:
    """Random bytes that only the slot's private half opens: whoever tells them can open the vault."""
    public = X25519PublicKey.from_public_bytes(slot.public_key)
    return _HPKE.encrypt(nonce, public, info=proof_info(challenge, slot.id, act))


def seal(epoch: Epoch, row: UUID, deployment: str, kind: str, value: str, pixels: bytes | None) -> Sealed:
    """A row's value, and the crop under its boxes, sealed to the epoch.

    Args:
        row: the id of the row in `secrets`, known before sealing.
        pixels: an image file's bytes; None where the value stood in no pixels.

    Raises:
        VaultError: the epoch is of a suite that this version does not know.
    """
    if epoch.suite != SUITE:
        raise VaultError(f"The vault's suite {epoch.suite} is not known to this version.", "Upgrade Recall.")
    public = X25519PublicKey.from_public_bytes(epoch.public_key)

    def sealed(content: bytes, what: str) -> bytes:
        return _HPKE.encrypt(pad(content), public, info=value_info(row, deployment, kind, epoch.key_id, what))

    return Sealed(
        # OCR never makes half of a surrogate pair, an imported text may.
        value=sealed(value.encode("utf-8", "surrogatepass"), "value"),
        key_id=epoch.key_id,
        pixels=None if pixels is None else sealed(pixels, "pixels"),
    )
