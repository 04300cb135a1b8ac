"""How much of a whole reading of an image its stored text has."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was compared before."""
    op.add_column("frames", sa.Column("reread_recall", sa.REAL()), schema="recall")
