"""What is remembered, one table a kind, and what each row rests on."""

from sqlalchemy import (
    ARRAY,
    REAL,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from recall_assets.store.tables.capture import frames, transcripts
from recall_assets.store.tables.columns import derived_columns, metadata, time_column
from recall_assets.store.tables.hierarchy import activities
from recall_assets.store.tables.imports import imports
from recall_assets.store.tables.machines import deployments
from recall_assets.store.tables.vault import secrets

# What the five kinds have in common; what a kind has beside is in the table that bears its name, under the same id.
memories = Table(
    "memories",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("topic", Uuid, nullable=False, index=True),  # what it is about: of its rows one is valid
    Column("day", Date, index=True),  # the partition that made it; null: the owner or an import
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: everywhere
    Column("summary", Text, nullable=False),
    Column("details", Text, nullable=False, server_default=""),
    Column("tree_path", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("metadata", JSONB, nullable=False, server_default=text("'{}'")),
    Column("content_hash", LargeBinary, nullable=False),  # of kind, summary and details
    time_column("valid_from"),
    time_column("valid_to", nullable=True),  # since then another row of its topic is valid
    Column("seconds", Double, nullable=False, server_default=text("0")),  # that it took on that day
    Column("times", Integer, nullable=False, server_default=text("1")),  # that it was met on that day
    Column("confidence", REAL, nullable=False, server_default=text("1")),
    Column("locked", Boolean, nullable=False, server_default=text("false")),  # the owner's words: no run changes them
    Column("summary_kind", Text, nullable=False, server_default="extractive"),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    Column(
        "tsv",
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('simple', summary), 'A') || setweight(to_tsvector('simple', details), 'B')",
            persisted=True,
        ),
    ),
    *derived_columns(),
    CheckConstraint(
        "kind in ('episodic', 'semantic', 'procedural', 'resource', 'knowledge_vault')",
        name="kind",
    ),
    CheckConstraint("summary_kind in ('extractive', 'llm')", name="summary_kind"),
    CheckConstraint("confidence between 0 and 1", name="confidence"),
    Index(None, "tsv", postgresql_using="gin"),
    Index("uq_memories_valid", "topic", unique=True, postgresql_where=text("valid_to is null")),
)


def _of_memory() -> Column[object]:
    return Column("id", Uuid, ForeignKey(memories.c.id, ondelete="CASCADE"), primary_key=True)


episodic_memory = Table(
    "episodic_memory",
    metadata,
    _of_memory(),
    time_column("occurred_at"),
    time_column("ended_at"),
    Column("actor", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    CheckConstraint("occurred_at <= ended_at", name="span"),
)

semantic_memory = Table(
    "semantic_memory",
    metadata,
    _of_memory(),
    Column("name", Text, nullable=False),
    Column("entry_type", Text, nullable=False),  # person, ticket, term or fact
    Column("source", Text, nullable=False),  # where it stood, for a reader
)

procedural_memory = Table(
    "procedural_memory",
    metadata,
    _of_memory(),
    Column("entry_type", Text, nullable=False),  # commands or steps
    Column("steps", ARRAY(Text), nullable=False),
)

resource_memory = Table(
    "resource_memory",
    metadata,
    _of_memory(),
    Column("kind", Text, nullable=False),  # page, document, file or repository
    Column("title", Text, nullable=False),
    Column("uri", Text),
    Column("path", Text),
    Column("sha256", LargeBinary),
)

knowledge_vault = Table(
    "knowledge_vault",
    metadata,
    _of_memory(),
    Column("entry_type", Text, nullable=False),  # the secret's kind
    Column("source", Text, nullable=False),  # where it stood
    Column("sensitivity", Text, nullable=False),
    Column("secret_id", Uuid, ForeignKey(secrets.c.id, ondelete="CASCADE"), index=True),  # never a value
    CheckConstraint("sensitivity in ('low', 'medium', 'high')", name="sensitivity"),
)

memory_sources = Table(
    "memory_sources",
    metadata,
    Column("memory_id", Uuid, ForeignKey(memories.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("message_id", Uuid, ForeignKey("recall.messages.id", ondelete="CASCADE"), index=True),
    Column("secret_id", Uuid, ForeignKey(secrets.c.id, ondelete="CASCADE"), index=True),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, activity_id, message_id, secret_id) = 1", name="one_source"),
)

memory_orders = Table(
    "memory_orders",
    metadata,
    Column("topic", Uuid, primary_key=True),
    Column("into_topic", Uuid, index=True),  # null: deleted, and no run brings it back
    Column("by_owner", Boolean, nullable=False),
    time_column("at", now=True),
    CheckConstraint("topic <> into_topic", name="another"),
)

core_memory = Table(
    "core_memory",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("label", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("char_limit", Integer, nullable=False, server_default=text("5000")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id)),
    *derived_columns(),
    UniqueConstraint("label"),
    CheckConstraint("char_length(value) <= char_limit", name="char_limit"),
    CheckConstraint("label ~ '^[a-z][a-z0-9 _-]{0,39}$'", name="label"),
)
