"""Which activity is which: ids survive a new cut where the overlap is half or more.

    before   [── a ──────)[─ b ─)[──── locked c ────)
    cut      [──── 1 ───────)[2)                 [─ 3 ─)
    after    [──── a ───────)[─ b)[──── locked c ────)     1 overlaps a by half of both; the locked one is never cut

Half of the longer of the two, so that a split leaves the id with the larger part and a merge with the larger origin.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity

Span = tuple[datetime, datetime]


def carried_over(spans: Sequence[Span], previous: Sequence[Activity], partition_key: str) -> list[UUID]:
    """One id for each span: that of the previous activity it overlaps most, by half or more; else a new one.

    New ids follow from the partition and the span's start, so that the same cut of the same frames has the same ids.
    """
    claims = sorted(
        (-_overlap(span, (old.start_at, old.end_at)), old.start_at, old.id, number)
        for number, span in enumerate(spans)
        for old in previous
        if _overlap(span, (old.start_at, old.end_at)) * 2 >= max(span[1] - span[0], old.end_at - old.start_at)
    )
    owner: dict[int, UUID] = {}
    taken: set[UUID] = set()
    for _, _, old_id, number in claims:
        if number not in owner and old_id not in taken:
            owner[number] = old_id
            taken.add(old_id)
    reserved = {old.id for old in previous}
    ids: list[UUID] = []
    for number, (start, _) in enumerate(spans):
        ids.append(owner.get(number) or _new_id(f"activity/{partition_key}/{start.isoformat()}", reserved))
        reserved.add(ids[-1])
    return ids


def _overlap(one: Span, other: Span) -> timedelta:
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta(0))


def _new_id(name: str, reserved: set[UUID]) -> UUID:
    found = uuid5(RECALL_NAMESPACE, name)
    while found in reserved:
        found = uuid5(found, name)
    return found
