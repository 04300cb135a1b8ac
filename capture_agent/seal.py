"""Seals what was captured before it touches a disk, so that the sender cannot read its own spool.

    metadata + image ──► content ─┬─ HMAC under the sender's own key ──► content_tag   (same frame, same tag)
                                  └─ HPKE to the server's landing key ─► envelope      (other bytes each time)

The tag lets the server tell a repeated frame from another frame under the same id without reading either. Its key
stays with the sender: whoever holds the tag alone cannot try contents against it.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from capture_agent.messages import LandingKeyAnswer, landing_key_id
from capture_agent.protocol import (
    SUITE_X25519_SHA256_AES256GCM,
    AudioHeader,
    Binding,
    Envelope,
    FrameHeader,
    Kind,
    Metadata,
    SealedHeader,
    pack_content,
)

TAG_KEY_BYTES = 32
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SealError(Exception):
    """The server's landing key is not one that this sender trusts or can seal to."""


@dataclass(frozen=True, slots=True)
class LandingKey:
    """The public key that envelopes are sealed to."""

    key_id: bytes
    public_key: X25519PublicKey


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope with the header that travels in front of it."""

    header: SealedHeader
    envelope: bytes


def trusted_landing_key(answer: LandingKeyAnswer, identity: bytes | None = None) -> LandingKey:
    """The landing key of a server whose identity is `identity` (None: trust this answer's, as at enrolment).

    Raises:
        SealError: another identity answered, the signature or key id is wrong, or the suite is not known.
    """
    if answer.suite != SUITE_X25519_SHA256_AES256GCM:
        raise SealError(f"The server wants suite {answer.suite}, which this version does not know; upgrade it.")
    answered = bytes.fromhex(answer.identity)
    if identity is not None and not hmac.compare_digest(identity, answered):
        raise SealError("The server's identity is not the one that was pinned at enrolment; nothing was sent.")
    try:
        Ed25519PublicKey.from_public_bytes(answered).verify(bytes.fromhex(answer.signature), answer.statement)
        public_key = X25519PublicKey.from_public_bytes(bytes.fromhex(answer.public_key))
    except (InvalidSignature, ValueError) as error:
        raise SealError("The server's landing key does not carry a valid signature; nothing was sent.") from error
    key_id = landing_key_id(answer.suite, public_key.public_bytes_raw())
    if key_id.hex() != answer.key_id:
        raise SealError("The server's landing key has another key id than it says; nothing was sent.")
    return LandingKey(key_id, public_key)


def seal(
    binding: Binding, seen_until: datetime, metadata: Metadata, payload: bytes, *, to: LandingKey, tag_key: bytes
) -> Sealed:
    """The envelope of one frame or stretch of sound, bound to `binding`, and its header."""
    content = pack_content(metadata, payload)
    empty = Envelope(SUITE_X25519_SHA256_AES256GCM, to.key_id, b"")
    envelope = empty.prefix + _SUITE.encrypt(content, to.public_key, info=empty.info(binding))
    fields: dict[str, Any] = {
        "id": binding.id,
        "deployment": binding.deployment,
        "captured_at": binding.captured_at,
        "seen_until": seen_until,
        "utc_offset_minutes": binding.utc_offset // timedelta(minutes=1),
        "envelope_bytes": len(envelope),
        "envelope_sha256": hashlib.sha256(envelope).hexdigest(),
        "content_tag": content_tag(binding, content, tag_key),
    }
    if binding.kind is Kind.FRAME:
        return Sealed(FrameHeader(**fields, monitor=binding.monitor), envelope)
    return Sealed(AudioHeader(**fields), envelope)


def content_tag(binding: Binding, content: bytes, tag_key: bytes) -> str:
    """HMAC-SHA256 over what an item is and holds, in hexadecimal."""
    bound = binding.canonical()
    return hmac.new(tag_key, b"recall-content/v1\0" + len(bound).to_bytes(4) + bound + content, "sha256").hexdigest()


def sender_tag_key(folder: Path) -> bytes:
    """The 32 bytes under which this sender tags contents, made at first use in `folder` (0600).

    Raises:
        SealError: the file is there but is no key.
    """
    path = folder / "content-tag"
    fresh = folder / f".content-tag.{secrets.token_hex(8)}"
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(TAG_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # of two senders that start at once, the first one's key stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) != TAG_KEY_BYTES:
        raise SealError(f"{path} is not a key of {TAG_KEY_BYTES} bytes.")
    return key
