"""Items as the loop puts them on the disk."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from capture_agent.protocol import Binding, FrameMetadata, Kind, SeenHeader
from capture_agent.seal import Sealed, seal
from tests.agent.drawn_desktop import KEY

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def item_id(number: int) -> UUID:
    return uuid5(UUID(int=7), str(number))


def frame(number: int, *, second: float | None = None, monitor: int = 0, size: int = 1000) -> Sealed:
    """Frame `number`, captured `second` seconds after noon (default: its number)."""
    at = NOON + timedelta(seconds=number if second is None else second)
    binding = Binding(Kind.FRAME, "laptop", item_id(number), at, timedelta(hours=1), monitor)
    return seal(binding, at, FrameMetadata(title="t"), bytes(size), to=KEY, tag_key=bytes(32))


def seen(number: int, until: float) -> SeenHeader:
    """Frame `number` still stood `until` seconds after noon."""
    at = NOON + timedelta(seconds=number)
    until_at = NOON + timedelta(seconds=until)
    return SeenHeader(id=item_id(number), deployment="laptop", captured_at=at, seen_until=until_at)
