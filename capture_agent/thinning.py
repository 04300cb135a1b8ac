"""Which frames a full spool gives up: of frames that followed each other closely every second one, the oldest first.

    age   ─────────────────────────────────────► now         each ● was followed by the next frame of its monitor
          ●●●●●●  ●   ●●●●  ●        ●●  ●●●                 within 10 s: every second one goes, from the left, until
          ● ● ●   ●   ● ●   ●        ●●  ●●●                 there is room; then within a minute, ten minutes, an hour;
                                                             then the oldest

Messages that a frame still stood go with their frame. Sound is given up last. Pure: who deletes is `spool`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from capture_agent.protocol import Kind

HORIZONS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item on the disk; `number` counts in the order in which items were kept."""

    number: int
    kind: Kind
    id: UUID
    captured_at: datetime
    size: int
    monitor: int = 0
    key_id: str = ""


def thin(items: Iterable[Waiting], wanted: int) -> list[Waiting]:
    """What to give up so that at least `wanted` bytes become free, or all there is; `items` in order of number."""
    left = {item.number: item for item in items}
    of_id: dict[UUID, list[Waiting]] = {}
    for item in left.values():
        of_id.setdefault(item.id, []).append(item)
    gone: list[Waiting] = []
    freed = 0
    for item in _in_turn(left):
        if freed >= wanted:
            break
        for each in of_id.get(item.id, []):
            if left.pop(each.number, None) is not None:
                gone.append(each)
                freed += each.size
    return gone


def _in_turn(left: Mapping[int, Waiting]) -> Iterator[Waiting]:
    """What goes next; what was taken out of `left` meanwhile counts for the next pass."""
    for horizon in HORIZONS:
        while found := _every_second([*left.values()], horizon):
            yield from found
    yield from sorted(left.values(), key=lambda item: (item.kind is Kind.AUDIO, item.number))


def _every_second(items: Iterable[Waiting], horizon: timedelta) -> list[Waiting]:
    """Of frames that the next one of their monitor followed within `horizon`, every second one."""
    before: dict[int, Waiting] = {}
    spared: set[int] = set()  # monitors whose last such frame stays, so the next one may go
    found = []
    for item in items:
        if item.kind is not Kind.FRAME:
            continue
        last = before.get(item.monitor)
        before[item.monitor] = item
        if last is None or not timedelta() <= item.captured_at - last.captured_at < horizon:
            spared.discard(item.monitor)
        elif item.monitor in spared:
            spared.discard(item.monitor)
            found.append(last)
        else:
            spared.add(item.monitor)
    return found
