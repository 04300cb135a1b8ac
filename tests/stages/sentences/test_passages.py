"""Screens become passages: wrapped lines joined, typing in its last state, titles and prompts left out."""

from datetime import UTC, datetime, timedelta

from recall_assets.stages.sentences.passages import LONGEST_LOOK_SECONDS, passages_of
from tests.stages.day_summaries.drawn_days import screen

START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def _texts(*screens: str, title: str | None = None) -> list[str]:
    frames = [
        screen(str(number), text, START + timedelta(minutes=number), title=title) for number, text in enumerate(screens)
    ]
    return [passage.text for passage in passages_of(frames)]


def test_lines_that_a_window_wrapped_become_their_sentences() -> None:
    assert _texts("The delivery of the twelve ladders moved to the second\nweek of May. Please tell Amir\nToday") == [
        "The delivery of the twelve ladders moved to the second week of May.",
        "Please tell Amir",
        "Today",
    ]


def test_dates_and_titles_of_people_do_not_end_a_sentence() -> None:
    assert _texts("Dr. Lind kommt am 14. März um 10:30. Bitte anrufen. Amir v. Finch, para 34. Next one") == [
        "Dr. Lind kommt am 14. März um 10:30.",
        "Bitte anrufen.",
        "Amir v. Finch, para 34. Next one",
    ]


def test_code_and_shell_prompts_are_never_joined_to_a_sentence() -> None:
    long_line = "The delivery of the twelve ladders moved to the second"
    assert _texts(f"{long_line}\nsum(x for x in y) = {{}}") == [long_line, "sum(x for x in y) = {}"]
    assert _texts(f"{long_line}\nlena@desk:~/shop$ git commit -m ladders") == [long_line, "git commit -m ladders"]


def test_text_that_was_typed_stands_once_as_it_ended() -> None:
    frames = [
        screen(str(number), text, START + timedelta(minutes=number))
        for number, text in enumerate(["Ladders by May", "Ladders by May, says Amir|", "Ladders by May, says Amir"])
    ]
    assert [(passage.text, passage.was_typed) for passage in passages_of(frames)] == [
        ("Ladders by May, says Amir", True)
    ]


def test_a_preview_that_stands_beside_its_text_was_not_typed() -> None:
    frames = [screen("a", "Ladders come by\nLadders come by May, says Amir", START)]
    assert [(passage.text, passage.was_typed) for passage in passages_of(frames)] == [
        ("Ladders come by May, says Amir", False)
    ]


def test_tabs_and_panels_that_repeat_window_titles_are_no_passages() -> None:
    shown = "Ladder order - Some Shop 09:01\nLadder ord... Some Shop\nTwelve ladders were ordered"
    assert _texts(shown, title="Ladder order - Some Shop - Browser") == ["Twelve ladders were ordered"]


def test_lines_that_show_the_time_of_the_frame_belong_to_a_panel() -> None:
    assert _texts("Budget of the roof  Wed 04 Mar 09:00\nLena comes by 11:30", "Roof 9:01 AM") == [
        "Lena comes by 11:30"
    ]


def test_a_passage_knows_its_frames_and_how_long_it_was_looked_at() -> None:
    frames = [
        screen("a", "Twelve ladders were ordered", START, 40),
        screen("b", "Twelve ladders were ordered", START + timedelta(hours=1), 4000, new_text=""),
    ]
    (passage,) = passages_of(list(reversed(frames)))
    assert passage.frame_ids == (frames[0].id, frames[1].id)
    assert passage.seconds == 40 + LONGEST_LOOK_SECONDS
    assert passage.is_new


def test_no_text_gives_no_passage() -> None:
    assert _texts("", "  \n | \n") == []
