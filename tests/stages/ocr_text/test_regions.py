"""What is looked at again covers all that changed, cuts no line, and leaves alone what is known."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Box, Word
from recall_assets.stages.ocr_text import TILE, ReadingPlan, ReadLine, Screen, digest_tiles, plan_reading
from recall_assets.stages.ocr_text.regions import SLACK
from tests.stages.ocr_text.drawn_words import boxes, column, words

WIDTH, HEIGHT = 320, 240
Pixels = npt.NDArray[np.uint8]


def blank() -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), 255, np.uint8)


def screen(pixels: Pixels, known: list[Word]) -> Screen:
    """A read screen on which each word is a line of its own."""
    return Screen([ReadLine(word.box, (word,)) for word in known], digest_tiles(pixels), pixels[..., 0])


def plan(before: Pixels, known: list[Word], now: Pixels) -> ReadingPlan:
    return plan_reading(digest_tiles(now), [screen(before, known)], width=WIDTH, height=HEIGHT)


def known_words(found: ReadingPlan) -> list[Word]:
    return [word for line in found.known for word in line.words]


def changed(box: Box) -> Pixels:
    """A blank screen but for one box."""
    now = blank()
    now[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    return now


def overlap(one: Box, other: Box) -> bool:
    return (
        max(one.x, other.x) < min(one.x + one.width, other.x + other.width)
        and max(one.y, other.y) < min(one.y + one.height, other.y + other.height)
    )  # fmt: skip


def test_an_unknown_screen_is_read_whole() -> None:
    plan = plan_reading(digest_tiles(blank()), [], width=WIDTH, height=HEIGHT)
    assert plan == ReadingPlan((Box(0, 0, WIDTH, HEIGHT),), ())


def test_an_identical_screen_is_not_read_and_keeps_its_words() -> None:
    known = column(20, "known text")
    found = plan(blank(), known, blank())
    assert found.identical
    assert (found.regions, known_words(found)) == ((), known)


def test_a_letter_at_the_end_of_a_line_has_the_whole_line_read_and_no_other() -> None:
    known = column(16, "first line here", "second line", "third line", y=20, step=60)
    end_of_second = Box(16 + 8 * 11, 80, 8, 16)
    found = plan(blank(), known, changed(end_of_second))
    assert [word.text for word in known_words(found)] == ["first", "line", "here", "third", "line"]
    assert len(found.regions) == 1


def test_the_earlier_screen_with_most_in_common_is_the_base() -> None:
    other, same = changed(Box(0, 0, 300, 200)), blank()
    screens = [screen(other, []), screen(same, [])]
    assert plan_reading(digest_tiles(changed(Box(8, 8, 4, 4))), screens, width=WIDTH, height=HEIGHT).base == 1


def test_a_screen_of_another_size_is_no_base() -> None:
    smaller = screen(blank()[:100], [])
    assert plan_reading(digest_tiles(blank()), [smaller], width=WIDTH, height=HEIGHT).base is None


@given(words(), st.lists(boxes(), min_size=1, max_size=5))
def test_every_changed_tile_is_read_again(known: list[Word], marks: list[Box]) -> None:
    now = blank()
    for box in marks:
        now[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    read = np.zeros((HEIGHT, WIDTH), bool)
    for region in plan(blank(), known, now).regions:
        read[region.y : region.y + region.height, region.x : region.x + region.width] = True
    assert read[(now != 255).any(axis=2)].all()


@given(words(), boxes())
def test_no_region_cuts_a_known_word(known: list[Word], mark: Box) -> None:
    found = plan(blank(), known, changed(mark))
    for word in known:
        for region in found.regions:
            if overlap(word.box, region):
                inside = Box(region.x, region.y, region.width, region.height)
                assert inside.x <= word.box.x
                assert inside.y <= word.box.y
                assert word.box.x + word.box.width <= inside.x + inside.width
                assert word.box.y + word.box.height <= inside.y + inside.height


@given(words(), boxes())
def test_a_word_that_is_not_read_again_stays_known(known: list[Word], mark: Box) -> None:
    found = plan(blank(), known, changed(mark))
    for word in known:
        x, y, width, height = word.box
        around = Box(x - SLACK, y - SLACK, width + 2 * SLACK, height + 2 * SLACK)
        assert (word in known_words(found)) == (not any(overlap(around, region) for region in found.regions))


@given(words(), st.lists(boxes(), min_size=1, max_size=5))
def test_regions_are_disjoint_and_inside_the_image(known: list[Word], marks: list[Box]) -> None:
    now = blank()
    for box in marks:
        now[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    regions = plan(blank(), known, now).regions
    for number, region in enumerate(regions):
        assert region.x >= 0
        assert region.y >= 0
        assert region.x + region.width <= WIDTH
        assert region.y + region.height <= HEIGHT
        assert not any(overlap(region, other) for other in regions[number + 1 :])


@given(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(0, 2), st.integers(1, 255))
def test_a_changed_byte_changes_its_tile_and_no_other(y: int, x: int, channel: int, by: int) -> None:
    now = blank()
    now[y, x, channel] -= by
    differ = np.argwhere(digest_tiles(now) != digest_tiles(blank())).tolist()
    assert differ == [[y // TILE, x // TILE]]
