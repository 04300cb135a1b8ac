"""What reading a stored image again found in it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was read again before."""
    op.add_column("frames", sa.Column("reread_hits", sa.SmallInteger()), schema="recall")
