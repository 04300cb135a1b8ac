"""What a day held: activities and the projects that they belong to, and what the owner said of both."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.columns import derived_columns, metadata, time_column
from recall_assets.store.tables.machines import deployments

projects = Table(
    "projects",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_source", Text, nullable=False, server_default="auto"),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("terms", JSONB, nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False, server_default="active"),
    *derived_columns(),
    CheckConstraint("name_source in ('auto', 'llm', 'owner')", name="name_source"),
)

project_aliases = Table(
    "project_aliases",
    metadata,
    Column("old_id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey(projects.c.id), nullable=False),
    *derived_columns(),
)

activities = Table(
    "activities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False),
    Column("day", Date, nullable=False),
    time_column("start_at"),
    time_column("end_at"),
    Column("label", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_source", Text, nullable=False, server_default="auto"),
    Column("summary_kind", Text, nullable=False),
    Column("project_id", Uuid, ForeignKey(projects.c.id), index=True),
    Column("project_score", Double),
    Column("suggested_project_id", Uuid, ForeignKey(projects.c.id, ondelete="SET NULL")),
    Column("active_seconds", Double, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("interruptions", JSONB, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=text("false")),
    *derived_columns(),
    CheckConstraint("start_at < end_at", name="span"),
    CheckConstraint("title_source in ('auto', 'llm', 'owner')", name="title_source"),
    CheckConstraint("summary_kind in ('extractive', 'llm', 'owner')", name="summary_kind"),
    Index(None, "deployment_id", "day"),
    Index(None, "day"),
)

project_constraints = Table(
    "project_constraints",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("activity_id", Uuid, ForeignKey(activities.c.id, ondelete="CASCADE")),
    Column("project_id", Uuid, ForeignKey(projects.c.id), nullable=False),
    Column("other_project_id", Uuid, ForeignKey(projects.c.id)),
    time_column("created_at", now=True),
    CheckConstraint("kind in ('must_link', 'cannot_link', 'merge')", name="kind"),
)

edits = Table(
    "edits",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    time_column("at", now=True),
    Column("kind", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("subject", Uuid, nullable=False),  # a project or an activity
    Column("partitions", ARRAY(Text), nullable=False),  # Dagster's keys of what is to be made again
    Column("before", JSONB, nullable=False),  # what an undo gives back; no words but the owner's
    time_column("undone_at", nullable=True),
    CheckConstraint("kind in ('rename', 'merge', 'split', 'assign', 'reject', 'edit', 'undo', 'forget')", name="kind"),
)
