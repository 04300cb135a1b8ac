"""Agents: what each said last of itself, which landing key it was given, and invitations to become one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns that are empty until an agent reports, and a scope of tokens."""
    op.add_column("deployments", sa.Column("reported", postgresql.JSONB(astext_type=sa.Text())), schema="recall")
    op.add_column("deployments", sa.Column("reported_at", sa.DateTime(timezone=True)), schema="recall")
    op.add_column("deployments", sa.Column("served_landing_key", sa.LargeBinary()), schema="recall")
    op.drop_constraint(op.f("ck_tokens_scope"), "tokens", schema="recall")
    op.create_check_constraint(
        op.f("ck_tokens_scope"), "tokens", "scope in ('ingest', 'api', 'mcp', 'enrol')", schema="recall"
    )
