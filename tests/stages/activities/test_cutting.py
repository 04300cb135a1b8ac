"""Cutting drawn days: windows a, b, c serve one purpose, x, y, z another; one column is ten seconds."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

from recall_assets.records import Activity, DocumentFrequency, Frame
from recall_assets.stages.activities import cut_day
from tests.days import COLUMN, MORNING, drawn

ORCHARD = "aaabbbaaaccbbbaaabbbcccaaabbb" * 5  # 24 minutes
CELLAR = "xxxyyyzzzxxxyyxxxzzzyyyxxxzzz" * 5


def _cut(frames: list[Frame], previous: list[Activity] | None = None) -> list[Activity]:
    return cut_day(frames, document_frequency=DocumentFrequency(), previous=previous or [], projects=[])


def _columns(activities: list[Activity]) -> list[tuple[int, int]]:
    return [(round((a.start_at - MORNING) / COLUMN), round((a.end_at - MORNING) / COLUMN)) for a in activities]


def test_windows_of_one_purpose_stay_one_activity() -> None:
    assert _columns(_cut(drawn(ORCHARD))) == [(0, 145)]


def test_a_change_of_purpose_is_a_boundary() -> None:
    assert _columns(_cut(drawn(ORCHARD + CELLAR))) == [(0, 145), (145, 290)]


def test_an_absence_is_a_boundary_even_within_a_purpose() -> None:
    assert len(_cut(drawn(ORCHARD + "." * 60 + ORCHARD))) == 2


def test_a_short_stay_elsewhere_is_an_interruption() -> None:
    (only,) = _cut(drawn(ORCHARD + "x" * 9 + ORCHARD))
    (interruption,) = only.interruptions
    assert interruption.app_name == "evince"
    assert interruption.end_at - interruption.start_at == 9 * COLUMN


def test_every_present_frame_belongs_to_exactly_one_activity() -> None:
    frames = drawn(ORCHARD + CELLAR + "." * 60 + ORCHARD)
    held = [frame_id for activity in _cut(frames) for frame_id in activity.frame_ids]
    assert sorted(held) == sorted(frame.id for frame in frames)


def test_a_second_run_and_a_shuffled_one_leave_the_same_activities() -> None:
    frames = drawn(ORCHARD + CELLAR + ORCHARD)
    first = _cut(frames)
    shuffled = list(frames)
    Random(1).shuffle(shuffled)
    assert _cut(frames, first) == first
    assert _cut(shuffled, first) == first
    assert _cut(shuffled) == first


def test_an_activity_that_grows_keeps_its_id_and_its_project() -> None:
    (early,) = _cut(drawn(ORCHARD))
    known = replace(early, project_id=early.id, project_score=0.8)
    (grown,) = _cut(drawn(ORCHARD + ORCHARD[:60]), [known])
    assert (grown.id, grown.project_id, grown.project_score) == (early.id, early.id, 0.8)
    assert grown.end_at > early.end_at


def test_late_frames_leave_the_ids_of_what_was_there() -> None:
    frames = drawn(ORCHARD + CELLAR)
    before = _cut([frame for place, frame in enumerate(frames) if place % 7])
    assert [a.id for a in _cut(frames, before)] == [a.id for a in before]


def test_a_locked_activity_is_never_cut_again() -> None:
    frames = drawn(ORCHARD + CELLAR)
    first, second = _cut(frames)
    owners = replace(first, locked=True, end_at=first.end_at - timedelta(minutes=3), title="Mine")
    again = _cut(frames, [owners, second])
    assert replace(again[0], frame_ids=(), terms={}) == replace(owners, frame_ids=(), terms={})
    assert again[0].terms.keys() == owners.terms.keys()
    assert _cut(frames, again) == again
    assert all(one.end_at <= other.start_at for one, other in pairwise(again))
    assert sum(len(a.frame_ids) for a in again) == len(frames)


def test_a_long_purpose_is_not_cut_by_the_clock() -> None:
    assert len(_cut(drawn(ORCHARD * 6))) == 1


def test_a_day_without_frames_has_no_activities() -> None:
    assert _cut([]) == []
