"""What lies over a picture: words where they stand, what was looked for, what was blacked out."""

from collections.abc import Collection

from recall_assets.records import Box, Word
from recall_assets.server.views.overlay import Overlay, overlay_of
from recall_assets.stages.ocr_text.packing import pack_layout


def over(sought: str, *lines: str, places: Collection[Box] = ()) -> Overlay:
    words = [
        Word(text, Box(10 * place, 20 * number, 9, 16), 0.9, number)
        for number, line in enumerate(lines)
        for place, text in enumerate(line.split())
    ]
    found = overlay_of(pack_layout(words, width=800, height=480), sought, places)
    assert found is not None
    return found


def hits(overlay: Overlay) -> list[str]:
    return [word.text for line in overlay.lines for word in line if word.hit]


def test_a_few_words_are_marked_wherever_they_stand_as_parts_of_words_too() -> None:
    assert hits(over("round half", "rounding=ROUND_HALF_UP,", "once, half a day", "no")) == [
        "rounding=ROUND_HALF_UP,",
        "half",
    ]
    assert hits(over("", "round")) == []


def test_a_sentence_is_marked_where_a_line_holds_most_of_it() -> None:
    said = "the tax office expects the total to be rounded half up once"
    assert hits(over(said, "the tax office expects the", "to the shore we went by car today")) == said.split()[:5]


def test_places_of_a_search_are_marked_and_nothing_alike_beside_them() -> None:
    assert hits(over("", "round once", "once more", places={Box(10, 0, 9, 16)})) == ["once"]


def test_a_blacked_out_place_has_its_kind() -> None:
    overlay = over("", "key [REDACTED:api_token] end")
    assert overlay.hidden == (("api_token", Box(10, 0, 9, 16)),)


def test_a_layout_of_another_release_has_no_overlay() -> None:
    assert overlay_of({"v": 99, "size": [1, 1], "lines": []}) is None
    assert overlay_of(None) is None
