"""What a language model may word beside summaries: titles, names of projects; what it makes of doubtful findings."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Wider checks, a column, and an index by which a question is known again; every row stands as it is."""
    for table, column in (("activities", "title_source"), ("projects", "name_source")):
        name = op.f(f"ck_{table}_{column}")
        op.drop_constraint(name, table, schema="recall")
        op.create_check_constraint(name, table, f"{column} in ('auto', 'llm', 'owner')", schema="recall")
    op.add_column("secrets", sa.Column("review", sa.Text(), nullable=True), schema="recall")
    op.create_check_constraint(
        op.f("ck_secrets_review"), "secrets", "review in ('secret', 'no_secret')", schema="recall"
    )
    op.create_index(op.f("ix_llm_calls_input_hash"), "llm_calls", ["input_hash"], schema="recall")
