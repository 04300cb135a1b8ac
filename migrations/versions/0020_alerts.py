"""Alerts have rows, and tokens may be of scope metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SCOPES = "'ingest', 'api', 'mcp', 'enrol', 'login', 'session'"


def upgrade() -> None:
    """No row changes."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raised_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('machine', 'spool', 'partition', 'disk', 'vault')", name=op.f("ck_alerts_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        schema="recall",
    )
    still_open = sa.text("cleared_at is null")
    op.create_index(
        "uq_alerts_open", "alerts", ["kind", "subject"], unique=True, schema="recall", postgresql_where=still_open
    )
    op.drop_constraint(op.f("ck_tokens_scope"), "tokens", schema="recall")
    op.create_check_constraint(op.f("ck_tokens_scope"), "tokens", f"scope in ({_SCOPES}, 'metrics')", schema="recall")
