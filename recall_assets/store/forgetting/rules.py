"""Orders to forget, the rules that they leave, and the ids that may not come back.

    order ─┬─ forgotten         ranges of time, machines, digests of words     ingest, intake, importers ask
           └─ forgotten_items   ids of rows that are gone                      ingest asks, doctor looks for them

No word of an order has a column. Words are digests under a key that lies beside the landing's, not in the database.
"""

import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Row,
    Text,
    Uuid,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from recall_assets.errors import SettingsError
from recall_assets.records import ForgetRule, SoughtWords
from recall_assets.settings import Home
from recall_assets.store.tables import forget_orders, forgotten, forgotten_items

_PARTS = ("app", "url", "text")
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ForgetOrder:
    """What the owner ordered, without its words; `erased_at` is when its bytes had left the database's files."""

    id: int
    at: datetime
    conditions: tuple[str, ...]
    partitions: tuple[str, ...]
    counts: Mapping[str, int]
    finished_at: datetime | None
    erased_at: datetime | None


def digest_key(home: Home, *, make: bool = False) -> bytes:
    """The key of this home's digests.

    Args:
        make: where there is none yet.

    Raises:
        SettingsError: there is none.
    """
    path = _key_file(home)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if not make:
            raise SettingsError(
                f"{path} is gone: what was forgotten cannot be told from what arrives.", "Restore it from a backup."
            ) from None
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def _key_file(home: Home) -> Path:
    return home.keys / "forgotten.key"


def open_order(connection: Connection, conditions: Sequence[str]) -> int:
    """The number of a new order, which is not finished."""
    row = insert(forget_orders).values(conditions=list(conditions)).returning(forget_orders.c.id)
    return int(connection.execute(row).scalar_one())


def add(connection: Connection, new: Sequence[ForgetRule]) -> None:
    """From now on nothing that these rules cover comes in."""
    if new:
        connection.execute(
            insert(forgotten),
            [
                {
                    "order_id": rule.order_id,
                    "deployment_id": rule.deployment_id,
                    "from_at": rule.from_at,
                    "to_at": rule.to_at,
                    "filter": _as_json(rule),
                }
                for rule in new
            ],
        )


def of_deployment(connection: Connection, deployment_id: str) -> list[ForgetRule]:
    """All rules that touch this deployment."""
    mine = or_(forgotten.c.deployment_id == deployment_id, forgotten.c.deployment_id.is_(None))
    return [_rule(row) for row in connection.execute(select(forgotten).where(mine).order_by(forgotten.c.id))]


def all_rules(connection: Connection) -> list[ForgetRule]:
    """Every rule, oldest first."""
    return [_rule(row) for row in connection.execute(select(forgotten).order_by(forgotten.c.id))]


def extend(connection: Connection, new: Sequence[ForgetRule]) -> bool:
    """Whether rules of other orders that say the same but end earlier, or as early, cover these from now on."""
    own = {rule.order_id for rule in new}
    known = {_said(rule): row_id for row_id, rule in _with_ids(connection) if rule.order_id not in own}
    if not new or not {_said(rule) for rule in new} <= known.keys():
        return False
    for rule in new:
        later = update(forgotten).where(forgotten.c.id == known[_said(rule)])
        connection.execute(later.values(to_at=func.greatest(forgotten.c.to_at, rule.to_at)))
    return True


def remember(connection: Connection, order_id: int, target: str, ids: Collection[UUID]) -> None:
    """These rows of a table may not come back; those that are remembered already stay with their order."""
    if ids:
        own = func.unnest(literal([*ids], ARRAY(Uuid))).column_valued("own")
        rows = select(own, literal(target, Text), literal(order_id, BigInteger))
        connection.execute(remembering().from_select(["id", "target", "order_id"], rows))


def remembering() -> Any:
    """The insertion into `forgotten_items` that leaves what stands."""
    return upsert(forgotten_items).on_conflict_do_nothing()


def forgotten_among(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that were forgotten, whatever they were."""
    return {*connection.scalars(select(forgotten_items.c.id).where(forgotten_items.c.id.in_(ids)))} if ids else set()


def drop_order(connection: Connection, order_id: int) -> None:
    """Takes back an order that covers nothing and says nothing new."""
    connection.execute(delete(forgotten).where(forgotten.c.order_id == order_id))
    connection.execute(delete(forget_orders).where(forget_orders.c.id == order_id))


def touch(connection: Connection, order_id: int, partitions: Sequence[str]) -> None:
    """Keeps which partitions the order touches, for whoever goes on with it."""
    connection.execute(
        update(forget_orders).where(forget_orders.c.id == order_id).values(partitions=sorted(partitions))
    )


def finish(connection: Connection, order_id: int, counts: Mapping[str, int]) -> None:
    """The order's rows and files are gone."""
    values = {"counts": dict(counts), "finished_at": func.now()}
    connection.execute(update(forget_orders).where(forget_orders.c.id == order_id).values(values))


def mark_erased(connection: Connection) -> None:
    """The bytes of all finished orders have left the database's files."""
    finished = forget_orders.c.finished_at.is_not(None) & forget_orders.c.erased_at.is_(None)
    connection.execute(update(forget_orders).where(finished).values(erased_at=func.now()))


def orders(connection: Connection, *, unfinished: bool = False, limit: int = 1000) -> list[ForgetOrder]:
    """The orders, newest first; only those that were interrupted, with `unfinished`."""
    c = forget_orders.c
    found = select(forget_orders).order_by(c.id.desc()).limit(limit)
    return [_order(row) for row in connection.execute(found.where(c.finished_at.is_(None)) if unfinished else found)]


def order(connection: Connection, order_id: int) -> ForgetOrder:
    """One of them."""
    return _order(connection.execute(select(forget_orders).where(forget_orders.c.id == order_id)).one())


def waits_for_erasure(connection: Connection) -> bool:
    """Whether a finished order's bytes may still lie in the database's files."""
    c = forget_orders.c
    waiting = select(c.id).where(c.finished_at.is_not(None), c.erased_at.is_(None))
    return bool(connection.scalar(select(waiting.exists())))


def _order(row: Row[Any]) -> ForgetOrder:
    return ForgetOrder(
        row.id, row.at, tuple(row.conditions), tuple(row.partitions), row.counts, row.finished_at, row.erased_at
    )


def _with_ids(connection: Connection) -> list[tuple[int, ForgetRule]]:
    return [(row.id, _rule(row)) for row in connection.execute(select(forgotten))]


def _said(rule: ForgetRule) -> tuple[object, ...]:
    return (rule.deployment_id, rule.from_at, rule.app, rule.url, rule.text)


def _as_json(rule: ForgetRule) -> dict[str, list[str]]:
    parts: dict[str, SoughtWords | None] = {name: getattr(rule, name) for name in _PARTS}
    return {name: [word.hex() for word in words] for name, words in parts.items() if words is not None}


def _rule(row: Row[Any]) -> ForgetRule:
    words = {name: tuple(bytes.fromhex(one) for one in said) for name, said in row.filter.items()}
    return ForgetRule(row.order_id, row.deployment_id, row.from_at, row.to_at, **words)
