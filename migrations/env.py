"""Alembic's entry: runs the revisions on the connection, and inside the transaction, of whoever called.

    store.database.migrate ── config.attributes["connection"] ──► here ──► versions/*

There is no alembic.ini and no URL: nothing can migrate past the lock and the dump.
"""

from alembic import context

from recall_assets.store.tables import SCHEMA, metadata

connection = context.config.attributes["connection"]
# The version table lies in the schema, so the schema must exist before the first revision runs.
connection.exec_driver_sql(f'create schema if not exists "{SCHEMA}"')
context.configure(connection=connection, target_metadata=metadata, version_table_schema=SCHEMA, include_schemas=True)
context.run_migrations()
