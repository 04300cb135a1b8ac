"""What the owner ordered to be forgotten, without its words."""

from sqlalchemy import ARRAY, BigInteger, Column, ForeignKey, Identity, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.store.tables.columns import metadata, time_column
from recall_assets.store.tables.machines import deployments

forget_orders = Table(
    "forget_orders",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    time_column("at", now=True),
    Column("conditions", ARRAY(Text), nullable=False),  # which kinds were given; never their words
    Column("partitions", ARRAY(Text), nullable=False, server_default=text("'{}'")),  # Dagster's keys of what it touches
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),  # of what went, by table
    time_column("finished_at", nullable=True),  # its rows and files are gone
    time_column("erased_at", nullable=True),  # and their bytes
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("order_id", BigInteger, ForeignKey(forget_orders.c.id), nullable=False),
    Column("deployment_id", Text, ForeignKey(deployments.c.id)),  # null: every deployment
    time_column("from_at", nullable=True),
    time_column("to_at", nullable=True),
    Column("filter", JSONB, nullable=False, server_default=text("'{}'")),  # app, url, text: digests of words
)

forgotten_items = Table(
    "forgotten_items",
    metadata,
    Column("id", Uuid, primary_key=True),  # of a row that is gone for good
    Column("target", Text, primary_key=True),  # the table it was in
    Column("order_id", BigInteger, ForeignKey(forget_orders.c.id), nullable=False, index=True),
)
