"""Memories: what a day leaves behind that is worth having on a later one, by deterministic rules.

    activities ─► episodes                what happened when
    places     ─► resources               pages, documents, files, repositories, and for how long
    prompts, numbered lines ─► procedures commands that were typed, steps that were written down
    passages, speech ─► semantic          facts, terms, tickets, people
    found secrets ─► knowledge vault      that there is one, and where; never its value

Every memory names the rows that it rests on. The rules look at shapes (addresses, paths, prompts, ticket names, verbs
of statements) and know no program, company or person.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from recall_assets.records import FoundSecret, Memory, MemoryKind
from recall_assets.stages.memories.commands import procedures_typed
from recall_assets.stages.memories.day import Day, day_of
from recall_assets.stages.memories.episodes import episodes
from recall_assets.stages.memories.facts import facts
from recall_assets.stages.memories.people import people
from recall_assets.stages.memories.resources import resources
from recall_assets.stages.memories.steps import procedures_written
from recall_assets.stages.memories.tickets import tickets
from recall_assets.stages.memories.vault_entries import vault_entries

__all__ = ["Day", "day_of", "memories_of"]

_RULES: Mapping[MemoryKind, tuple[Callable[[Day], Iterable[Memory]], ...]] = {
    MemoryKind.EPISODIC: (episodes,),
    MemoryKind.SEMANTIC: (people, tickets, facts),
    MemoryKind.PROCEDURAL: (procedures_typed, procedures_written),
    MemoryKind.RESOURCE: (resources,),
}


def memories_of(day: Day, kinds: Collection[MemoryKind], secrets: Sequence[FoundSecret] = ()) -> list[Memory]:
    """The memories of these kinds that a day leaves, one a topic.

    Args:
        secrets: those found on the day; only the knowledge vault tells of them.
    """
    found = [one for kind in MemoryKind if kind in kinds for rule in _RULES.get(kind, ()) for one in rule(day)]
    if MemoryKind.KNOWLEDGE_VAULT in kinds:
        found += vault_entries(day, secrets)
    # Of two rules that found the same topic the first one counts.
    return list({one.id: one for one in reversed(found)}.values())[::-1]
