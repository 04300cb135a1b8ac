"""The vault: epochs, slots, epochs sealed to slots, and the chain of what was sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the vault's tables; nothing was sealed before them, so the new reference finds no row to fail on."""
    op.create_table(
        "vault_keys",
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("suite", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_vault_keys")),
        schema="recall",
    )
    op.create_index(
        "uq_vault_keys_live",
        "vault_keys",
        [sa.text("(true)")],
        unique=True,
        schema="recall",
        postgresql_where=sa.text("retired_at is null"),
    )
    op.create_table(
        "vault_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_private", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind in ('fido2', 'recovery')", name=op.f("ck_vault_slots_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_slots")),
        schema="recall",
    )
    op.create_table(
        "vault_epoch_seals",
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["recall.vault_keys.key_id"], name=op.f("fk_vault_epoch_seals_key_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["recall.vault_slots.id"], name=op.f("fk_vault_epoch_seals_slot_id")),
        sa.PrimaryKeyConstraint("key_id", "slot_id", name=op.f("pk_vault_epoch_seals")),
        schema="recall",
    )
    op.create_table(
        "vault_chain",
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("secret_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["key_id"], ["recall.vault_keys.key_id"], name=op.f("fk_vault_chain_key_id")),
        sa.PrimaryKeyConstraint("key_id", "position", name=op.f("pk_vault_chain")),
        schema="recall",
    )
    op.create_index(op.f("ix_vault_chain_secret_id"), "vault_chain", ["secret_id"], schema="recall")
    op.create_foreign_key(
        op.f("fk_secrets_key_id"),
        "secrets",
        "vault_keys",
        ["key_id"],
        ["key_id"],
        source_schema="recall",
        referent_schema="recall",
    )
    op.create_index(op.f("ix_secrets_key_id"), "secrets", ["key_id"], schema="recall")
