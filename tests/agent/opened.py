"""What a test's own landing key opens: the metadata and the pixels of a sealed frame."""

import io

import numpy as np
from cryptography.hazmat.primitives import hpke
from PIL import Image

from capture_agent.desktop import Pixels
from capture_agent.protocol import Envelope, FrameHeader, FrameMetadata, unpack_content
from capture_agent.upload import Outgoing
from tests.agent.drawn_desktop import PRIVATE_KEY

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def opened(item: Outgoing) -> tuple[FrameMetadata, Pixels]:
    """Metadata and pixels of a frame."""
    assert isinstance(item.header, FrameHeader)
    envelope = Envelope.from_bytes(item.envelope)
    content = _SUITE.decrypt(envelope.sealed, PRIVATE_KEY, info=envelope.info(item.header.binding))
    metadata, image = unpack_content(content)
    return FrameMetadata.model_validate_json(metadata), np.array(Image.open(io.BytesIO(image)).convert("RGB"))
