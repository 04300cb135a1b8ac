"""Which landing key was given to whom last, so that an older one's private half can go when nobody seals to it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Noted on the token, since an import of a deployment has another than its agent; none was noted before."""
    op.add_column("tokens", sa.Column("landing_key", sa.LargeBinary()), schema="recall")
    op.drop_column("deployments", "served_landing_key", schema="recall")
