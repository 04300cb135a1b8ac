"""Whether anything of what was forgotten is here: its ids, its times, its words.

forgotten_items ─► a row of the same id?                       every table, every order
rules of times  ─► a row of that time?                         frames, sound, chats
rules of words  ─► texts of that time, newest first, judged    frames, sound, chats, activities, memories
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, literal, select

from recall_assets.records import DeploymentDay, ForgetRule
from recall_assets.store.forgetting.deleting import OF_ITEMS
from recall_assets.store.tables import (
    activities,
    audio_segments,
    conversations,
    forgotten_items,
    frames,
    memories,
    messages,
    ocr_text,
    transcripts,
)

_AT_ONCE = 2000
Left = dict[int, dict[str, set[UUID]]]  # by order and table
OrderOf = Callable[[str, Any], int | None]


def by_id(connection: Connection) -> Left:
    """Rows whose ids were forgotten."""
    found: Left = defaultdict(lambda: defaultdict(set))
    c = forgotten_items.c
    for target, table in OF_ITEMS.items():
        rows = select(c.order_id, c.id).join(table, table.c.id == c.id).where(c.target == target)
        for order_id, id_ in connection.execute(rows):
            found[order_id][target].add(id_)
    return found


def by_time(connection: Connection, rules: Iterable[ForgetRule]) -> Left:
    """Rows of times that were forgotten."""
    found: Left = defaultdict(lambda: defaultdict(set))
    for rule in rules:
        if rule.needs_content:
            continue
        for target, start, end, machine, rows in _timed():
            during = [] if rule.to_at is None else [start < rule.to_at]
            during += [] if rule.from_at is None else [end >= rule.from_at]
            mine = [] if rule.deployment_id is None else [machine == rule.deployment_id]
            found[rule.order_id][target] |= {*connection.scalars(rows.where(*during, *mine))}
    return {order_id: {t: ids for t, ids in of.items() if ids} for order_id, of in found.items() if any(of.values())}


def by_words(
    connection: Connection, rules: Collection[ForgetRule], order_of: OrderOf, *, limit: int
) -> tuple[Left, int]:
    """Rows that say what was forgotten, and how many were looked at, the newest of each kind.

    Args:
        rules: those that need the content.
        order_of: the order that covers a row of that table.
        limit: at most so many of each kind.
    """
    found: Left = defaultdict(lambda: defaultdict(set))
    looked = 0
    until = max((rule.to_at for rule in rules if rule.to_at is not None), default=None)
    for target, start, rows in _worded() if rules else ():
        query = rows.order_by(start.desc()).limit(limit).execution_options(yield_per=_AT_ONCE)
        for row in connection.execute(query if until is None else query.where(start < until)):
            looked += 1
            order_id = order_of(target, row)
            if order_id is not None:
                found[order_id][target].add(row.id)
    return found, looked


def days_of(connection: Connection, ids: Mapping[str, Collection[UUID]]) -> set[DeploymentDay]:
    """The days of machines that these rows, by table, are of."""
    days: set[DeploymentDay] = set()
    for table in (frames, audio_segments, activities):
        own = table.c.id.in_(ids.get(table.name, ()))
        days |= {
            DeploymentDay(*row) for row in connection.execute(select(table.c.deployment_id, table.c.day).where(own))
        }
    return days


def _timed() -> list[tuple[str, Any, Any, Any, Select[tuple[UUID]]]]:
    f, a, m = frames.c, audio_segments.c, messages.c
    chat = select(m.id).join(conversations, conversations.c.id == m.conversation_id)
    return [
        ("frames", f.captured_at, f.seen_until, f.deployment_id, select(f.id)),
        ("audio_segments", a.started_at, a.ended_at, a.deployment_id, select(a.id)),
        ("messages", m.at, m.at, conversations.c.deployment_id, chat),
    ]


def _worded() -> list[tuple[str, Any, Select[Any]]]:
    f, a, m, one, memory = frames.c, audio_segments.c, messages.c, activities.c, memories.c
    told = (f.id, f.deployment_id, f.app_name, f.url, f.window_title, f.windows)
    screens = select(*told, f.captured_at.label("start"), f.seen_until.label("end"), ocr_text.c.text)
    heard = func.string_agg(transcripts.c.text, literal(" ")).label("text")
    sound = select(a.id, a.deployment_id, a.started_at.label("start"), a.ended_at.label("end"), heard)
    chats = select(m.id, conversations.c.deployment_id, m.at.label("start"), m.at.label("end"), m.text)
    titles = select(one.id, one.deployment_id, one.start_at.label("start"), one.end_at.label("end"))
    known = select(memory.id, memory.deployment_id, memory.valid_from.label("start"), memory.valid_from.label("end"))
    return [
        ("frames", f.captured_at, screens.outerjoin(ocr_text, ocr_text.c.frame_id == f.id)),
        ("audio_segments", a.started_at, sound.join(transcripts, transcripts.c.segment_id == a.id).group_by(a.id)),
        ("messages", m.at, chats.join(conversations, conversations.c.id == m.conversation_id)),
        ("activities", one.start_at, titles.add_columns(one.title.label("text"))),
        ("memories", memory.valid_from, known.add_columns((memory.summary + " " + memory.details).label("text"))),
    ]
