"""Sentences are dealt by project; every project speaks while slots last, neighbours share when they do not."""

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.day_summaries.slots import MOST_TOGETHER, groups_of, stretches_of
from tests.stages.day_summaries.drawn_days import Drawn, drawn


def _day(projects: str, labels: str = "") -> Drawn:
    """One activity of ten minutes for each letter, its project; labels letter by letter, too."""
    lines = [
        f"laptop {number // 6:02}:{number % 6}0-{number // 6:02}:{number % 6}9 {project} {label} Work |"
        for number, (project, label) in enumerate(zip(projects, labels or "x" * len(projects), strict=True))
    ]
    return drawn("\n".join(lines))


def _dealt(projects: str, slots: int, labels: str = "") -> list[list[str]]:
    """The projects' groups, each activity by its letter and number."""
    day = _day(projects, labels)
    place = {
        activity.id: f"{letter}{number}"
        for number, (activity, letter) in enumerate(zip(day.activities, projects, strict=True))
    }
    groups = groups_of(day_of(day.activities, day.projects, []), slots)
    return [[" ".join(place[activity.id] for activity in group) for group in own] for own in groups]


def test_with_enough_slots_every_activity_has_its_own() -> None:
    assert _dealt("abab", 4) == [["a0", "a2"], ["b1", "b3"]]


def test_a_short_project_speaks_beside_a_long_one() -> None:
    assert _dealt("aaaab", 2) == [["a0 a1 a2"], ["b4"]]


def test_what_belongs_to_no_project_comes_last() -> None:
    assert _dealt("-ab", 3) == [["a1"], ["b2"], ["-0"]]


def test_neighbours_of_one_kind_share_first() -> None:
    assert _dealt("aaa", 2, "xyy") == [["a0", "a1 a2"]]


def test_a_group_is_told_in_stretches_of_one_kind() -> None:
    day = _day("aaa", "xxy")
    assert [len(stretch) for stretch in stretches_of(tuple(day.activities))] == [2, 1]


@given(st.text("abc-", min_size=1, max_size=40), st.integers(1, 11))
def test_slots_and_groups_are_never_overfilled_and_nothing_is_told_twice(projects: str, slots: int) -> None:
    groups = [group for own in _dealt(projects, slots) for group in own]
    told = [name for group in groups for name in group.split()]
    assert len(groups) <= slots
    assert all(1 <= len(group.split()) <= MOST_TOGETHER for group in groups)
    assert len(set(told)) == len(told)
    assert len(told) >= min(len(projects), slots)
