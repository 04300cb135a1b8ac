"""Whose machines these are, who may ask, and what was asked."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.columns import metadata, time_column

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("platform", Text),
    Column("timezone", Text, nullable=False),
    Column("review", JSONB, nullable=False, server_default=text("'{}'")),
    Column("retention", JSONB, nullable=False, server_default=text("'{}'")),
    time_column("enrolled_at", now=True),
    time_column("last_seen_at", nullable=True),
    Column("reported", JSONB),  # what its agent said last of itself, a `protocol.AgentReport`
    time_column("reported_at", nullable=True),
    time_column("revoked_at", nullable=True),
    Column("legacy", JSONB),
    CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,31}$'", name="id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of 256 random bits
    Column("deployment_id", Text, ForeignKey(deployments.c.id, ondelete="CASCADE")),
    Column("scope", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("landing_key", LargeBinary),  # id of the landing key that its holder was given last
    time_column("created_at", now=True),
    time_column("expires_at", nullable=True),
    time_column("last_used_at", nullable=True),
    time_column("revoked_at", nullable=True),
    CheckConstraint("scope in ('ingest', 'api', 'mcp', 'enrol', 'login', 'session', 'metrics')", name="scope"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    time_column("at", now=True),
    Column("token", LargeBinary, ForeignKey(tokens.c.hash, ondelete="SET NULL")),  # null: a program of this user
    Column("route", Text, nullable=False),
    Column("arguments", JSONB, nullable=False, server_default=text("'{}'")),  # without text
    Column("rows", Integer, nullable=False),
    Index(None, "at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # a deployment, an asset, or nothing
    Column("told", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    time_column("raised_at"),
    time_column("cleared_at", nullable=True),
    time_column("raised_sent_at", nullable=True),  # to the webhook, or when there was none
    time_column("cleared_sent_at", nullable=True),
    CheckConstraint("kind in ('machine', 'spool', 'partition', 'disk', 'vault')", name="kind"),
    Index("uq_alerts_open", "kind", "subject", unique=True, postgresql_where=text("cleared_at is null")),
)
