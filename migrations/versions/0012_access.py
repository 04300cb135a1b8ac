"""The owner's browser logs in by a link that works once, and what assistants and programs ask is noted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens of the vault's page end: they lasted 15 minutes, and its login is the one of all pages now."""
    op.execute(sa.text("delete from recall.tokens where scope = 'vault'"))
    op.drop_constraint(op.f("ck_tokens_scope"), "tokens", schema="recall", type_="check")
    scopes = sa.text("scope in ('ingest', 'api', 'mcp', 'enrol', 'login', 'session')")
    op.create_check_constraint(op.f("ck_tokens_scope"), "tokens", scopes, schema="recall")
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["token"], ["recall.tokens.hash"], name=op.f("fk_audit_token"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="recall",
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], schema="recall")
