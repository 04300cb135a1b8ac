"""Transcripts: which detector scanned them, their search index, and what of the sound waits to be heard."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing wrote transcripts before this, so no row lacks a detector."""
    op.add_column("transcripts", sa.Column("detector_version", sa.Text(), nullable=False), schema="recall")
    op.create_index(op.f("ix_transcripts_tsv"), "transcripts", ["tsv"], schema="recall", postgresql_using="gin")
    op.add_column("audio_segments", sa.Column("imported_id", sa.Text()), schema="recall")
    op.create_index(
        "ix_audio_segments_pending",
        "audio_segments",
        ["deployment_id", "day"],
        schema="recall",
        postgresql_where=sa.text("transcript_status = 0"),
    )
