"""What is heard is presence, tells of a purpose, and of a meeting."""

from dataclasses import replace

import pytest

from recall_assets.records import Activity, DocumentFrequency, Frame, Transcript
from recall_assets.stages.activities import cut_day
from recall_assets.stages.activities.presence import stretches
from tests.days import COLUMN, MORNING, drawn
from tests.speech import said

MINUTE = 6  # columns


def _spans(frames: list[Frame], *transcripts: Transcript) -> list[tuple[int, int]]:
    return [
        (round((s.frames[0].captured_at - MORNING) / COLUMN), round((s.end_at - MORNING) / COLUMN))
        for s in stretches(frames, transcripts)
    ]


def _talk(first: int, after: int, *, every: int = 3 * MINUTE, speaker: str | None = "others") -> list[Transcript]:
    columns = range(first, after, every)
    return [said("So we move the barn roof to May.", MORNING + c * COLUMN, speaker=speaker) for c in columns]


def _cut(frames: list[Frame], transcripts: list[Transcript]) -> list[Activity]:
    return cut_day(frames, document_frequency=DocumentFrequency(), previous=[], projects=[], transcripts=transcripts)


def test_a_call_before_a_screen_that_nobody_touches_is_presence() -> None:
    frames = drawn("a" * 20 + "." * 30 * MINUTE + "b" * 20)
    assert len(_spans(frames)) == 2
    assert _spans(frames, *_talk(20, 200)) == [(0, 220)]


def test_a_call_goes_on_while_frames_say_that_nobody_touches_anything() -> None:
    frames = drawn("a" * 20 + "_" * 20 * MINUTE + "b" * 20)
    assert len(_spans(frames)) == 2
    assert _spans(frames, *_talk(20, 140)) == [(0, 160)]


def test_a_call_that_ends_before_a_long_silence_ends_the_stretch_there() -> None:
    frames = drawn("a" * 20 + "." * 30 * MINUTE + "b" * 20)
    first, second = _spans(frames, *_talk(20, 80))
    assert first[0] == 0
    assert 70 <= first[1] <= 80
    assert second == (200, 220)


def test_a_locked_machine_is_absence_whoever_speaks() -> None:
    frames = [replace(f, locked=20 <= n < 60) for n, f in enumerate(drawn("a" * 80))]
    assert len(_spans(frames, *_talk(0, 80))) == 2


def test_speech_of_another_time_changes_nothing() -> None:
    frames = drawn("a" * 20 + "." * 8 * MINUTE + "b" * 20)
    assert _spans(frames, *_talk(500, 600), said("Early.", MORNING - 60 * MINUTE * COLUMN)) == _spans(frames)


def test_what_is_said_is_among_an_activitys_terms() -> None:
    frames = drawn("a" * 60 + "x" * 60)
    assert "word:barn" in _cut(frames, _talk(60, 120))[-1].terms
    assert "word:barn" not in _cut(frames, [])[-1].terms


@pytest.mark.parametrize(("speakers", "label"), [(("me", "others"), "meeting"), (("me",), None), (("others",), None)])
def test_two_sides_that_talk_are_a_meeting(speakers: tuple[str, ...], label: str | None) -> None:
    frames = drawn("x" * 60)
    silent = _cut(frames, [])[0].label
    talk = [one for speaker in speakers for one in _talk(0, 60, every=1, speaker=speaker)]
    assert _cut(frames, talk)[0].label == (label or silent)
