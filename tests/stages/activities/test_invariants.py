"""What holds for every day, however drawn."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from recall_assets.records import DocumentFrequency
from recall_assets.stages.activities import cut_day
from recall_assets.stages.activities.segmentation import LONGEST
from tests.days import drawn

runs = st.tuples(st.sampled_from("abcxyzAX._"), st.integers(1, 60)).map(lambda run: run[0] * run[1])
days = st.lists(runs, min_size=1, max_size=25).map("".join).map(lambda columns: "a" + columns)


@settings(max_examples=60)
@given(days)
def test_activities_are_sorted_disjoint_and_inside_the_day(columns: str) -> None:
    frames = drawn(columns)
    found = cut_day(frames, document_frequency=DocumentFrequency(), previous=[], projects=[])
    known = {frame.id: frame for frame in frames}
    seen: set[object] = set()
    end = frames[0].captured_at
    for activity in found:
        assert end <= activity.start_at < activity.end_at
        end = activity.end_at
        assert activity.end_at - activity.start_at <= timedelta(minutes=LONGEST)
        assert activity.frame_ids
        for frame_id in activity.frame_ids:
            assert frame_id not in seen
            assert activity.start_at <= known[frame_id].captured_at <= activity.end_at
            seen.add(frame_id)
        for interruption in activity.interruptions:
            assert activity.start_at < interruption.start_at < interruption.end_at < activity.end_at
    assert end <= max(frame.seen_until for frame in frames) + timedelta(seconds=5)
    assert len({activity.id for activity in found}) == len(found)


@settings(max_examples=40)
@given(days)
def test_a_second_run_leaves_the_same_activities(columns: str) -> None:
    frames = drawn(columns)
    first = cut_day(frames, document_frequency=DocumentFrequency(), previous=[], projects=[])
    assert cut_day(frames[::-1], document_frequency=DocumentFrequency(), previous=first, projects=[]) == first
