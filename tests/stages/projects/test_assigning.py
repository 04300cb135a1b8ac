"""Assigning a day's activities: what belongs together is found, what was decided stays, the owner has the last word."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from recall_assets.records import Activity, Project, ProjectConstraint
from recall_assets.stages.projects import assign
from tests.store.stored_days import DAY, activity, id_of

TREES = {"repository:orchard": 4.0, "series:ORC": 3.0, "word:graft": 2.0, "word:scion": 1.5, "word:branch": 1.0}
WINE = {"host:cellar.example": 1.5, "word:lease": 2.0, "word:landlord": 2.0, "word:deposit": 1.5, "word:vault": 1.0}
ROADS = {"repository:gravel": 4.0, "word:culvert": 2.0, "word:ditch": 2.0, "word:asphalt": 1.0}


def work(
    name: str, terms: Mapping[str, float], *, label: str = "coding", start: float = 0, day: date = DAY
) -> Activity:
    return replace(activity(name, start, start + 30, terms=dict(terms), day=day), label=label)


DAY_OF_THREE = [work("a", TREES), work("b", WINE, start=30), work("c", ROADS, start=60), work("d", TREES, start=90)]


def _projects(activities: tuple[Activity, ...]) -> dict[UUID, UUID | None]:
    return {one.id: one.project_id for one in activities}


def _order(kind: str, project: UUID, *, activity: UUID | None = None, other: UUID | None = None) -> ProjectConstraint:
    return ProjectConstraint(id_of(f"{kind}{project}{activity}{other}"), kind, project, activity, other)


def test_the_first_day_finds_its_projects() -> None:
    found = assign(DAY_OF_THREE, [], [], DAY)
    project = _projects(found.activities)
    assert project[id_of("a")] == project[id_of("d")]
    assert len(set(project.values())) == 3 == len(found.projects)
    assert {one.name for one in found.projects} >= {"orchard", "gravel"}


def test_a_second_run_changes_nothing() -> None:
    first = assign(DAY_OF_THREE, [], [], DAY)
    known = [replace(one, terms={}) for one in first.projects]  # as read back without this day's activities
    again = assign(first.activities, known, [], DAY)
    assert again.activities == first.activities
    assert sorted(again.projects, key=lambda p: p.id) == sorted(first.projects, key=lambda p: p.id)


def test_the_next_day_joins_known_projects() -> None:
    tomorrow = DAY + timedelta(days=1)
    first = assign(DAY_OF_THREE, [], [], DAY)
    (joined,) = assign([work("e", TREES, day=tomorrow)], first.projects, [], tomorrow).activities
    assert joined.project_id == first.activities[0].project_id
    assert joined.project_score is not None
    assert joined.project_score > 0.5


def test_routine_joins_what_stands_out_and_founds_nothing() -> None:
    mail_of_one = work("e", WINE, label="email", start=120)
    mail_of_all = work("f", {**TREES, **WINE, **ROADS}, label="email", start=150)
    other = work("g", {"word:picnic": 2.0}, label="chat", start=180)
    found = assign([*DAY_OF_THREE, mail_of_one, mail_of_all, other], [], [], DAY)
    project = _projects(found.activities)
    assert project[id_of("e")] == project[id_of("b")]
    assert project[id_of("f")] is None
    assert project[id_of("g")] is None
    suggested = {one.id: one.suggested_project_id for one in found.activities}
    assert suggested[id_of("f")] is not None


def test_must_link_and_cannot_link_win_over_likeness() -> None:
    first = assign(DAY_OF_THREE, [], [], DAY)
    trees, wine = first.activities[0].project_id, first.activities[1].project_id
    assert trees
    assert wine
    must = assign(first.activities, first.projects, [_order("must_link", wine, activity=id_of("d"))], DAY)
    assert _projects(must.activities)[id_of("d")] == wine
    cannot = assign(first.activities, first.projects, [_order("cannot_link", trees, activity=id_of("d"))], DAY)
    assert _projects(cannot.activities)[id_of("d")] not in {trees, None}
    assert _projects(cannot.activities)[id_of("a")] == trees


def test_a_merge_of_the_owner_moves_activities_and_writes_an_alias() -> None:
    first = assign(DAY_OF_THREE, [], [], DAY)
    trees, roads = first.activities[0].project_id, first.activities[2].project_id
    assert trees
    assert roads
    merge = [_order("merge", trees, other=roads)]
    merged = assign(first.activities, first.projects, merge, DAY)
    assert merged.aliases == {roads: trees}
    assert _projects(merged.activities)[id_of("c")] == trees
    living = [one for one in first.projects if one.id != roads]
    later = assign([*merged.activities, work("h", ROADS, start=200)], living, merge, DAY)
    assert _projects(later.activities)[id_of("h")] == trees


def test_a_name_that_the_owner_gave_is_kept() -> None:
    first = assign(DAY_OF_THREE, [], [], DAY)
    named = [replace(one, name="My " + one.name, name_source="owner", terms={}) for one in first.projects]
    again = assign(first.activities, named, [], DAY)
    assert all(one.name.startswith("My ") for one in again.projects)


bags = st.dictionaries(
    st.sampled_from(
        [f"{kind}:{word}" for kind in ("repository", "word", "host") for word in ("oak", "elm", "ash", "fir")]
    ),
    st.floats(0.1, 5.0),
    max_size=8,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(bags, st.sampled_from(["coding", "email", "other"])), max_size=8))
def test_whatever_the_day_a_second_run_and_another_order_decide_the_same(
    day: list[tuple[dict[str, float], str]],
) -> None:
    activities = [work(f"n{n}", terms, label=label, start=30 * n) for n, (terms, label) in enumerate(day)]
    first = assign(activities, [], [], DAY)
    assert [one.id for one in first.activities] == [one.id for one in activities]
    known = [Project(one.id, one.name, DAY, DAY) for one in first.projects]
    assert _projects(assign(first.activities[::-1], known, [], DAY).activities) == _projects(first.activities)
    assert {one.project_id for one in first.activities} - {None} == {one.id for one in first.projects}


def test_what_nothing_names_founds_no_project() -> None:
    found = assign([work("a", {"path:7": 3.0}), work("b", ROADS, start=30)], [], [], DAY)
    assert [one.name for one in found.projects] == ["gravel"]
    assert _projects(found.activities)[id_of("a")] is None


def test_what_would_bear_the_name_of_another_project_belongs_to_it() -> None:
    meeting = work("a", {"word:gravel": 3.0, "word:agenda": 2.0, "word:minutes": 2.0})
    found = assign([work("b", ROADS, start=30), meeting], [], [], DAY)
    assert len({one.name.casefold() for one in found.projects}) == len(found.projects)
