"""Presence on drawn days: one column is ten seconds."""

from dataclasses import replace
from datetime import timedelta

from recall_assets.records import Frame
from recall_assets.stages.activities.presence import stretches
from tests.days import COLUMN, MORNING, drawn

MINUTE = 6  # columns


def _spans(frames: list[Frame]) -> list[tuple[int, int]]:
    """Stretches as columns [first, after)."""
    return [
        (round((s.frames[0].captured_at - MORNING) / COLUMN), round((s.end_at - MORNING) / COLUMN))
        for s in stretches(frames)
    ]


def _unknown_idle(frames: list[Frame]) -> list[Frame]:
    return [replace(frame, idle_seconds=None) for frame in frames]


def test_work_without_a_silence_is_one_stretch() -> None:
    assert _spans(drawn("a" * 20 + "." * 4 * MINUTE + "b" * 20)) == [(0, 64)]


def test_a_silence_beyond_five_minutes_ends_a_stretch_at_the_last_input() -> None:
    assert _spans(drawn("a" * 20 + "." * 8 * MINUTE + "b" * 20)) == [(0, 20), (68, 88)]


def test_frames_of_a_screen_that_nobody_touches_do_not_prolong_a_stretch() -> None:
    found = _spans(drawn("a" * 20 + "_" * 8 * MINUTE + "b" * 20))
    assert len(found) == 2
    assert found[0][1] <= 20
    assert found[1] == (68, 88)


def test_a_still_screen_may_be_read_for_long_where_idle_time_is_unknown() -> None:
    assert _spans(_unknown_idle(drawn("a" * 20 + "." * 15 * MINUTE + "b" * 20))) == [(0, 130)]
    assert len(_spans(_unknown_idle(drawn("a" * 20 + "." * 21 * MINUTE + "b" * 20)))) == 2


def test_frames_marked_idle_are_absence_where_idle_time_is_unknown() -> None:
    frames = _unknown_idle(drawn("a" * 20 + "_" * MINUTE + "b" * 20))
    marked = [replace(f, trigger="idle") if 20 <= i < 26 else f for i, f in enumerate(frames)]
    assert _spans(marked) == [(0, 20), (26, 46)]


def test_a_locked_screen_is_absence() -> None:
    frames = [replace(f, locked=5 <= i < 8) for i, f in enumerate(drawn("a" * 20))]
    assert _spans(frames) == [(0, 5), (8, 20)]


def test_a_picture_that_moves_is_watched_for_a_while_without_input() -> None:
    film = [
        replace(f, idle_seconds=10.0 * i, text=f"{f.text} scene {i}", trigger="change")
        for i, f in enumerate(drawn("c" * 15 * MINUTE))
    ]
    assert _spans(film) == [(0, 90)]


def test_nobody_there_at_all_is_no_stretch() -> None:
    assert stretches([]) == []
    assert stretches([replace(f, locked=True) for f in drawn("aaa")]) == []


def test_a_stretch_of_one_frame_has_a_length() -> None:
    (only,) = stretches([replace(f, seen_until=f.captured_at) for f in drawn("a")])
    assert only.end_at - only.frames[0].captured_at > timedelta(0)


def test_a_screen_that_was_left_on_overnight_adds_nothing() -> None:
    *rest, last = drawn("a" * 20)
    for idle_seconds in (0.0, None):
        left = replace(last, seen_until=last.captured_at + timedelta(hours=9), idle_seconds=idle_seconds)
        (only,) = stretches([*rest, left])
        assert only.end_at - last.captured_at < timedelta(minutes=1)
