"""Memories: what five kinds have in common, what each has beside, what they rest on, and the core blocks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was remembered before."""
    op.create_table(
        "memories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("deployment_id", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("tree_path", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("confidence", sa.REAL(), server_default=sa.text("1"), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("summary_kind", sa.Text(), server_default="extractive", nullable=False),
        sa.Column("legacy", postgresql.JSONB(), nullable=True),
        sa.Column("imported_from", sa.Uuid(), nullable=True),
        sa.Column(
            "tsv",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('simple', summary), 'A') || setweight(to_tsvector('simple', details), 'B')",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('episodic', 'semantic', 'procedural', 'resource', 'knowledge_vault')",
            name=op.f("ck_memories_kind"),
        ),
        sa.CheckConstraint("summary_kind in ('extractive', 'llm')", name=op.f("ck_memories_summary_kind")),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_memories_confidence")),
        sa.ForeignKeyConstraint(["deployment_id"], ["recall.deployments.id"], name=op.f("fk_memories_deployment_id")),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_memories_imported_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
        schema="recall",
    )
    op.create_index(op.f("ix_memories_day"), "memories", ["day"], schema="recall")
    op.create_index(op.f("ix_memories_topic"), "memories", ["topic"], schema="recall")
    op.create_index(op.f("ix_memories_tsv"), "memories", ["tsv"], schema="recall", postgresql_using="gin")
    op.create_index(
        "uq_memories_valid",
        "memories",
        ["topic"],
        unique=True,
        schema="recall",
        postgresql_where=sa.text("valid_to is null"),
    )
    op.create_table(
        "episodic_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.CheckConstraint("occurred_at <= ended_at", name=op.f("ck_episodic_memory_span")),
        sa.ForeignKeyConstraint(["id"], ["recall.memories.id"], name=op.f("fk_episodic_memory_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodic_memory")),
        schema="recall",
    )
    op.create_table(
        "semantic_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entry_type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["recall.memories.id"], name=op.f("fk_semantic_memory_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_semantic_memory")),
        schema="recall",
    )
    op.create_table(
        "procedural_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_type", sa.Text(), nullable=False),
        sa.Column("steps", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["recall.memories.id"], name=op.f("fk_procedural_memory_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedural_memory")),
        schema="recall",
    )
    op.create_table(
        "resource_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["recall.memories.id"], name=op.f("fk_resource_memory_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_memory")),
        schema="recall",
    )
    op.create_table(
        "knowledge_vault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sensitivity", sa.Text(), nullable=False),
        sa.Column("secret_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sensitivity in ('low', 'medium', 'high')", name=op.f("ck_knowledge_vault_sensitivity")),
        sa.ForeignKeyConstraint(["id"], ["recall.memories.id"], name=op.f("fk_knowledge_vault_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["secret_id"], ["recall.secrets.id"], name=op.f("fk_knowledge_vault_secret_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_vault")),
        schema="recall",
    )
    op.create_index(op.f("ix_knowledge_vault_secret_id"), "knowledge_vault", ["secret_id"], schema="recall")
    op.create_table(
        "memory_sources",
        sa.Column("memory_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("frame_id", sa.Uuid(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("secret_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(frame_id, transcript_id, activity_id, message_id, secret_id) = 1",
            name=op.f("ck_memory_sources_one_source"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["recall.activities.id"], name=op.f("fk_memory_sources_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["recall.frames.id"], name=op.f("fk_memory_sources_frame_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["recall.memories.id"], name=op.f("fk_memory_sources_memory_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["recall.messages.id"],
            name=op.f("fk_memory_sources_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["secret_id"], ["recall.secrets.id"], name=op.f("fk_memory_sources_secret_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["recall.transcripts.id"],
            name=op.f("fk_memory_sources_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("memory_id", "position", name=op.f("pk_memory_sources")),
        schema="recall",
    )
    op.create_index(op.f("ix_memory_sources_activity_id"), "memory_sources", ["activity_id"], schema="recall")
    op.create_index(op.f("ix_memory_sources_frame_id"), "memory_sources", ["frame_id"], schema="recall")
    op.create_index(op.f("ix_memory_sources_message_id"), "memory_sources", ["message_id"], schema="recall")
    op.create_index(op.f("ix_memory_sources_secret_id"), "memory_sources", ["secret_id"], schema="recall")
    op.create_index(op.f("ix_memory_sources_transcript_id"), "memory_sources", ["transcript_id"], schema="recall")
    op.create_table(
        "memory_orders",
        sa.Column("topic", sa.Uuid(), nullable=False),
        sa.Column("into_topic", sa.Uuid(), nullable=True),
        sa.Column("by_owner", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("topic <> into_topic", name=op.f("ck_memory_orders_another")),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_memory_orders")),
        schema="recall",
    )
    op.create_index(op.f("ix_memory_orders_into_topic"), "memory_orders", ["into_topic"], schema="recall")
    op.create_table(
        "core_memory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("char_limit", sa.Integer(), server_default=sa.text("5000"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("legacy", postgresql.JSONB(), nullable=True),
        sa.Column("imported_from", sa.Uuid(), nullable=True),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("label ~ '^[a-z][a-z0-9 _-]{0,39}$'", name=op.f("ck_core_memory_label")),
        sa.CheckConstraint("char_length(value) <= char_limit", name=op.f("ck_core_memory_char_limit")),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_core_memory_imported_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_memory")),
        sa.UniqueConstraint("label", name=op.f("uq_core_memory_label")),
        schema="recall",
    )
