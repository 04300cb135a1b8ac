"""What becomes of each table of the predecessor.

    keep     it has the same place here            episodic_memory ─► episodic_memory
    fold     it becomes rows of another kind       steps ─► llm_calls
    archive  JSON without secrets, for the record  agents ─► legacy_archive
    end      nothing of it is needed any more      organizations

Its three generations differ in who a row belongs to: an organisation and a user, a device's name, a deployment.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a table."""

    KEEP = "keep"
    FOLD = "fold"
    ARCHIVE = "archive"
    END = "end"


@dataclass(frozen=True, slots=True)
class LegacyTable:
    """One of the predecessor's tables, the names it has had, and where its rows go."""

    name: str
    fate: Fate
    target: str
    aliases: tuple[str, ...] = ()
    is_owned: bool = True  # each of its rows must belong to a deployment


def _archived(*names: str) -> tuple[LegacyTable, ...]:
    return tuple(LegacyTable(name, Fate.ARCHIVE, "legacy_archive", is_owned=False) for name in names)


TABLES = (
    LegacyTable("users", Fate.FOLD, "deployments", ("user",), is_owned=False),
    LegacyTable("projects", Fate.KEEP, "projects", is_owned=False),
    LegacyTable("activities", Fate.KEEP, "activities"),
    LegacyTable("frames", Fate.KEEP, "frames"),
    LegacyTable("ocr_text", Fate.KEEP, "ocr_text", is_owned=False),
    LegacyTable("window_context", Fate.KEEP, "frames", is_owned=False),
    LegacyTable("day_summaries", Fate.KEEP, "day_summaries", is_owned=False),
    LegacyTable("secrets", Fate.KEEP, "secrets", is_owned=False),
    LegacyTable("messages", Fate.FOLD, "messages", ("message",)),
    LegacyTable("block", Fate.KEEP, "core_memory", ("blocks",)),
    LegacyTable("episodic_memory", Fate.KEEP, "episodic_memory"),
    LegacyTable("semantic_memory", Fate.KEEP, "semantic_memory"),
    LegacyTable("procedural_memory", Fate.KEEP, "procedural_memory"),
    LegacyTable("resource_memory", Fate.KEEP, "resource_memory"),
    LegacyTable("knowledge_vault", Fate.KEEP, "knowledge_vault"),
    LegacyTable("files", Fate.FOLD, "resource_memory", ("file",)),
    LegacyTable("steps", Fate.FOLD, "llm_calls", ("step",), is_owned=False),
    *_archived(
        "agents",
        "tools",
        "sandbox_configs",
        "sandbox_environment_variables",
        "agent_environment_variables",
        "cloud_file_mapping",
        "providers",
        "agents_tags",
        "tools_agents",
        "blocks_agents",
        "sources_agents",
        "sources",
    ),
    LegacyTable("organizations", Fate.END, "", ("organization",), is_owned=False),
)


def known_as(name: str) -> LegacyTable | None:
    """The table of this name, whatever generation named it so."""
    return next((table for table in TABLES if name == table.name or name in table.aliases), None)


class Owner(StrEnum):
    """What says whose a row is; the first of these that a row has a value for."""

    DEPLOYMENT = "deployment"
    DEVICE = "device"
    USER = "user"
    ORGANIZATION = "organization"
    NONE = "none"


OWNER_COLUMNS = {
    Owner.DEPLOYMENT: "deployment_id",
    Owner.DEVICE: "device_name",
    Owner.USER: "user_id",
    Owner.ORGANIZATION: "organization_id",
}


def generation(columns: Collection[str]) -> str:
    """Which generation a table is of, by its columns."""
    owners = [owner for owner, column in OWNER_COLUMNS.items() if column in columns]
    if not owners:
        return "-"
    if owners[0] is Owner.DEPLOYMENT and len(owners) > 1:
        return "deployment, not all of it migrated"
    return {Owner.DEPLOYMENT: "deployment", Owner.DEVICE: "device name"}.get(owners[0], "organisation and user")
