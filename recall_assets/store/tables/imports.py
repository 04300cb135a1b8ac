"""What came from other systems, row by row, and what has no other place here."""

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.columns import metadata, time_column
from recall_assets.store.tables.machines import deployments

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_fingerprint", Text),
    Column("map", JSONB),
    Column("report", JSONB),
    Column("detector_version", Text),  # that has scanned all of its rows; null: nobody wrote it down
    time_column("started_at", now=True),
    time_column("finished_at", nullable=True),
    time_column("undone_at", nullable=True),
)

imported_rows = Table(
    "imported_rows",
    metadata,
    Column("id", Uuid, primary_key=True),  # of the row that came to be: uuid5 of source, table and id there
    Column("target", Text, primary_key=True),  # the table it is in
    Column("import_id", Uuid, ForeignKey(imports.c.id), nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the row as it was written, redacted
)

legacy_archive = Table(
    "legacy_archive",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("import_id", Uuid, ForeignKey(imports.c.id), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # the table it was in
    Column("legacy_id", Text, nullable=False),
    Column("body", JSONB, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("deployment_id", Text, ForeignKey(deployments.c.id), nullable=False, index=True),
    Column("title", Text),
    time_column("started_at"),
    Column("legacy", JSONB),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    time_column("at"),
    Column("model", Text),
    Column("legacy", JSONB),
    Column("detector_version", Text, nullable=False),
    Column("imported_from", Uuid, ForeignKey(imports.c.id), index=True),
)
