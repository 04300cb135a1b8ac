"""What a day held in sentences, what each rests on, and each question to a model."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.capture import frames, transcripts
from recall_assets.store.tables.columns import derived_columns, metadata, time_column
from recall_assets.store.tables.hierarchy import activities, projects
from recall_assets.store.tables.machines import deployments

day_summaries = Table(
    "day_summaries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: over all machines
    Column("day", Date, nullable=False),
    Column("summary_kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    *derived_columns(),
    UniqueConstraint("deployment_id", "day", postgresql_nulls_not_distinct=True),
    CheckConstraint("summary_kind in ('extractive', 'llm')", name="summary_kind"),
)

summary_sentences = Table(
    "summary_sentences",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    Column("day_summary_id", Uuid, ForeignKey(day_summaries.c.id, ondelete="CASCADE"), index=True),
    Column("position", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *derived_columns(),
    CheckConstraint("num_nonnulls(activity_id, project_id, day_summary_id) = 1", name="one_owner"),
    CheckConstraint("kind in ('fact', 'inference')", name="kind"),
)

sentence_sources = Table(
    "sentence_sources",
    metadata,
    Column("sentence_id", Uuid, ForeignKey(summary_sentences.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, activity_id, project_id) = 1", name="one_source"),
)

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),  # estimated where the endpoint did not count, or failed
    Column("completion_tokens", Integer, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("error", Text),  # one word for why there was no answer
    time_column("at", now=True),
    Column("run_id", Uuid),
    Index(None, "at"),
    Index(None, "input_hash"),
)
