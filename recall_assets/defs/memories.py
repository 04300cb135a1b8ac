"""What days leave behind: five kinds of memory by the day over all machines, and the core over all days.

activities, projects, secrets ─► episodic_memory semantic_memory procedural_memory resource_memory knowledge_vault
                                 one step reads the day once; each kind can be made alone
these ─► core_memory             nightly where something changed: who the owner is changes slowly
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import dagster as dg
from sqlalchemy import Connection

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_any_deployment, nightly
from recall_assets.defs.resources import Recall
from recall_assets.defs.worded import WORDED, worded_deps
from recall_assets.partitions import DAY_OF, DAYS, days
from recall_assets.records import MemoryKind, Provenance
from recall_assets.remembering import count_core
from recall_assets.stages.memories import Day, day_of, memories_of
from recall_assets.store import activities, frames, partitions, projects, secrets, transcripts
from recall_assets.store import core_memory as stored_core
from recall_assets.store import memories as stored

CODE_VERSION = "2"

_DESCRIPTIONS = {
    MemoryKind.EPISODIC: "One row is what happened in an activity: title, project, and the most telling lines of it.",
    MemoryKind.SEMANTIC: "One row is a person, a ticket, a term or a stated fact, as the day told of it.",
    MemoryKind.PROCEDURAL: "One row is how something is done: commands that were typed, or steps that were written.",
    MemoryKind.RESOURCE: "One row is a page, document, file or repository that was open, and for how long.",
    MemoryKind.KNOWLEDGE_VAULT: "One row says that a secret of some kind stood somewhere; its value is in the vault.",
}


def _spec(kind: MemoryKind) -> dg.AssetSpec:
    deps = [
        dg.AssetDep("activities", partition_mapping=DAY_OF),
        dg.AssetDep("projects"),
        *worded_deps(by_machine=False),
    ]
    if kind is MemoryKind.KNOWLEDGE_VAULT:
        deps.append(dg.AssetDep("secrets", partition_mapping=DAY_OF))
    return dg.AssetSpec(
        kind.asset,
        deps=deps,
        description=f"{_DESCRIPTIONS[kind]} A re-run replaces the day's rows, but for what the owner wrote or deleted; "
        "where a topic has rows of several days, the newest is valid.",
        group_name="memories",
        kinds={"postgres", "python"},
        owners=["team:memories"],
        tags={"recall/level": "derived"},
        code_version=CODE_VERSION,
        automation_condition=follows_any_deployment("projects", words=WORDED),
    )


@dg.multi_asset(
    name="memories",
    specs=[_spec(kind) for kind in MemoryKind],
    partitions_def=DAYS,
    can_subset=True,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def memories(context: dg.AssetExecutionContext, recall: Recall) -> Iterator[dg.MaterializeResult[None]]:
    """Reads each day once, and replaces what it leaves of the chosen kinds."""
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    chosen = [kind for kind in MemoryKind if dg.AssetKey(kind.asset) in context.selected_asset_keys]
    for day in days(context.partition_keys):
        with recall.transaction() as connection:
            found = memories_of(read_day(connection, day), chosen, secrets.found_on(connection, day))
            stored.replace_day(connection, day, chosen, found, provenance)
        for kind in chosen:
            told = metadata.of_memories(day, kind, found)
            context.add_asset_metadata(told, dg.AssetKey(kind.asset), day.isoformat())
    for kind in chosen:
        yield dg.MaterializeResult(asset_key=kind.asset)


def read_day(connection: Connection, day: date) -> Day:
    """The day over all machines, as far as it was made."""
    machines = partitions.with_frames(connection, day, day)
    return day_of(
        day,
        activities.read_day(connection, day),
        [frame for machine in machines for frame in frames.read_day(connection, machine)],
        projects.read_all(connection),
        transcripts.read_day(connection, day),
    )


@dg.asset(
    deps=[MemoryKind.SEMANTIC.asset],
    automation_condition=nightly(),
    group_name="memories",
    kinds={"postgres", "python"},
    owners=["team:memories"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
)
def core_memory(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is a block on who the owner is: machines, projects, hours and people of the last 30 days, counted.

    What the owner wrote under a label stays as it is; counted blocks are replaced.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    with recall.transaction() as connection:
        count_core(connection, provenance)
        stand = stored_core.read_all(connection)
    return dg.MaterializeResult(metadata=metadata.of_core(stand))
