"""Task bars, tabs and clocks are told from what a window says."""

from datetime import UTC, datetime, timedelta

from recall_assets.stages.sentences.panels import Titles, clock_faces
from tests.stages.day_summaries.drawn_days import screen

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = [
    screen(str(number), "", START + timedelta(minutes=number), title=title)
    for number, title in enumerate(
        ["Rounding modes - decimal handbook - Browser", "lena@desk: ~/src/shop", "notes.txt - Some Editor"]
    )
]
TITLES = Titles(DAY, DAY[:1])


def test_a_line_that_joins_titles_of_the_day_is_a_panel() -> None:
    assert TITLES.in_panel("Rounding modes - decimal hand... lena@desk: ~/src/shop xv 2")
    assert TITLES.in_panel("lena@desk: ~/src/shop  EZ notes.txt - Some Ed")


def test_a_sentence_that_names_one_window_is_none() -> None:
    assert not TITLES.in_panel("See Rounding modes - decimal handbook for what is rounded in notes.txt")
    assert not TITLES.in_panel("")


def test_words_of_one_title_or_of_the_activitys_titles_say_nothing_new() -> None:
    assert TITLES.say("Rounding modes decimal handb...")
    assert TITLES.say("notes.txt - Some Editor")
    assert not TITLES.say("Rounding modes for notes of the shop")
    assert not TITLES.say("Twelve ladders were ordered")


def test_a_clock_shows_the_local_time_of_the_frame_give_or_take_a_minute() -> None:
    faces = clock_faces(screen("x", "", START, offset=timedelta(hours=1)))
    assert {" 10:00", " 09:59", " 10:01"} <= set(faces)
    assert " 09:00" not in faces
