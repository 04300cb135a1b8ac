"""How long a kept frame stood: messages "frame F seen until T" in place of equal frames.

    kept ──────────────── looks at which it still stood ───────────────► another is kept, or nothing may be looked at
      └─ captured_at          │ each minute: seen until                   └─ seen until the last look

T is captured_at plus what has passed on the monotonic clock, so a clock that is set meanwhile lengthens nothing.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from capture_agent.protocol import SealedHeader, SeenHeader

EVERY = timedelta(minutes=1)
_WORTH_A_MESSAGE = timedelta(seconds=1)


@dataclass(slots=True)
class Standing:
    """The last kept frame of a monitor; ticks are seconds of the monotonic clock.

    `told_tick` is moved when a message is safe on the disk.
    """

    header: SealedHeader
    captured_tick: float
    seen_tick: float = field(init=False)
    told_tick: float = field(init=False)

    def __post_init__(self) -> None:
        self.seen_tick = self.told_tick = self.captured_tick

    def is_due(self) -> bool:
        """Whether it is time for a message although it still stands."""
        return timedelta(seconds=self.seen_tick - self.told_tick) >= EVERY

    def message(self) -> SeenHeader | None:
        """That it stood until it was last seen; None where the last message said as much."""
        if timedelta(seconds=self.seen_tick - self.told_tick) < _WORTH_A_MESSAGE:
            return None
        return SeenHeader(
            id=self.header.id,
            deployment=self.header.deployment,
            captured_at=self.header.captured_at,
            seen_until=self.header.captured_at + timedelta(seconds=self.seen_tick - self.captured_tick),
        )
