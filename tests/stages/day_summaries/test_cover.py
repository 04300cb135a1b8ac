"""A few frames are chosen that together hold most of what an activity showed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from recall_assets.stages.day_summaries.cover import Cover
from recall_assets.stages.sentences.passages import passages_of
from tests.stages.day_summaries.drawn_days import id_of, screen

ROOF, DATE, LADDER = "The roof costs 9,000 EUR.", "Lena comes on Friday at 10:00.", "SHOP-12 Ladder order failed again"
START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def _cover(*screens: str) -> Cover:
    frames = [screen(str(number), text, START + timedelta(minutes=number)) for number, text in enumerate(screens)]
    return Cover(frames, passages_of(frames), {})


def _frames(*numbers: int) -> list[UUID]:
    return [id_of(f"frame {number}") for number in numbers]


def test_the_frame_that_holds_most_comes_first_and_repeats_are_left_out() -> None:
    cover = _cover(DATE, f"{ROOF}\n{DATE}", ROOF, LADDER)
    cover.fill(4)
    assert cover.chosen == _frames(1, 3)


def test_no_more_frames_are_chosen_than_asked_for() -> None:
    cover = _cover(ROOF, DATE, LADDER)
    cover.fill(2)
    assert len(cover.chosen) == 2


def test_what_an_added_frame_holds_needs_no_other() -> None:
    cover = _cover(f"{ROOF}\n{DATE}", DATE, LADDER)
    cover.add(id_of("frame 0"))
    assert cover.best_of(_frames(1, 2)) == id_of("frame 2")


def test_frames_without_text_are_not_chosen() -> None:
    cover = _cover("", " ")
    cover.fill(3)
    assert cover.chosen == []
    assert cover.best_of([]) is None
