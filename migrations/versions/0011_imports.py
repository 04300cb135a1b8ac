"""What came from other systems: chats, an archive, which row came of which; secrets that stood on no frame."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but recordings was imported before."""
    _create_rows_of_imports()
    _create_chats()
    op.add_column("secrets", sa.Column("imported_from", sa.Uuid(), nullable=True), schema="recall")
    op.create_foreign_key(
        op.f("fk_secrets_imported_from"),
        "secrets",
        "imports",
        ["imported_from"],
        ["id"],
        source_schema="recall",
        referent_schema="recall",
    )
    op.create_index(op.f("ix_secrets_imported_from"), "secrets", ["imported_from"], schema="recall")
    conditions = {
        "one_origin": "num_nonnulls(frame_id, transcript_id) <= 1",
        "an_origin": "num_nonnulls(frame_id, transcript_id, imported_from) >= 1",
        "place": "place in ('screen', 'window_title', 'url', 'windows', 'speech', 'imported')",
    }
    for name in ("one_origin", "place"):
        op.drop_constraint(op.f(f"ck_secrets_{name}"), "secrets", schema="recall")
    for name, condition in conditions.items():
        op.create_check_constraint(op.f(f"ck_secrets_{name}"), "secrets", condition, schema="recall")


def _create_rows_of_imports() -> None:
    op.create_table(
        "imported_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["recall.imports.id"], name=op.f("fk_imported_rows_import_id")),
        sa.PrimaryKeyConstraint("id", "target", name=op.f("pk_imported_rows")),
        schema="recall",
    )
    op.create_index(op.f("ix_imported_rows_import_id"), "imported_rows", ["import_id"], schema="recall")
    op.create_table(
        "legacy_archive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("legacy_id", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["recall.imports.id"], name=op.f("fk_legacy_archive_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_archive")),
        schema="recall",
    )
    op.create_index(op.f("ix_legacy_archive_import_id"), "legacy_archive", ["import_id"], schema="recall")


def _create_chats() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("legacy", postgresql.JSONB(), nullable=True),
        sa.Column("imported_from", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["recall.deployments.id"], name=op.f("fk_conversations_deployment_id")
        ),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_conversations_imported_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        schema="recall",
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("legacy", postgresql.JSONB(), nullable=True),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("imported_from", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["recall.conversations.id"],
            name=op.f("fk_messages_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["imported_from"], ["recall.imports.id"], name=op.f("fk_messages_imported_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        schema="recall",
    )
    for table, column in (
        ("conversations", "deployment_id"),
        ("conversations", "imported_from"),
        ("messages", "conversation_id"),
        ("messages", "imported_from"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], schema="recall")
