"""With which rules the texts of an import were scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody wrote down which rules scanned earlier imports: they count as scanned by older ones."""
    op.add_column("imports", sa.Column("detector_version", sa.Text(), nullable=True), schema="recall")
