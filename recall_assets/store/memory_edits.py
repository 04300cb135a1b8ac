"""What the owner orders about memories; every later run obeys.

rewrite   the row is locked: valid before any newer day's, its text no run's
add       a row without a day, locked
forget    all rows of the topic go, and the order stays, so that no run brings them back
merge     a topic's rows count as rows of another one, from the next look on
"""

import hashlib
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.errors import InputError
from recall_assets.records import Memory, Provenance
from recall_assets.store import findable_memories, search_index
from recall_assets.store.memories import read, settle, write
from recall_assets.store.tables import memories, memory_orders

OWNER = Provenance("owner")


def require(connection: Connection, memory_id: UUID) -> Memory:
    """The row of that id.

    Raises:
        InputError: there is none.
    """
    found = read(connection, [memory_id])
    if not found:
        raise InputError(f"There is no memory {memory_id}.", "`recall memories` lists them.")
    return found[0]


def rewrite(connection: Connection, memory_id: UUID, *, summary: str | None = None, details: str | None = None) -> None:
    """The memory says this from now on; what is None stays as it is.

    Raises:
        InputError: there is no such memory.
    """
    was = require(connection, memory_id)
    now = replace(was, summary=summary or was.summary, details=was.details if details is None else details)
    content = "\0".join((now.kind, now.summary, now.details)).encode()
    values = {
        "summary": now.summary,
        "details": now.details,
        "content_hash": hashlib.sha256(content).digest(),
        "locked": True,
        "created_at": func.now(),
    }
    connection.execute(update(memories).where(memories.c.id == memory_id).values(values))
    settle(connection, [was.topic])


def add(connection: Connection, memory: Memory) -> None:
    """The owner's own memory: locked, of no day."""
    write(connection, [replace(memory, locked=True, day=None)], OWNER)
    settle(connection, [memory.topic])


def forget(connection: Connection, memory_id: UUID) -> int:
    """Deletes the memory with all rows of its topic, for good; how many rows those were.

    Raises:
        InputError: there is no such memory.
    """
    was = require(connection, memory_id)
    order = memory_orders.c
    root = connection.scalar(select(order.into_topic).where(order.topic == was.topic)) or was.topic
    topics = [root, *connection.scalars(select(order.topic).where(order.into_topic == root))]
    for topic in topics:
        insertion = upsert(memory_orders).values(topic=topic, into_topic=None, by_owner=True)
        connection.execute(
            insertion.on_conflict_do_update(index_elements=["topic"], set_={"into_topic": None, "by_owner": True})
        )
    rows = connection.scalars(select(memories.c.id).where(memories.c.topic.in_(topics))).all()
    search_index.drop(connection, findable_memories.holds_any(rows))  # its words go with it
    return connection.execute(delete(memories).where(memories.c.id.in_(rows))).rowcount


def merge(connection: Connection, topic: UUID, into_topic: UUID, *, by_owner: bool) -> None:
    """Rows of `topic`, and of what was merged into it, count as rows of `into_topic`."""
    order = memory_orders.c
    into_topic = connection.scalar(select(order.into_topic).where(order.topic == into_topic)) or into_topic
    if topic == into_topic:
        return
    connection.execute(update(memory_orders).where(order.into_topic == topic).values(into_topic=into_topic))
    insertion = upsert(memory_orders).values(topic=topic, into_topic=into_topic, by_owner=by_owner)
    kept = case((order.into_topic.is_(None), order.into_topic), else_=insertion.excluded.into_topic)
    connection.execute(insertion.on_conflict_do_update(index_elements=["topic"], set_={"into_topic": kept}))
    settle(connection, [into_topic])
