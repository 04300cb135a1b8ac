"""What is kept of a screen that types, blinks, ticks, scrolls and plays, as a person would want it remembered."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_agent.changes import CARET_LOOKS, TICKER
from capture_agent.tiles import changed_tiles, spots
from tests.agent.seen_screens import Box, Watched

AWAY = timedelta(hours=1)
CLOCK: Box = (580, 384, 40, 12)
CARET: Box = (100, 100, 2, 16)


def test_a_still_screen_is_kept_once() -> None:
    assert Watched().look(60) == 0


def test_a_page_a_popup_and_a_scroll_are_kept_at_once() -> None:
    screen = Watched()
    screen.pixels[:] = np.random.default_rng(0).integers(0, 255, screen.pixels.shape, np.uint8)
    assert screen.look() == 1
    screen.draw((400, 20, 200, 80), 30)
    assert screen.look() == 1
    screen.pixels[:] = np.roll(screen.pixels, 40, axis=0)
    assert screen.look() == 1


def test_a_blinking_caret_is_no_reason() -> None:
    screen = Watched()
    blinks = np.random.default_rng(1).integers(0, 2, 200)
    assert screen.look(200, lambda n: screen.draw(CARET, 0 if blinks[n] else 200)) == 0


def test_a_caret_that_stands_as_gtk_lets_it_is_no_reason() -> None:
    screen = Watched()
    screen.draw(CARET, 0)
    assert screen.look(3 * CARET_LOOKS) == 0


def test_a_single_character_that_stays_is_found() -> None:
    screen = Watched()
    screen.draw((100, 100, 8, 14), 0)
    assert screen.look(CARET_LOOKS) == 0
    assert screen.look(2) == 1


def test_slow_typing_beside_a_blinking_caret_and_a_running_clock_is_found() -> None:
    """One character each 30 s: against the last seen grab, none would ever be more than a caret."""
    screen = Watched()

    def slowly(second: int) -> None:
        screen.draw((100, 100, 9 * (second // 30), 14), 0)
        screen.draw((300, 100, 2, 16), 0 if second * 7 % 10 < 5 else 200)
        screen.draw(CLOCK, second % 200)

    assert 4 <= screen.look(300, slowly) <= 14
    assert not (screen.kept[-1].pixels[100:114, 100:172] == 200).any()


def test_fast_typing_is_kept_when_it_pauses_and_every_few_seconds() -> None:
    screen = Watched()
    assert screen.look(20, lambda n: screen.draw((20, 100, 28 * n, 14), 0)) <= 6
    screen.look(2)
    assert np.array_equal(screen.kept[-1].pixels, screen.pixels)


def test_what_was_typed_just_before_the_page_went_is_kept() -> None:
    screen = Watched()
    screen.draw((100, 100, 200, 14), 0)
    assert screen.look() == 0
    typed = screen.pixels.copy()
    screen.draw((0, 0, 640, 400), 90)
    assert screen.look() == 2
    assert np.array_equal(screen.kept[1].pixels, typed)
    assert screen.kept[1].at < screen.kept[2].at


def test_a_clock_that_turns_with_the_minute_is_no_reason_while_nobody_types() -> None:
    screen = Watched(idle=AWAY)
    assert screen.look(900, lambda n: screen.draw(CLOCK, 200 + (n + 11) // 60)) == 0


def test_a_clock_with_seconds_is_no_reason() -> None:
    screen = Watched()
    assert screen.look(299, lambda n: screen.draw(CLOCK, n % 200)) == 0


def test_a_label_that_counts_minutes_is_learnt_to_be_a_ticker() -> None:
    screen = Watched(idle=AWAY)
    assert screen.look(900, lambda n: screen.draw((50, 50, 90, 14), 200 + (n + 40) // 60)) == 3


def test_a_word_that_appears_by_itself_is_kept() -> None:
    screen = Watched(idle=AWAY)
    screen.draw((50, 50, 60, 14), 0)
    assert screen.look(3) == 1


def test_a_film_is_sampled_and_its_last_picture_is_kept() -> None:
    screen = Watched(idle=AWAY)
    play = np.random.default_rng(2).integers(0, 255, (60, 200, 320, 3), np.uint8)

    def film(second: int) -> None:
        screen.pixels[50:250, 50:370] = play[second]

    assert screen.look(60, film) <= 14
    assert screen.look(2) == 1


def test_somebody_who_scrolls_on_and_on_loses_no_screen() -> None:
    screen = Watched()
    noise = np.random.default_rng(3).integers(0, 255, (30, 300, 640, 3), np.uint8)

    def scroll(second: int) -> None:
        screen.pixels[:300] = noise[second]

    assert screen.look(30, scroll) == 30


def test_a_frame_is_forced_every_five_minutes_of_work_and_not_of_absence() -> None:
    screen = Watched()
    assert screen.look(900) == 3
    assert screen.triggers[1:] == ["forced"] * 3
    screen.idle = AWAY
    assert screen.look(900) == 0


def test_another_active_window_is_a_reason_for_any_difference_but_not_for_none() -> None:
    screen = Watched()
    assert screen.look(focused=True) == 0
    screen.draw(CARET, 0)
    assert screen.look(focused=True) == 1
    assert screen.triggers[-1] == "focus"


def test_another_resolution_is_kept_at_once() -> None:
    screen = Watched()
    screen.pixels = np.full((300, 411, 3), 200, np.uint8)
    assert screen.look() == 1
    assert screen.look(5) == 0


def test_what_could_not_be_kept_is_offered_again() -> None:
    screen = Watched()
    screen.draw((0, 0, 640, 400), 90)
    last = screen.changes.last_kept
    assert screen.look() == 1
    screen.changes.last_kept = last  # the disk was full
    assert screen.look() == 1


boxes = st.tuples(st.integers(0, 639), st.integers(0, 399), st.integers(1, 640), st.integers(1, 400))
steps = st.lists(st.tuples(boxes, st.integers(0, 255), st.integers(1, 3)), max_size=8)


@settings(max_examples=25)
@given(steps, boxes, st.sampled_from([None, timedelta(), AWAY]))
def test_a_change_larger_than_a_clock_that_stays_is_never_lost(
    history: list[tuple[Box, int, int]], last: Box, idle: timedelta | None
) -> None:
    screen = Watched(idle=idle)
    for box, shade, looks in history:
        screen.draw(box, shade)
        screen.look(looks)
    screen.draw(last, 7)
    screen.look(15)
    left = changed_tiles(screen.kept[-1].pixels, screen.pixels)
    assert left is None or all(spot.fits(TICKER) for spot in spots(left))


@settings(max_examples=10)
@given(steps)
def test_no_two_kept_frames_in_a_row_are_alike(history: list[tuple[Box, int, int]]) -> None:
    screen = Watched()
    for box, shade, looks in history:
        screen.draw(box, shade)
        screen.look(looks)
    pairs = zip(screen.kept, screen.kept[1:], strict=False)
    assert not any(np.array_equal(a.pixels, b.pixels) for a, b in pairs)


@given(st.lists(boxes, max_size=5), st.integers(9, 70), st.integers(9, 70))
def test_a_tile_is_marked_exactly_where_a_pixel_differs(drawn: list[Box], width: int, height: int) -> None:
    a = np.zeros((height, width, 3), np.uint8)
    b = a.copy()
    for x, y, w, h in drawn:
        b[y % height : y % height + h, x % width : x % width + w, 1] = 9
    tiles = changed_tiles(a, b)
    differs = (a != b).any(axis=2)
    if tiles is None:
        assert not differs.any()
        return
    for row, column in np.ndindex(tiles.shape):
        assert tiles[row, column] == differs[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8].any()
