"""What the owner edits: names of activities stay, and every edit can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row has been edited yet: nothing could do so."""
    source = sa.Column("title_source", sa.Text(), server_default="auto", nullable=False)
    op.add_column("activities", source, schema="recall")
    for table, name, condition in (
        ("activities", "title_source", "title_source in ('auto', 'owner')"),
        ("activities", "summary_kind", "summary_kind in ('extractive', 'llm', 'owner')"),
        ("project_constraints", "kind", "kind in ('must_link', 'cannot_link', 'merge')"),
    ):
        if name != "title_source":
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, schema="recall")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition, schema="recall")
    op.create_table(
        "edits",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("partitions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('rename', 'merge', 'split', 'assign', 'reject', 'edit', 'undo')", name=op.f("ck_edits_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
        schema="recall",
    )
