"""The search: what can be found, which of it holds a word, and its vectors."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


class HalfVector(sa.types.UserDefinedType[Any]):
    """pgvector's type, of any dimensions."""

    def get_col_spec(self, **_: object) -> str:
        return "HALFVEC"


def upgrade() -> None:
    """An empty index: `recall backfill --stage search_index` fills it for the days that are there."""
    op.create_table(
        "search_terms",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_search_terms")),
        schema="recall",
    )
    op.create_index(
        op.f("ix_search_terms_term"),
        "search_terms",
        ["term"],
        unique=False,
        schema="recall",
        postgresql_using="gin",
        postgresql_ops={"term": "gin_trgm_ops"},
    )
    op.create_table(
        "search_blocks",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("runs", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["recall.deployments.id"], name=op.f("fk_search_blocks_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_blocks")),
        sa.UniqueConstraint(
            "part",
            "deployment_id",
            "day",
            name=op.f("uq_search_blocks_part_deployment_id_day"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="recall",
    )
    op.create_index(op.f("ix_search_blocks_day"), "search_blocks", ["day"], unique=False, schema="recall")
    op.create_table(
        "search_postings",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["recall.search_blocks.id"], name=op.f("fk_search_postings_block_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term", "block_id", name=op.f("pk_search_postings")),
        schema="recall",
    )
    op.create_index(op.f("ix_search_postings_block_id"), "search_postings", ["block_id"], unique=False, schema="recall")
    op.create_table(
        "passages",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frame_id", sa.Uuid(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("day_summary_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("likeness", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(frame_id, transcript_id, activity_id, day_summary_id, project_id) = 1",
            name=op.f("ck_passages_one_origin"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["recall.activities.id"], name=op.f("fk_passages_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], ["recall.search_blocks.id"], name=op.f("fk_passages_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["day_summary_id"], ["recall.day_summaries.id"], name=op.f("fk_passages_day_summary_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["recall.frames.id"], name=op.f("fk_passages_frame_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["recall.projects.id"], name=op.f("fk_passages_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["recall.transcripts.id"], name=op.f("fk_passages_transcript_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "number", name=op.f("pk_passages")),
        schema="recall",
    )
    op.create_index(op.f("ix_passages_activity_id"), "passages", ["activity_id"], unique=False, schema="recall")
    op.create_index(op.f("ix_passages_day_summary_id"), "passages", ["day_summary_id"], unique=False, schema="recall")
    op.create_index(op.f("ix_passages_frame_id"), "passages", ["frame_id"], unique=False, schema="recall")
    op.create_index(op.f("ix_passages_project_id"), "passages", ["project_id"], unique=False, schema="recall")
    op.create_index(op.f("ix_passages_transcript_id"), "passages", ["transcript_id"], unique=False, schema="recall")
    op.create_table(
        "embeddings",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", HalfVector(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id", "number"],
            ["recall.passages.block_id", "recall.passages.number"],
            name=op.f("fk_embeddings_block_id_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("block_id", "number", "model", name=op.f("pk_embeddings")),
        schema="recall",
    )
