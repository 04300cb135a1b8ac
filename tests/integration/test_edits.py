"""What the owner edits stands, however often and in whatever order days are made again; and it can be taken back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, update

from recall_assets import edits
from recall_assets.errors import InputError, UnknownIdError
from recall_assets.records import Activity, Frame
from recall_assets.store import activities, projects
from recall_assets.store import edits as journal
from recall_assets.store.tables import activities as rows
from tests.days import MORNING, drawn
from tests.graph import land_read
from tests.remade import materialise

COLUMNS = "aabbcc" * 4 + "." * 40 + "xyz" * 6 + "." * 40 + "abc" * 5
DAYS = [
    [
        *drawn(COLUMNS, begin=MORNING + timedelta(day)),
        *drawn("xyzxyz" * 4, deployment="desktop", begin=MORNING + timedelta(day, hours=3)),
    ]
    for day in (0, 1)
]
Stood = dict[UUID, tuple[object, ...]]


@pytest.fixture
def lived(database: Engine) -> Iterator[Connection]:
    """Two days on two machines, made once; what a test does to them is not kept."""
    with database.connect() as connection:
        for seen in DAYS:
            land_read(connection, seen)
            materialise(connection, seen)
        yield connection


def _all(connection: Connection) -> list[Activity]:
    return [one for seen in DAYS for one in activities.read_day(connection, seen[0].day)]


def _again(connection: Connection, *order: int) -> None:
    for place in order or (1, 0, 1):
        materialise(connection, DAYS[place])


def _stands(connection: Connection) -> Stood:
    """Of each activity what a person sees of it, and of each project its name."""
    told: Stood = {
        one.id: (one.start_at, one.end_at, one.title, one.summary, one.project_id, one.suggested_project_id)
        for one in _all(connection)
    }
    return told | {one.id: (one.name, one.first_seen, one.last_seen) for one in projects.read_all(connection)}


def _two(connection: Connection) -> tuple[UUID, UUID]:
    """Two projects of the days, the one with more activities first."""
    held = [one.project_id for one in _all(connection) if one.project_id]
    first, second, *_ = sorted(set(held), key=lambda one: (-held.count(one), str(one)))
    return first, second


def _of(connection: Connection, project_id: UUID) -> list[UUID]:
    return [activity_id for activity_id, _ in activities.of_project(connection, project_id)]


def _edit_at_random(connection: Connection, draw: Callable[[int], int]) -> None:
    """One edit that is possible now, its kind and subject drawn."""
    held = sorted({one.project_id for one in _all(connection) if one.project_id})
    every = _all(connection)
    one, project = every[draw(len(every))], held[draw(len(held))]
    kind = draw(6)
    try:
        if kind == 0:
            edits.rename_project(connection, project, f"Name {draw(50)}")
        elif kind == 1:
            edits.merge_projects(connection, project, held[draw(len(held))])
        elif kind == 2:
            edits.split_project(connection, project, _of(connection, project)[:1], f"Part {draw(50)}")
        elif kind == 3:
            edits.assign(connection, [one.id], [*held, None][draw(len(held) + 1)])
        elif kind == 4:
            edits.edit_activity(connection, one.id, title=f"Title {draw(50)}", sentences=["Mine.", "Mine too."])
        else:
            edits.reject_suggestion(connection, one.id)
    except InputError:
        pass  # one with itself, a name that is taken, nothing suggested


# An example takes a second: finding the smallest one that fails would take minutes.
@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawing=st.data(), order=st.permutations([0, 1, 0]))
def test_whatever_is_edited_stands_after_every_run_and_goes_when_it_is_taken_back(
    lived: Connection, drawing: st.DataObject, order: list[int]
) -> None:
    with lived.begin_nested() as savepoint:
        first = _stands(lived)
        for _ in range(drawing.draw(st.integers(1, 5))):
            _edit_at_random(lived, lambda below: drawing.draw(st.integers(0, below - 1)))
        edited = _stands(lived)
        _again(lived, *order)
        assert _stands(lived) == edited
        while journal.newest_standing(lived):
            edits.undo(lived)
        assert _stands(lived) == first
        _again(lived, *order)
        assert _stands(lived) == first
        savepoint.rollback()


def test_the_id_of_a_merged_project_leads_to_the_kept_one(lived: Connection) -> None:
    kept, other = _two(lived)
    edit = edits.merge_projects(lived, other, kept)
    assert edit.partitions == ("2026-03-04", "2026-03-05")
    assert projects.living_id(lived, other) == kept
    edits.rename_project(lived, other, "Both")
    assert {one.id: one.name for one in projects.read_all(lived)}[kept] == "Both"
    with pytest.raises(InputError, match="one project already"):
        edits.merge_projects(lived, kept, other)


def test_later_activities_like_a_merged_project_join_the_kept_one(lived: Connection) -> None:
    kept, other = _two(lived)
    edits.merge_projects(lived, other, kept)
    later = [*drawn("aaabbbaaaccc" * 3 + "." * 40 + "xxxyyyzzz" * 4, begin=MORNING + timedelta(2))]
    land_read(lived, later)
    materialise(lived, later)
    assert {one.project_id for one in activities.read_day(lived, later[0].day)} == {kept}


def test_a_frame_that_comes_late_joins_the_edited_activity_and_changes_nothing_else_of_it(lived: Connection) -> None:
    one = _all(lived)[0]
    edits.edit_activity(lived, one.id, title="Mine")
    late = Frame(uuid4(), "laptop", one.start_at + timedelta(seconds=95), one.start_at + timedelta(seconds=99),
                 timedelta(0), one.day, app_name="xterm", window_title="late", text="late")  # fmt: skip
    land_read(lived, [late])
    materialise(lived, [*DAYS[0], late])
    again = activities.read(lived, one.id)
    assert again is not None
    assert (again.title, again.start_at, again.end_at) == ("Mine", one.start_at, one.end_at)
    assert late.id in again.frame_ids


def test_only_what_the_owner_wrote_of_an_activity_is_kept_from_runs(lived: Connection) -> None:
    one = _all(lived)[0]
    assert one.sentences
    kept = one.sentences[0].text
    edits.edit_activity(lived, one.id, sentences=[kept, "And this is mine."])
    again = activities.read(lived, one.id)
    assert again is not None
    assert again.sentences[0] == one.sentences[0]
    assert again.sentences[1].sources == ()
    assert (again.title_source, again.summary_kind, again.locked) == ("auto", "owner", True)

    edits.release_activity(lived, one.id)
    freed = activities.read(lived, one.id)
    assert freed is not None
    assert (freed.title, freed.sentences, freed.locked) == (one.title, one.sentences, False)


def test_an_accepted_suggestion_is_the_activitys_project(lived: Connection) -> None:
    kept, other = _two(lived)
    one = _of(lived, kept)[0]
    edits.assign(lived, [one], None)
    lived.execute(update(rows).where(rows.c.id == one).values(suggested_project_id=other))
    edits.accept_suggestion(lived, one)
    _again(lived)
    assert one in _of(lived, other)


def test_what_cannot_be_is_refused_with_what_to_do(lived: Connection) -> None:
    kept, other = _two(lived)
    name = {one.id: one.name for one in projects.read_all(lived)}
    refused: list[tuple[type[InputError], str, Callable[[], object]]] = [
        (UnknownIdError, "no project", lambda: edits.rename_project(lived, uuid4(), "X")),
        (UnknownIdError, "no activity", lambda: edits.edit_activity(lived, uuid4(), title="X")),
        (InputError, "one project already", lambda: edits.merge_projects(lived, kept, kept)),
        (InputError, "has that name", lambda: edits.rename_project(lived, kept, name[other].upper())),
        (InputError, "empty", lambda: edits.rename_project(lived, kept, "  ")),
        (InputError, "at most", lambda: edits.rename_project(lived, kept, "x" * 121)),
        (InputError, "cannot be shown", lambda: edits.rename_project(lived, kept, "a\u202eb")),
        (InputError, "secret", lambda: edits.rename_project(lived, kept, "password: hunter2-Kq7Zp!")),
        (InputError, "does not belong", lambda: edits.split_project(lived, kept, _of(lived, other), "New")),
        (InputError, "all activities", lambda: edits.split_project(lived, kept, _of(lived, kept), "New")),
        (InputError, "No activity is named", lambda: edits.assign(lived, [], kept)),
        (InputError, "nothing to give back", lambda: edits.release_activity(lived, _of(lived, kept)[0])),
        (InputError, "No project is suggested", lambda: edits.reject_suggestion(lived, _of(lived, kept)[0])),
        (InputError, "Nothing is changed", lambda: edits.edit_activity(lived, _of(lived, kept)[0])),
        (InputError, "no edit to take back", lambda: edits.undo(lived)),
    ]  # fmt: skip
    for kind, message, attempt in refused:
        with pytest.raises(kind, match=message):
            attempt()
    first = edits.rename_project(lived, kept, "One")
    edits.rename_project(lived, kept, "Two")
    with pytest.raises(InputError, match="not the newest"):
        edits.undo(lived, first.id)
