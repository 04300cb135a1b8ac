"""Memories as rows: made again they are the same; the newest is valid; what the owner says stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from recall_assets import remembering
from recall_assets.errors import InputError
from recall_assets.records import Concept, Memory, MemoryKind, Provenance, Resource, Source, SourceKind
from recall_assets.stages.memories.day import memory_id, topic_of
from recall_assets.store import activities, core_memory, memories, memory_edits, remembered
from recall_assets.store import tables as t
from tests.stages.secrets.drawn import Drawer
from tests.store.stored_days import DAY, LAPTOP, activity, add_deployment, add_frames, at, id_of

CODE = Provenance("memories-test")
NEXT = DAY + timedelta(days=1)
SEMANTIC = [MemoryKind.SEMANTIC]


@pytest.fixture
def rows(database: Engine) -> Any:
    """A connection on a day with an activity over two frames."""
    with database.begin() as connection:
        add_deployment(connection)
        frames = add_frames(connection, range(2))
        activities.replace_day(connection, LAPTOP, [activity("work", 0, 2, frame_ids=frames)], CODE)
        yield connection


def fact(text: str, day: date = DAY, *, topic: str = "fee", details: str = "") -> Memory:
    about = topic_of(MemoryKind.SEMANTIC, topic)
    return Memory(
        id=memory_id(about, day),
        topic=about,
        summary=text,
        particulars=Concept("fee", "fact", "Contract"),
        valid_from=at(0, day),
        sources=(Source(SourceKind.ACTIVITY, id_of("work")), Source(SourceKind.FRAME, id_of(f"frame/laptop/{DAY}/0"))),
        details=details,
        day=day,
        seconds=60,
    )


def keep(connection: Connection, day: date, *found: Memory) -> None:
    memories.replace_day(connection, day, SEMANTIC, found, CODE)


def said(connection: Connection) -> list[str]:
    return [one.memory.summary for one in remembered.remembered(connection)]


def stored(connection: Connection) -> Sequence[Any]:
    tables = (t.memories, t.semantic_memory, t.memory_sources)
    return [
        [tuple(value for name, value in row._mapping.items() if name != "created_at") for row in found]
        for table in tables
        for found in [connection.execute(select(table).order_by(*table.primary_key)).all()]
    ]


def test_a_second_run_leaves_the_same_rows_in_whatever_order_days_are_made(rows: Connection) -> None:
    old, new = fact("The fee is 10 EUR."), fact("The fee is 12 EUR.", NEXT)
    keep(rows, DAY, old)
    keep(rows, NEXT, new)
    first = stored(rows)

    keep(rows, NEXT, new)
    keep(rows, DAY, old)

    assert stored(rows) == first
    assert said(rows) == ["The fee is 12 EUR."]


def test_a_newer_fact_supersedes_the_older_one_and_overwrites_nothing(rows: Connection) -> None:
    keep(rows, NEXT, fact("The fee is 12 EUR.", NEXT))
    keep(rows, DAY, fact("The fee is 10 EUR."))

    newest, oldest = remembered.history(rows, fact("").id)

    assert (newest.valid_to, oldest.valid_to) == (None, newest.valid_from)
    assert (newest.summary, oldest.summary) == ("The fee is 12 EUR.", "The fee is 10 EUR.")
    keep(rows, NEXT)  # the day tells nothing of it any more
    assert said(rows) == ["The fee is 10 EUR."]


def test_what_all_days_say_is_counted_together(rows: Connection) -> None:
    keep(rows, DAY, fact("Rosa", details="E-mail: rosa@cellar.example\nMet in: Mail"))
    keep(rows, NEXT, fact("Rosa", NEXT, details="Met in: Chat"))

    (one,) = remembering.recall_memories(rows, about="ROSA, cellars")

    assert (one.days, one.seconds, one.first_day, one.last_day) == (2, 120.0, DAY, NEXT)
    assert one.memory.details.splitlines() == ["Met in: Chat", "E-mail: rosa@cellar.example"]
    assert remembering.recall_memories(rows, about="landlord") == []
    assert remembering.recall_memories(rows, about="… !") == []


def test_the_owners_words_outlive_every_run(rows: Connection) -> None:
    keep(rows, DAY, fact("The fee is 10 EUR."))
    remembering.rewrite(rows, fact("").id, summary="The fee is paid by Rosa.", details=None)

    keep(rows, DAY, fact("The fee is 11 EUR."))
    keep(rows, NEXT, fact("The fee is 12 EUR.", NEXT))
    keep(rows, DAY)

    assert said(rows) == ["The fee is paid by Rosa."]


def test_what_was_forgotten_comes_back_with_no_run(rows: Connection) -> None:
    keep(rows, DAY, fact("The fee is 10 EUR."), fact("The lease ends in May.", topic="lease"))
    assert memory_edits.forget(rows, fact("").id) == 1

    keep(rows, DAY, fact("The fee is 10 EUR."), fact("The lease ends in May.", topic="lease"))
    keep(rows, NEXT, fact("The fee is 12 EUR.", NEXT))

    assert said(rows) == ["The lease ends in May."]


def test_merged_topics_are_one_for_every_later_run_and_forgotten_together(rows: Connection) -> None:
    seen, heard = fact("The fee is 10 EUR."), replace(fact("The fee is ten EUR.", NEXT, topic="heard"))
    keep(rows, DAY, seen)
    keep(rows, NEXT, heard)
    memory_edits.merge(rows, heard.topic, seen.topic, by_owner=False)

    keep(rows, NEXT, heard)
    keep(rows, DAY, seen)

    (one,) = remembered.remembered(rows)
    assert (one.memory.id, one.days, one.seconds) == (heard.id, 2, 120.0)
    assert memory_edits.forget(rows, seen.id) == 2
    keep(rows, NEXT, heard)
    assert said(rows) == []


def test_consolidation_is_shown_before_it_is_done(rows: Connection) -> None:
    place = Resource("file", "notes.txt", None, "~/shop/notes.txt")
    bare = replace(place, path="notes.txt")
    both = [replace(fact(name, topic=name), particulars=one) for name, one in (("placed", place), ("bare", bare))]
    memories.replace_day(rows, DAY, [MemoryKind.RESOURCE], both, CODE)

    assert len(remembering.consolidate(rows, dry_run=True)) == 1
    assert len(said(rows)) == 2
    remembering.consolidate(rows, dry_run=False)
    assert len(said(rows)) == 1
    assert remembering.consolidate(rows, dry_run=False) == []


def test_rows_whose_sources_went_are_counted(rows: Connection) -> None:
    keep(rows, DAY, fact("The fee is 10 EUR."))
    assert memories.unsourced(rows, DAY) == {MemoryKind.SEMANTIC: (1, 0)}
    rows.execute(t.memory_sources.delete())
    assert memories.unsourced(rows, DAY) == {MemoryKind.SEMANTIC: (1, 1)}


def test_a_secret_in_the_owners_words_is_refused(rows: Connection) -> None:
    keep(rows, DAY, fact("The fee is 10 EUR."))
    secret = f"password: {Drawer(4).password()}"
    with pytest.raises(InputError, match="secret"):
        remembering.rewrite(rows, fact("").id, summary=None, details=secret)
    with pytest.raises(InputError, match="secret"):
        remembering.set_core(rows, "owner", secret)


def test_core_blocks_of_the_owner_are_versioned_and_no_runs(rows: Connection) -> None:
    remembering.set_core(rows, "people", "Rosa is my sister.")
    remembering.set_core(rows, "people", "Rosa is my aunt.")
    counted = [replace(core_memory.read_all(rows)[0], value="Rosa, Ada", locked=False)]
    hours = replace(counted[0], label="hours", value="mostly at night")

    core_memory.replace_counted(rows, [*counted, hours], CODE)
    assert {one.label: (one.value, one.version) for one in core_memory.read_all(rows)} == {
        "people": ("Rosa is my aunt.", 2),
        "hours": ("mostly at night", 1),
    }
    core_memory.replace_counted(rows, [], CODE)
    assert [one.label for one in core_memory.read_all(rows)] == ["people"]


@pytest.mark.parametrize(("label", "value"), [("Owner", "x"), ("owner", " "), ("owner", "x" * 5001)])
def test_a_block_that_cannot_be_is_refused_with_the_remedy(rows: Connection, label: str, value: str) -> None:
    with pytest.raises(InputError):
        remembering.set_core(rows, label, value)
