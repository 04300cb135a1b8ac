"""What an order covers of the rows that are here: their ids become items of the order.

    criteria ─┬─ times, machines, projects ─► ids, within the database
              └─ programs, addresses, words ─► rows that may hold them ─► judged as late arrivals will be ─► ids

    frames of a project     ▪▪▪▪··▪▪▪·····▪▪      its unbroken stretches: what arrives late in one is the project's
                            [──]  [─]     [┘

A row that may hold a word has all of its letters that every alphabet folds alike; the judge has the last word.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from recall_assets.records import ForgetCriteria, Status
from recall_assets.store.forgetting.rules import remember, remembering
from recall_assets.store.tables import (
    activities,
    audio_segments,
    conversations,
    forgotten,
    frames,
    legacy_archive,
    memories,
    messages,
    ocr_text,
    transcripts,
)

Judged = Callable[[Any], bool]
_AT_ONCE = 5000
# Letters that other letters fold to, somewhere: the Kelvin sign, the dotted I of Turkish.
_ANY_LETTER = str.maketrans(dict.fromkeys("iIkK", "_"))


class Spell(NamedTuple):
    """An unbroken stretch of a project on a machine, both ends included."""

    deployment_id: str
    start: datetime
    end: datetime


def project_spells(connection: Connection, project_id: UUID) -> list[Spell]:
    """The stretches in which a machine showed nothing but the project, by start; sound alone is a stretch too."""
    mine = activities.c.project_id == project_id
    days = select(activities.c.deployment_id, activities.c.day).where(mine).distinct().subquery()
    own = case((mine, 1), else_=0)
    order = (frames.c.captured_at, frames.c.id)
    place = func.row_number().over(partition_by=frames.c.deployment_id, order_by=order)
    place_of_own = func.row_number().over(partition_by=(frames.c.deployment_id, own), order_by=order)
    shown = (
        select(
            frames.c.deployment_id,
            frames.c.captured_at,
            frames.c.seen_until,
            own.label("own"),
            (place - place_of_own).label("island"),
        )
        .join(days, and_(days.c.deployment_id == frames.c.deployment_id, days.c.day == frames.c.day))
        .outerjoin(activities, activities.c.id == frames.c.activity_id)
        .where(frames.c.ocr_status != Status.PENDING)
        .subquery()
    )
    stretches = (
        select(shown.c.deployment_id, func.min(shown.c.captured_at), func.max(shown.c.seen_until))
        .where(shown.c.own == 1)
        .group_by(shown.c.deployment_id, shown.c.island)
    )
    bare = select(activities.c.deployment_id, activities.c.start_at, activities.c.end_at).where(mine, _bare())
    rows = [Spell(*row) for row in (*connection.execute(stretches), *connection.execute(bare))]
    return sorted(rows, key=lambda one: (one.start, one.deployment_id))


def choose_frames(connection: Connection, order_id: int, criteria: ForgetCriteria, judged: Judged) -> None:
    """Frames that stood in the time; of a project, its own and those not yet read within its stretches."""
    c = frames.c
    within = [among(c.deployment_id, criteria), *during(c.captured_at, c.seen_until, criteria)]
    if criteria.project_id is not None:
        of_project = select(activities.c.id).where(activities.c.project_id == criteria.project_id)
        rule = forgotten.c
        in_stretch = exists().where(
            rule.order_id == order_id,
            rule.deployment_id == c.deployment_id,
            c.captured_at < rule.to_at,
            c.seen_until >= rule.from_at,
        )
        within.append(or_(c.activity_id.in_(of_project), and_(c.activity_id.is_(None), in_stretch)))
    chosen = select(c.id).where(*within)
    if not criteria.is_of_content:
        _remember_all(connection, order_id, "frames", chosen)
        return
    told = (c.window_title, c.url, cast(c.windows, Text))
    places: dict[str, tuple[ColumnElement[Any], ...]] = {
        "app": (c.app_name, cast(c.windows, Text)),
        "url": (c.url, cast(c.windows, Text)),
        "text": (*told, ocr_text.c.text),
    }
    rows = (
        select(
            c.id,
            c.deployment_id,
            c.captured_at.label("start"),
            c.seen_until.label("end"),
            c.app_name,
            c.url,
            c.window_title,
            c.windows,
            (ocr_text.c.text if criteria.text else literal(None, Text)).label("text"),
        )
        .outerjoin(ocr_text, ocr_text.c.frame_id == c.id)
        .where(*within, *(may_hold(getattr(criteria, name), where) for name, where in places.items()))
    )
    _remember_judged(connection, order_id, "frames", rows, judged)


def choose_sound(connection: Connection, order_id: int, criteria: ForgetCriteria, judged: Judged) -> None:
    """Stretches of sound in the time, whole; none where programs or addresses are meant."""
    if criteria.is_of_screens:
        return
    c = audio_segments.c
    within = [among(c.deployment_id, criteria), *during(c.started_at, c.ended_at, criteria)]
    if criteria.project_id is not None:
        rule = forgotten.c
        within.append(
            exists().where(
                rule.order_id == order_id,
                rule.deployment_id == c.deployment_id,
                c.started_at < rule.to_at,
                c.ended_at >= rule.from_at,
            )
        )
    if criteria.text is None:
        _remember_all(connection, order_id, "audio_segments", select(c.id).where(*within))
        return
    said = func.string_agg(transcripts.c.text, literal(" ")).label("text")
    rows = (
        select(c.id, c.deployment_id, c.started_at.label("start"), c.ended_at.label("end"), said)
        .join(transcripts, transcripts.c.segment_id == c.id)
        .where(*within)
        .group_by(c.id)
        .having(may_hold(criteria.text, (said.element,)))
    )
    _remember_judged(connection, order_id, "audio_segments", rows, judged)


def choose_others(connection: Connection, order_id: int, criteria: ForgetCriteria, judged: Judged) -> None:
    """Chats, memories of no day, imported activities and archived rows: of what is no screen and of no project."""
    if criteria.is_of_screens:
        return
    bare = _bare_activities(criteria)
    if criteria.project_id is not None:
        of_project = bare.where(activities.c.project_id == criteria.project_id)
        _remember_judged(connection, order_id, "activities", of_project, judged)
        return
    for target, rows in (
        ("activities", bare),
        ("messages", _messages(criteria)),
        ("memories", _memories(criteria)),
        ("legacy_archive", _archive(criteria)),
    ):
        _remember_judged(connection, order_id, target, rows, judged)


def _messages(criteria: ForgetCriteria) -> Select[Any]:
    c, chat = messages.c, conversations.c
    return (
        select(c.id, chat.deployment_id, c.at.label("start"), c.at.label("end"), c.text)
        .join(conversations, chat.id == c.conversation_id)
        .where(
            among(chat.deployment_id, criteria),
            *during(c.at, c.at, criteria),
            may_hold(criteria.text, (c.text,)),
        )
    )


def _memories(criteria: ForgetCriteria) -> Select[Any]:
    """Those that no run makes again: the owner's own, and imported ones."""
    c = memories.c
    text = c.summary + literal("\n") + c.details
    return select(
        c.id, c.deployment_id, c.valid_from.label("start"), c.valid_from.label("end"), text.label("text")
    ).where(
        c.day.is_(None),
        among(c.deployment_id, criteria),
        *during(c.valid_from, c.valid_from, criteria),
        may_hold(criteria.text, (text,)),
    )


def _archive(criteria: ForgetCriteria) -> Select[Any]:
    """What was archived of an import has no time and no machine: words alone can mean it."""
    c = legacy_archive.c
    body = cast(c.body, Text)
    by_words_alone = criteria.text is not None and criteria.from_at is None and not criteria.deployment_ids
    at = literal(criteria.to_at - timedelta(microseconds=1))
    return select(
        c.id, literal(None, Text).label("deployment_id"), at.label("start"), at.label("end"), body.label("text")
    ).where(true() if by_words_alone else false(), may_hold(criteria.text, (body,)))


def _bare_activities(criteria: ForgetCriteria) -> Select[Any]:
    """Activities without frames or sound: imported ones, which no run makes again."""
    c = activities.c
    return select(c.id, c.deployment_id, c.start_at.label("start"), c.end_at.label("end"), c.title.label("text")).where(
        _bare(),
        among(c.deployment_id, criteria),
        *during(c.start_at, c.end_at, criteria),
        may_hold(criteria.text, (c.title,)),
    )


def _bare() -> ColumnElement[bool]:
    c = activities.c
    shown = exists().where(frames.c.activity_id == c.id)
    heard = exists().where(
        audio_segments.c.deployment_id == c.deployment_id,
        audio_segments.c.day == c.day,
        audio_segments.c.started_at < c.end_at,
        audio_segments.c.ended_at >= c.start_at,
    )
    return and_(~shown, ~heard)


def among(column: ColumnElement[Any], criteria: ForgetCriteria) -> ColumnElement[bool]:
    return column.in_(criteria.deployment_ids) if criteria.deployment_ids else true()


def during(start: Any, end: Any, criteria: ForgetCriteria) -> Iterator[ColumnElement[bool]]:
    yield start < criteria.to_at
    if criteria.from_at is not None:
        yield end >= criteria.from_at


def may_hold(words: str | None, places: Iterable[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Whether one of the places may hold the longest of these words.

    In the collation that folds ASCII alone, which is many times as fast as to fold every alphabet; other letters of the
    words stand for any letter.
    """
    if words is None:
        return true()
    longest = max("".join(sign if sign.isalnum() else " " for sign in words).split(), key=len)
    letters = "".join(letter if letter.isascii() else "_" for letter in longest).translate(_ANY_LETTER)
    return or_(*(place.collate("C").ilike(f"%{letters}%") for place in places))


def _remember_all(connection: Connection, order_id: int, target: str, chosen: Select[tuple[UUID]]) -> None:
    rows = chosen.add_columns(literal(target, Text), literal(order_id, BigInteger))
    connection.execute(remembering().from_select(["id", "target", "order_id"], rows))


def _remember_judged(connection: Connection, order_id: int, target: str, rows: Select[Any], judged: Judged) -> None:
    """Ids first: a cursor, which rows with texts need, would have one process of the server read them all."""
    id_ = rows.selected_columns[0]
    ids = [*connection.scalars(rows.with_only_columns(id_))]
    for start in range(0, len(ids), _AT_ONCE):
        some = any_(literal(ids[start : start + _AT_ONCE], ARRAY(Uuid)))
        part = connection.execute(rows.where(id_ == some)).all()
        remember(connection, order_id, target, [row.id for row in part if judged(row)])
