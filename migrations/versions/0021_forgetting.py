"""Orders to forget, what they left as rules for late arrivals, and the ids that may not come back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has written rules before: there was no command that could."""
    empty_list, empty_object = sa.text("'{}'"), sa.text("'{}'")
    op.create_table(
        "forget_orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("conditions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("partitions", sa.ARRAY(sa.Text()), server_default=empty_list, nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=empty_object, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forget_orders")),
        schema="recall",
    )
    op.create_table(
        "forgotten_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["recall.forget_orders.id"], name=op.f("fk_forgotten_items_order_id")),
        sa.PrimaryKeyConstraint("id", "target", name=op.f("pk_forgotten_items")),
        schema="recall",
    )
    op.create_index(op.f("ix_forgotten_items_order_id"), "forgotten_items", ["order_id"], schema="recall")
    op.execute(sa.text("delete from recall.forgotten"))
    for name in ("reason", "at", "rows"):
        op.drop_column("forgotten", name, schema="recall")
    op.add_column("forgotten", sa.Column("order_id", sa.BigInteger(), nullable=False), schema="recall")
    op.create_foreign_key(
        op.f("fk_forgotten_order_id"),
        "forgotten",
        "forget_orders",
        ["order_id"],
        ["id"],
        source_schema="recall",
        referent_schema="recall",
    )
    op.drop_constraint(op.f("ck_edits_kind"), "edits", schema="recall")
    kinds = "kind in ('rename', 'merge', 'split', 'assign', 'reject', 'edit', 'undo', 'forget')"
    op.create_check_constraint(op.f("ck_edits_kind"), "edits", kinds, schema="recall")
    op.create_index(
        "ix_frames_same_as",
        "frames",
        ["same_as"],
        schema="recall",
        postgresql_where=sa.text("same_as is not null"),
    )
