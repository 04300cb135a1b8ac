"""Core memory as rows: one a label; each change of its text is a new version.

the owner ─► write  ─► locked, version + 1      a run ─► count ─► blocks that the owner did not write
                                                         └─ a counted block with nothing to say any more goes
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.errors import InputError
from recall_assets.records import RECALL_NAMESPACE, CoreBlock, Provenance
from recall_assets.store.tables import activities, core_memory, deployments, memories, semantic_memory

_LABEL = re.compile(r"[a-z][a-z0-9 _-]{0,39}")
_c = core_memory.c


def read_all(connection: Connection) -> list[CoreBlock]:
    """The blocks, those that the owner wrote first, then by label."""
    rows = connection.execute(select(core_memory).order_by(_c.locked.desc(), _c.label))
    return [CoreBlock(row.label, row.value, row.char_limit, row.version, row.locked) for row in rows]


def spells(connection: Connection, days: int) -> list[tuple[date, UUID | None, float, datetime, datetime]]:
    """Day, project, active seconds, start and end by the machine's clock of the newest days' activities."""
    c = activities.c
    newest = select(func.max(c.day)).scalar_subquery()
    rows = connection.execute(
        select(c.day, c.project_id, c.active_seconds, c.start_at, c.end_at, deployments.c.timezone)
        .join(deployments, deployments.c.id == c.deployment_id)
        .where(c.day > newest - days)
        .order_by(c.start_at, c.id)
    )
    return [
        (
            row.day,
            row.project_id,
            row.active_seconds,
            row.start_at.astimezone(ZoneInfo(row.timezone)),
            row.end_at.astimezone(ZoneInfo(row.timezone)),
        )
        for row in rows
    ]


def people(connection: Connection) -> list[str]:
    """The persons of semantic memory, who was met most often first."""
    met = func.sum(memories.c.times)
    rows = (
        select(semantic_memory.c.name)
        .join(memories, memories.c.id == semantic_memory.c.id)
        .where(semantic_memory.c.entry_type == "person")
        .group_by(semantic_memory.c.name)
        .order_by(met.desc(), semantic_memory.c.name)
    )
    return list(connection.scalars(rows))


def check(label: str, value: str) -> None:
    """Whether a block can be that.

    Raises:
        InputError: it cannot; says which can.
    """
    if not _LABEL.fullmatch(label):
        raise InputError(
            f"{label!r} cannot be a label.",
            "Use up to 40 lower-case letters, digits, blanks and hyphens, a letter first.",
        )
    if not value.strip() or len(value) > CoreBlock("", "").char_limit:
        raise InputError(
            f"A block holds 1 to {CoreBlock('', '').char_limit} characters; this one has {len(value)}.", "Shorten it."
        )


def write(connection: Connection, label: str, value: str) -> None:
    """The owner's words under this label; no run changes them."""
    _put(connection, CoreBlock(label, value, locked=True), Provenance("owner"))


def remove(connection: Connection, label: str) -> bool:
    """Deletes a block, and whether there was one; a counted one comes back with the next run."""
    return connection.execute(delete(core_memory).where(_c.label == label)).rowcount > 0


def replace_counted(connection: Connection, blocks: Sequence[CoreBlock], provenance: Provenance) -> None:
    """The blocks of runs are exactly these, but for labels that the owner wrote; imported ones stay."""
    labels = [block.label for block in blocks]
    connection.execute(delete(core_memory).where(~_c.locked, _c.imported_from.is_(None), _c.label.not_in(labels)))
    owned = {*connection.scalars(select(_c.label).where(_c.locked))}
    for block in blocks:
        if block.label not in owned:
            _put(connection, block, provenance)


def _put(connection: Connection, block: CoreBlock, provenance: Provenance) -> None:
    insertion = upsert(core_memory).values(
        id=uuid5(RECALL_NAMESPACE, f"core/{block.label}"),
        label=block.label,
        value=block.value,
        locked=block.locked,
        code_version=provenance.code_version,
        run_id=provenance.run_id,
    )
    new = insertion.excluded
    connection.execute(
        insertion.on_conflict_do_update(
            index_elements=["label"],
            set_={
                "value": new.value,
                "locked": new.locked,
                "version": case((_c.value == new.value, _c.version), else_=_c.version + 1),
                "code_version": new.code_version,
                "run_id": new.run_id,
                "created_at": func.now(),
            },
        )
    )
