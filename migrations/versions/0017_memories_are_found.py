"""Memories are found by the search; the text columns of the search that was before it go."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ORIGINS = "frame_id, transcript_id, activity_id, day_summary_id, project_id"


def upgrade() -> None:
    """Memories come into the index with the next day that is indexed; no other row changes."""
    op.add_column("passages", sa.Column("memory_id", sa.Uuid(), nullable=True), schema="recall")
    op.create_foreign_key(
        op.f("fk_passages_memory_id"),
        "passages",
        "memories",
        ["memory_id"],
        ["id"],
        source_schema="recall",
        referent_schema="recall",
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_passages_memory_id"), "passages", ["memory_id"], unique=False, schema="recall")
    op.drop_constraint(op.f("ck_passages_one_origin"), "passages", schema="recall")
    op.create_check_constraint(
        op.f("ck_passages_one_origin"), "passages", f"num_nonnulls({_ORIGINS}, memory_id) = 1", schema="recall"
    )
    for table in ("ocr_text", "transcripts"):
        op.drop_index(op.f(f"ix_{table}_tsv"), table, schema="recall")
        op.drop_column(table, "tsv", schema="recall")
