"""What can be found, a day of a deployment at a time."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from recall_assets.store.tables.capture import frames, transcripts
from recall_assets.store.tables.columns import HalfVector, derived_columns, metadata, time_column
from recall_assets.store.tables.hierarchy import activities, projects
from recall_assets.store.tables.machines import deployments
from recall_assets.store.tables.memories import memories
from recall_assets.store.tables.summaries import day_summaries

search_blocks = Table(
    "search_blocks",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("part", Text, nullable=False),  # what it indexes: a deployment's day, a day over all of them, projects ...
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),
    Column("day", Date),
    Column("documents", Integer, nullable=False),
    Column("runs", LargeBinary, nullable=False),  # what kinds follow one another, see stages.search.blocks
    Column("model", Text, nullable=False),  # whose vectors its passages have
    *derived_columns(),
    UniqueConstraint("part", "deployment_id", "day", postgresql_nulls_not_distinct=True),
    Index(None, "day"),
)

passages = Table(
    "passages",
    metadata,
    Column("block_id", Integer, ForeignKey(search_blocks.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # its place in the block, from 0
    Column("frame_id", Uuid, ForeignKey(frames.c.id, ondelete="CASCADE"), index=True),  # the first that showed it
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id, ondelete="CASCADE"), index=True),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE"), index=True),
    Column("day_summary_id", Uuid, ForeignKey(day_summaries.c.id, ondelete="CASCADE"), index=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id, ondelete="CASCADE"), index=True),
    Column("memory_id", Uuid, ForeignKey(memories.c.id, ondelete="CASCADE"), index=True),
    time_column("start_at"),
    time_column("end_at"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),  # redacted, as everything that it is made of
    Column("text_hash", LargeBinary, nullable=False),
    Column("likeness", BigInteger, nullable=False),  # texts that differ in few of its bits are near-duplicates
    CheckConstraint(
        "num_nonnulls(frame_id, transcript_id, activity_id, day_summary_id, project_id, memory_id) = 1",
        name="one_origin",
    ),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("block_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("model", Text, primary_key=True),
    Column("vector", HalfVector, nullable=False),
    ForeignKeyConstraint(["block_id", "number"], [passages.c.block_id, passages.c.number], ondelete="CASCADE"),
)

search_postings = Table(
    "search_postings",
    metadata,
    Column("term", Text, primary_key=True),
    Column("block_id", Integer, ForeignKey(search_blocks.c.id, ondelete="CASCADE"), primary_key=True),
    Column("postings", LargeBinary, nullable=False),  # number and weight of each passage, see stages.search.blocks
    Index(None, "block_id"),
)

search_terms = Table(
    "search_terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("blocks", Integer, nullable=False),  # in how many it stands
    Index(None, "term", postgresql_using="gin", postgresql_ops={"term": "gin_trgm_ops"}),
)
