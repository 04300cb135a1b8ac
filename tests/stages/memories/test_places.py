"""What was open is known by its address or path, the same on every machine and whatever way led there."""

from dataclasses import replace

import pytest

from recall_assets.records import Box, Window
from recall_assets.stages.memories.places import place_of
from recall_assets.stages.memories.resources import resources
from tests.days import MORNING, Shown, frame
from tests.stages.memories.drawn_day import day, editor, page, terminal


@pytest.mark.parametrize(
    ("title", "url", "place"),
    [
        ("VAT - Handbook - Firefox", "https://www.docs.example/vat?utm_source=x#top", ("page", "docs.example/vat")),
        ("Shop - Firefox", "https://shop.example", ("page", "shop.example/")),
        ("Talk - Firefox", "https://tube.example/watch?v=abc&session=9", ("page", "tube.example/watch?v=abc")),
        ("Sign in - Firefox", "https://portal.example/login", None),
        ("contract-7.pdf - 2/3 (88 dpi)", None, ("document", "contract-7.pdf")),
        ("*notes.txt - Mousepad", None, ("document", "notes.txt")),
        ("vat.py + (~/src/shop) - VIM", None, ("file", "~/src/shop/vat.py")),
        ("ada@mill: ~/src/shop", None, None),
        ("Meeting with ada@mill.example - Mail", None, None),
        ("", "https://[broken", None),
    ],
)
def test_a_frame_is_at_a_page_document_or_file(title: str, url: str | None, place: tuple[str, str] | None) -> None:
    found = place_of(frame(Shown("app", title, url, ""), MORNING, MORNING))

    assert (found and (found.kind, found.key)) == place


def test_a_monitor_beside_the_active_one_is_at_what_it_shows_itself() -> None:
    beside = Window("firefox", "Lunch - Chat - Firefox", Box(0, 0, 9, 9), url="https://chat.example/lunch")
    shown = frame(Shown("vim", "vat.py (~/src/shop) - VIM", None, "Soup"), MORNING, MORNING)

    at = [place_of(replace(shown, windows=windows)) for windows in ((beside,), (beside, replace(beside, active=True)))]

    assert [place and place.title for place in at] == ["Lunch (Chat)", "vat.py"]


def test_time_is_counted_until_the_next_window_and_what_was_passed_through_is_left_out() -> None:
    found = [*resources(day(page("VAT", "a"), page("VAT", "b"), editor("notes.txt", "c"), terminal("ls")))]

    told = {(one.summary, one.seconds) for one in found}
    assert told == {
        ("VAT (Handbook) — https://docs.example/vat", 120.0),
        ("notes.txt", 60.0),
        ("Repository shop", 60.0),
    }


def test_text_of_a_window_behind_is_not_told_of_the_one_in_front() -> None:
    behind = "Lunch is served at 12:30 in the canteen of the old mill."
    shown = [page("Lunch", behind, "https://chat.example/lunch")] * 5
    found = resources(day(*shown, editor("vat.txt", behind), editor("vat.txt", behind)))

    assert {one.summary: one.details for one in found}["vat.txt"] == ""


def test_buttons_and_code_are_no_lines_of_what_holds_them() -> None:
    line = "The cellar is dry again since the drain was cleared in March."
    text = f"Sections done\nProcessing order\n{line}\nreturn sum((net(a) for a in lines), Decimal(0))"
    (found,) = resources(day(page("Cellar", text), page("Cellar", text)))

    assert found.details == line
