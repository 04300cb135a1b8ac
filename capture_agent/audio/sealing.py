"""From a recorded stretch of sound to a sealed item; nothing of it in clear on any disk.

FLAC + where it came from ─► seal ─► header (times, digest) + envelope
"""

from datetime import timedelta

from uuid_utils.compat import uuid7

from capture_agent.audio.recorder import Recorded
from capture_agent.protocol import AudioMetadata, Binding, Kind
from capture_agent.seal import LandingKey, Sealed, seal


def seal_sound(recorded: Recorded, *, deployment: str, to: LandingKey, tag_key: bytes) -> Sealed:
    """A stretch of sound as an item with an id of its own."""
    began = recorded.began
    offset = timedelta(minutes=(began.utcoffset() or timedelta()) // timedelta(minutes=1))
    id_ = uuid7(nanoseconds=int(began.timestamp() * 1_000_000) * 1000)
    binding = Binding(Kind.AUDIO, deployment, id_, began, offset)
    metadata = AudioMetadata(source=recorded.source)
    return seal(binding, recorded.ended, metadata, recorded.flac, to=to, tag_key=tag_key)
