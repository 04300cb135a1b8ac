"""Secrets, sealed, and who can open them; rows are only ever added."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.capture import frames, transcripts
from recall_assets.store.tables.columns import metadata, time_column
from recall_assets.store.tables.imports import imports
from recall_assets.store.tables.machines import deployments

vault_keys = Table(
    "vault_keys",
    metadata,
    Column("key_id", LargeBinary, primary_key=True),  # the first 16 bytes of the fingerprint
    Column("suite", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    time_column("created_at"),
    time_column("retired_at", nullable=True),
    Column("chain_head", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
    # At most one is live, so that no writer can seal to another than the pinned one by chance.
    Index("uq_vault_keys_live", text("(true)"), unique=True, postgresql_where=text("retired_at is null")),
)

vault_slots = Table(
    "vault_slots",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("header", JSONB, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("wrapped_private", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    time_column("created_at"),
    time_column("last_used_at", nullable=True),
    time_column("revoked_at", nullable=True),
    CheckConstraint("kind in ('fido2', 'recovery')", name="kind"),
)

vault_epoch_seals = Table(
    "vault_epoch_seals",
    metadata,
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), primary_key=True),
    Column("slot_id", Uuid, ForeignKey(vault_slots.c.id), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

vault_chain = Table(
    "vault_chain",
    metadata,
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("secret_id", Uuid, nullable=False, index=True),  # no foreign key: a tombstone outlives its row
    Column("digest", LargeBinary, nullable=False),
    Column("reason", Text),  # NULL: sealed; else why the row is gone
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False, index=True),
    Column("frame_id", Uuid, ForeignKey(frames.c.id), index=True),
    Column("transcript_id", Uuid, ForeignKey(transcripts.c.id), index=True),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
    Column("place", Text, nullable=False),  # where it stood
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("detector_version", Text, nullable=False),
    time_column("detected_at", now=True),
    Column("sealed", LargeBinary),  # NULL until there is a vault; no clear value has a column
    Column("key_id", LargeBinary, ForeignKey(vault_keys.c.key_id), index=True),
    Column("sealed_pixels", LargeBinary),
    Column("boxes", JSONB),
    Column("review", Text),  # what a language model made of a doubtful one; takes back nothing
    Column("run_id", Uuid),
    # An imported one may have stood in a row that is neither frame nor transcript.
    CheckConstraint("num_nonnulls(frame_id, transcript_id) <= 1", name="one_origin"),
    CheckConstraint("num_nonnulls(frame_id, transcript_id, imported_from) >= 1", name="an_origin"),
    CheckConstraint("place in ('screen', 'window_title', 'url', 'windows', 'speech', 'imported')", name="place"),
    CheckConstraint("(sealed is null) = (key_id is null)", name="sealed_with_key"),
    CheckConstraint("review in ('secret', 'no_secret')", name="review"),
)
