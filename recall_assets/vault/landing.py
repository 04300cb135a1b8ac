"""Opens what agents sealed to this server: envelope in, metadata and image out, in memory only.

    landing/<deployment>/<day>/<id>.sealed ─► open(envelope, binding) ─► Opened(metadata, image)

Imported by the intake and by nothing else: whoever calls this holds clear text.
"""

from dataclasses import dataclass
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError

from capture_agent.protocol import (
    AudioMetadata,
    Binding,
    Envelope,
    FrameMetadata,
    Kind,
    ProtocolError,
    unpack_content,
)
from recall_assets.errors import LandingError, LandingKeyGoneError
from recall_assets.settings import Home
from recall_assets.vault.landing_keys import landing_key_folder

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_Metadata = TypeVar("_Metadata", FrameMetadata, AudioMetadata)


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame in clear: what its sender said about it, and the image file's bytes, undecoded."""

    metadata: FrameMetadata
    image: bytes


@dataclass(frozen=True, slots=True)
class OpenedAudio:
    """A stretch of sound in clear, and the sound file's bytes, undecoded."""

    metadata: AudioMetadata
    sound: bytes


class LandingKeys:
    """The private halves of this home's landing keys; each is read when the first envelope needs it."""

    def __init__(self, home: Home) -> None:
        self._folder = landing_key_folder(home)
        self._private: dict[bytes, X25519PrivateKey] = {}

    def open(self, envelope: bytes, binding: Binding) -> Opened:
        """The frame that `envelope` holds.

        Args:
            envelope: as it lies in the landing.
            binding: what the frame's row says it is.

        Raises:
            LandingError: damaged, sealed under a key that is gone, or sealed as something else than `binding`.
        """
        content = self._decrypt(envelope, binding, Kind.FRAME)
        return Opened(*_content(content, FrameMetadata, binding))

    def open_audio(self, envelope: bytes, binding: Binding) -> OpenedAudio:
        """The stretch of sound that `envelope` holds; arguments and errors as for `open`."""
        content = self._decrypt(envelope, binding, Kind.AUDIO)
        return OpenedAudio(*_content(content, AudioMetadata, binding))

    def _decrypt(self, data: bytes, binding: Binding, kind: Kind) -> bytes:
        if binding.kind is not kind:
            raise LandingError(f"Item {binding.id} is no {kind}.")
        try:
            envelope = Envelope.from_bytes(data)
            return _SUITE.decrypt(envelope.sealed, self._key(envelope.key_id), info=envelope.info(binding))
        except ProtocolError as error:
            raise LandingError(f"The envelope of {kind} {binding.id} cannot be opened: {error}.") from error
        except (InvalidTag, ValueError) as error:
            raise LandingError(
                f"The envelope of {kind} {binding.id} is damaged, or was sealed as something else."
            ) from error

    def _key(self, key_id: bytes) -> X25519PrivateKey:
        if key_id not in self._private:
            path = self._folder / f"{key_id.hex()}.key"
            try:
                self._private[key_id] = X25519PrivateKey.from_private_bytes(path.read_bytes())
            except OSError as error:
                raise LandingKeyGoneError(
                    f"The landing key {key_id.hex()} is gone.", "What was sealed to it cannot be opened any more."
                ) from error
        return self._private[key_id]


def _content(content: bytes, model: type[_Metadata], binding: Binding) -> tuple[_Metadata, bytes]:
    try:
        described, payload = unpack_content(content)
        return model.model_validate_json(described), payload
    except (ProtocolError, ValidationError):
        # `from None`: the chained error would carry what the screen showed into a log.
        raise LandingError(f"The content of {binding.kind} {binding.id} is not in the agreed form.") from None
