"""The rows of an order's items, and of all that was made of them, deleted in the order in which they rest on another.

    items ─► search blocks of their days ─ secrets (buried by who calls) ─ memories, day summaries of their days
          ─► sentences on them ─► frames, sound, chats, archive ─► activities: gone, or emptied until made again
          ─► projects: gone with their last activity, or described by what is left ─► edits that name any of these

Statements over sets, whatever their number. What is emptied or gone of a day that holds more comes back by a run of
that day, from what is left. Names and words of the owner stay where something of theirs does.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    ARRAY,
    Connection,
    Table,
    Uuid,
    and_,
    any_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)

from recall_assets.records import DeploymentDay, ForgetCriteria, Status
from recall_assets.store import frame_files, search_index
from recall_assets.store.tables import (
    activities,
    audio_segments,
    conversations,
    day_summaries,
    edits,
    forgotten_items,
    frames,
    imported_rows,
    knowledge_vault,
    legacy_archive,
    llm_calls,
    memories,
    memory_sources,
    messages,
    project_aliases,
    project_constraints,
    projects,
    search_blocks,
    secrets,
    sentence_sources,
    summary_sentences,
    transcripts,
)

# So many values of an imported row may have been sealed under ids that follow from its own.
_FOUND_IN_A_ROW = 50
OF_ITEMS: Mapping[str, Table] = {
    "frames": frames,
    "audio_segments": audio_segments,
    "messages": messages,
    "memories": memories,
    "legacy_archive": legacy_archive,
    "activities": activities,
}


@dataclass(frozen=True, slots=True)
class Lost:
    """What loses some of what it was made of."""

    activities: tuple[UUID, ...]
    projects: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Files of an order's items, by the day of a machine, as references below the frame store and the landing."""

    images: Mapping[DeploymentDay, list[str]]
    envelopes: Mapping[DeploymentDay, list[str]]


def items(order_id: int, target: str) -> Any:
    """The ids of an order's items that were rows of this table."""
    c = forgotten_items.c
    return select(c.id).where(c.order_id == order_id, c.target == target)


def touched(connection: Connection, order_id: int) -> list[DeploymentDay]:
    """The days of machines that hold items of the order."""
    found = union(
        *(
            select(table.c.deployment_id, table.c.day).where(table.c.id.in_(items(order_id, table.name)))
            for table in (frames, audio_segments, activities)
        )
    )
    return sorted(DeploymentDay(*row) for row in connection.execute(found))


def has_items(connection: Connection, order_id: int) -> bool:
    """Whether the order covers anything that was here."""
    return bool(connection.scalar(select(exists().where(forgotten_items.c.order_id == order_id))))


def being_read(connection: Connection, criteria: ForgetCriteria) -> list[DeploymentDay]:
    """Days of which something may be read at this moment, by rules from before the order."""
    if not criteria.is_of_content and criteria.project_id is None:
        return []  # covered by its time, read or not
    waiting = (
        select(frames.c.deployment_id, frames.c.day).where(frames.c.ocr_status == Status.PENDING),
        select(audio_segments.c.deployment_id, audio_segments.c.day).where(
            audio_segments.c.transcript_status == Status.PENDING
        ),
    )
    return sorted(DeploymentDay(*row) for row in connection.execute(union(*waiting)))


def files(connection: Connection, order_id: int) -> Files:
    """What lies on disk of the items; an image that another frame shows too stays."""
    f, item, own = frames.c, forgotten_items.c, items(order_id, "frames")
    images: defaultdict[DeploymentDay, list[str]] = defaultdict(list)
    envelopes: defaultdict[DeploymentDay, list[str]] = defaultdict(list)
    refs = select(f.image_ref).where(f.id.in_(own), f.image_ref.is_not(None))
    of_order = exists().where(item.order_id == order_id, item.target == "frames", item.id == f.id)
    shared = {*connection.scalars(select(f.image_ref).where(f.image_ref.in_(refs), ~of_order))}
    rows = connection.execute(select(f.id, f.deployment_id, f.day, f.image_ref, f.landing_ref).where(f.id.in_(own)))
    for row in rows:
        partition = DeploymentDay(row.deployment_id, row.day)
        ref = row.image_ref or frame_files.ref_of(row.id, partition)  # written before its row says so
        if ref not in shared:
            images[partition].append(ref)
        if row.landing_ref:
            envelopes[partition].append(row.landing_ref)
    a = audio_segments.c
    sound = select(a.deployment_id, a.day, a.landing_ref).where(
        a.id.in_(items(order_id, "audio_segments")), a.landing_ref.is_not(None)
    )
    for machine, day, ref in connection.execute(sound):
        envelopes[DeploymentDay(machine, day)].append(ref)
    return Files(images, envelopes)


def to_make_again(connection: Connection, days: Collection[DeploymentDay]) -> list[str]:
    """Dagster's keys of those of the days that hold something, and of dates of which only other machines do."""
    left: set[DeploymentDay] = set()
    dates: set[date] = set()
    for table in (frames, audio_segments):
        c = table.c
        for machine, of_machine in _by_machine(days).items():
            mine = select(c.day).distinct().where(c.deployment_id == machine, c.day.in_(of_machine))
            left |= {DeploymentDay(machine, day) for day in connection.scalars(mine)}
        dates |= {*connection.scalars(select(c.day).distinct().where(c.day.in_({one.day for one in days})))}
    return [one.partition_key for one in sorted(left)] + [
        day.isoformat() for day in sorted(dates - {one.day for one in left})
    ]


def lost(connection: Connection, order_id: int) -> Lost:
    """The activities that hold items, or during which some were captured, and their projects."""
    a = activities.c
    on_frames = select(frames.c.activity_id.label("id")).where(
        frames.c.id.in_(items(order_id, "frames")), frames.c.activity_id.is_not(None)
    )
    shown = _during(frames, frames.c.captured_at, frames.c.seen_until, order_id)
    heard = _during(audio_segments, audio_segments.c.started_at, audio_segments.c.ended_at, order_id)
    ids = [*connection.scalars(union(on_frames, shown, heard, items(order_id, "activities")))]
    owners = union(
        select(a.project_id.label("id")).where(a.id == any_of(ids), a.project_id.is_not(None)),
        select(a.suggested_project_id.label("id")).where(a.id == any_of(ids), a.suggested_project_id.is_not(None)),
    )
    return Lost(tuple(ids), tuple(connection.scalars(owners)))


def _during(table: Table, start: Any, end: Any, order_id: int) -> Any:
    """Activities that an item of the table overlaps."""
    a = activities.c
    return (
        select(a.id)
        .join(table, and_(table.c.deployment_id == a.deployment_id, table.c.day == a.day))
        .where(table.c.id.in_(items(order_id, table.name)), start <= a.end_at, end >= a.start_at)
    )


def secret_ids(connection: Connection, order_id: int) -> list[UUID]:
    """What was found on the items, or in the rows that an import made of them."""
    said = select(transcripts.c.id).where(transcripts.c.segment_id.in_(items(order_id, "audio_segments")))
    c = secrets.c
    on_items = or_(c.frame_id.in_(items(order_id, "frames")), c.transcript_id.in_(said))
    imported = connection.scalars(
        select(forgotten_items.c.id).where(
            forgotten_items.c.order_id == order_id, forgotten_items.c.target.not_in(["frames", "audio_segments"])
        )
    )
    derived = [uuid5(one, f"found/{place}") for one in imported for place in range(_FOUND_IN_A_ROW)]
    return list(connection.scalars(select(c.id).where(or_(on_items, c.id == any_of(derived)))))


def delete_index(connection: Connection, days: Collection[DeploymentDay]) -> None:
    """What can be found of these days, and of all projects, until they are indexed again."""
    c = search_blocks.c
    for machine, of_machine in _by_machine(days).items():
        search_index.drop(connection, and_(c.deployment_id == machine, c.day.in_(of_machine)))
    dates = {one.day for one in days}
    search_index.drop(connection, and_(c.deployment_id.is_(None), or_(c.day.in_(dates), c.day.is_(None))))


def delete_memories(connection: Connection, order_id: int, dates: Collection[date]) -> tuple[int, frozenset[UUID]]:
    """How many rows are gone, and whose topics: items, those that runs made of these days, and secrets of the items.

    What the owner wrote goes where all that it rests on goes.
    """
    m, s = memories.c, memory_sources.c
    going = or_(
        s.frame_id.in_(items(order_id, "frames")),
        s.message_id.in_(items(order_id, "messages")),
        s.activity_id.in_(items(order_id, "activities")),
        s.transcript_id.in_(
            select(transcripts.c.id).where(transcripts.c.segment_id.in_(items(order_id, "audio_segments")))
        ),
    )
    all_going = select(s.memory_id).group_by(s.memory_id).having(func.bool_and(func.coalesce(going, False)))
    gone = connection.execute(
        delete(memories)
        .where(
            or_(
                m.id.in_(items(order_id, "memories")),
                and_(m.day.in_(dates), ~m.locked),
                m.id.in_(all_going),
                m.id.in_(
                    select(knowledge_vault.c.id)
                    .join(secrets, secrets.c.id == knowledge_vault.c.secret_id)
                    .where(secrets.c.frame_id.in_(items(order_id, "frames")))
                ),
            )
        )
        .returning(m.topic)
    ).scalars()
    topics = list(gone)
    return len(topics), frozenset(topics)


def delete_summaries(connection: Connection, days: Collection[DeploymentDay]) -> int:
    """How many summaries of these days are gone, those over all machines too."""
    c = day_summaries.c
    number = 0
    for machine, dates in _by_machine(days).items():
        number += connection.execute(delete(day_summaries).where(c.deployment_id == machine, c.day.in_(dates))).rowcount
    dates = {one.day for one in days}
    return (
        number + connection.execute(delete(day_summaries).where(c.deployment_id.is_(None), c.day.in_(dates))).rowcount
    )


def delete_sentences(connection: Connection, order_id: int, lost: Lost) -> None:
    """What was said of the items, and of activities that lost some; what the owner said of those stays."""
    s, source = summary_sentences.c, sentence_sources.c
    by_owner = select(activities.c.id).where(activities.c.summary_kind == "owner")
    of_lost = and_(s.activity_id == any_of(lost.activities), s.activity_id.not_in(by_owner))
    said = select(transcripts.c.id).where(transcripts.c.segment_id.in_(items(order_id, "audio_segments")))
    on_items = select(source.sentence_id).where(
        or_(source.frame_id.in_(items(order_id, "frames")), source.transcript_id.in_(said))
    )
    of_projects = s.project_id == any_of(lost.projects)
    connection.execute(delete(summary_sentences).where(or_(of_lost, of_projects, s.id.in_(on_items))))


def unask(connection: Connection, lost: Lost, days: Collection[DeploymentDay]) -> None:
    """Lets go of what models were asked for rows that are about to go, so that they are asked again; costs stay."""
    dates = {one.day for one in days}
    runs = union(
        select(day_summaries.c.run_id).where(day_summaries.c.day.in_(dates)),
        select(memories.c.run_id).where(memories.c.day.in_(dates)),
        select(activities.c.run_id).where(activities.c.id == any_of(lost.activities)),
        select(projects.c.run_id).where(projects.c.id == any_of(lost.projects)),
    )
    connection.execute(update(llm_calls).where(llm_calls.c.run_id.in_(runs)).values(input_hash=b""))


def delete_items(connection: Connection, order_id: int) -> Counter[str]:
    """How many rows of each table are gone; what an import knows of them is that they are not to come again."""
    chats = [
        *connection.scalars(
            select(messages.c.conversation_id).where(messages.c.id.in_(items(order_id, "messages"))).distinct()
        )
    ]
    gone: Counter[str] = Counter()
    for target, table in OF_ITEMS.items():
        own = items(order_id, target)
        if number := connection.execute(delete(table).where(table.c.id.in_(own))).rowcount:
            gone[target] = number
        known = imported_rows.c.target == target
        connection.execute(update(imported_rows).where(known, imported_rows.c.id.in_(own)).values(digest=b""))
    left = exists().where(messages.c.conversation_id == conversations.c.id)
    connection.execute(delete(conversations).where(conversations.c.id == any_of(chats), ~left))
    return gone


def empty_activities(connection: Connection, lost: Lost) -> int:
    """How many are gone, nothing of them being left; the others keep their place, and what the owner said of them."""
    a = activities.c
    shown = exists().where(frames.c.activity_id == a.id)
    heard = (
        exists()
        .where(transcripts.c.started_at < a.end_at, transcripts.c.ended_at >= a.start_at)
        .where(
            audio_segments.c.id == transcripts.c.segment_id,
            audio_segments.c.deployment_id == a.deployment_id,
            audio_segments.c.day == a.day,
        )
    )
    ended = connection.execute(delete(activities).where(a.id == any_of(lost.activities), ~shown, ~heard)).rowcount
    emptied = update(activities).where(a.id == any_of(lost.activities)).values(terms={}, interruptions=[])
    connection.execute(emptied)
    by_run = a.title_source != "owner"
    retitled = update(activities).where(a.id == any_of(lost.activities), by_run)
    connection.execute(retitled.values(title="", title_source="auto"))
    return ended


def delete_empty_projects(connection: Connection, project_ids: Collection[UUID]) -> list[UUID]:
    """Those of the projects that nothing belongs to any more, gone with the names that led to them."""
    p = projects.c
    used = exists().where(activities.c.project_id == p.id)
    ids = [*connection.scalars(select(p.id).where(p.id == any_of(project_ids), ~used))]
    merged = [*connection.scalars(select(project_aliases.c.old_id).where(project_aliases.c.project_id == any_of(ids)))]
    gone, c = [*ids, *merged], project_constraints.c
    connection.execute(delete(project_aliases).where(project_aliases.c.project_id == any_of(gone)))
    connection.execute(
        delete(project_constraints).where(or_(c.project_id == any_of(gone), c.other_project_id == any_of(gone)))
    )
    connection.execute(delete(projects).where(p.id == any_of(gone)))
    return gone


def delete_edits(connection: Connection, about: Collection[UUID], holds: Any) -> int:
    """Edits of these activities and projects, and those of which `holds` says that their words are meant."""
    ids = {str(one) for one in about}
    rows = connection.execute(select(edits.c.id, edits.c.told, edits.c.subject, edits.c.before)).all()
    gone = [
        row.id
        for row in rows
        if str(row.subject) in ids or not ids.isdisjoint(_words(row.before)) or holds(row.told, *_words(row.before))
    ]
    connection.execute(delete(edits).where(edits.c.id.in_(gone)))
    return len(gone)


def _words(value: Any) -> Iterable[str]:
    """Every text in a JSON value."""
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list):
        return [text for one in value for text in _words(one)]
    return [value] if isinstance(value, str) else []


def _by_machine(days: Collection[DeploymentDay]) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {}
    for one in days:
        found.setdefault(one.deployment_id, set()).add(one.day)
    return found


def any_of(ids: Collection[UUID]) -> Any:
    """Any of these ids, sent as one value however many they are."""
    return any_(literal([*ids], ARRAY(Uuid)))
