"""Memories as a person meets them: looked up over all their days, rewritten, deleted, merged.

    recall_memories ─► valid memories, each with what older days add to it
    rewrite, set_core ─► the owner's words, looked through for secrets first
    consolidate ─► what says the same, merged or only shown

The command line, the pages and MCP come through here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.errors import InputError
from recall_assets.records import MemoryKind, Provenance
from recall_assets.stages.memories.consolidation import Merge, duplicates
from recall_assets.stages.memories.core import DAYS, Machine, Spell, core_blocks
from recall_assets.stages.memories.together import together
from recall_assets.stages.secrets import detect
from recall_assets.store import core_memory, deployments, memory_edits, projects, remembered
from recall_assets.store.remembered import Remembered

_ALL = 100_000
_TOLD_OVER_DAYS = {MemoryKind.SEMANTIC, MemoryKind.RESOURCE}


def recall_memories(
    connection: Connection,
    *,
    kind: MemoryKind | None = None,
    about: str | None = None,
    project: str | None = None,
    day: date | None = None,
    limit: int = 200,
) -> list[Remembered]:
    """Valid memories, best first; their details are those of all days together.

    Args:
        about: words; one of them is enough, more are better.
        day: only what this day knows of.
    """
    found = remembered.remembered(connection, kind=kind, about=about, project=project, day=day, limit=limit)
    return [_whole(one) for one in found]


def recall_memory(connection: Connection, memory_id: UUID) -> Remembered:
    """The valid memory of the topic that this row is of.

    Raises:
        InputError: there is no such row.
    """
    memory_edits.require(connection, memory_id)
    found = remembered.one(connection, memory_id)
    if found is None:  # between two statements of a run that replaces its day
        raise InputError(f"Memory {memory_id} is being written.", "Ask again.")
    return _whole(found)


def rewrite(connection: Connection, memory_id: UUID, *, summary: str | None, details: str | None) -> Remembered:
    """The memory in the owner's words, which no run changes.

    Raises:
        InputError: there is no such memory, nothing is said, or a secret is.
    """
    if not (summary or "").strip() and details is None:
        raise InputError("Nothing is said.", "Give --summary, --details or both.")
    for text in (summary, details):
        _without_secret(text or "")
    valid = recall_memory(connection, memory_id).memory.id
    memory_edits.rewrite(connection, valid, summary=summary, details=details)
    return recall_memory(connection, valid)


def set_core(connection: Connection, label: str, value: str) -> None:
    """A core block in the owner's words.

    Raises:
        InputError: the label cannot be one, the text is empty or too long, or holds a secret.
    """
    core_memory.check(label, value)
    _without_secret(value)
    core_memory.write(connection, label, value)


def count_core(connection: Connection, provenance: Provenance) -> None:
    """The core blocks that can be counted, as they are to be now; what the owner wrote stays."""
    machines = [Machine(one.id, one.name, one.platform, one.timezone) for one in deployments.read_all(connection)]
    spells = [Spell(*told) for told in core_memory.spells(connection, DAYS)]
    blocks = core_blocks(machines, projects.read_all(connection), spells, core_memory.people(connection))
    core_memory.replace_counted(connection, blocks, provenance)


def consolidate(connection: Connection, *, dry_run: bool) -> Sequence[Merge]:
    """What says the same as another memory; merged, unless it is only to be shown."""
    valid = remembered.remembered(connection, limit=_ALL)
    found = duplicates([one.memory for one in valid])
    for one in found if not dry_run else ():
        memory_edits.merge(connection, one.memory.topic, one.into.topic, by_owner=False)
    return found


def _whole(one: Remembered) -> Remembered:
    # The owner's words are all there is to say; steps of another day are another procedure.
    if one.memory.locked or one.memory.kind not in _TOLD_OVER_DAYS:
        return one
    return replace(one, memory=replace(one.memory, details=together(one.memory.details, one.earlier)))


def _without_secret(text: str) -> None:
    found = detect(text)
    if found:
        kinds = ", ".join(sorted({one.kind for one in found}))
        raise InputError(f"The text holds what looks like a secret ({kinds}).", "Leave it out; memories are in clear.")
