"""A lease is a lock that goes with its process: the column that was to hold one until a time held nothing."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without `leased_until`; every row stands as it is."""
    for table in ("frames", "audio_segments"):
        op.drop_column(table, "leased_until", schema="recall")
