"""Names of titles are exact; what is read off the screen is folded into them, confirmed, or dropped."""

from dataclasses import replace

import pytest

from recall_assets.records import Frame
from recall_assets.stages.activities.chrome import chrome_of
from recall_assets.stages.activities.known_names import KnownNames, known_names
from recall_assets.stages.activities.mentions import Mention
from tests.days import drawn


def _known(frames: list[Frame]) -> KnownNames:
    return known_names(frames, chrome_of(frames))


def _reading(*texts: str) -> list[Frame]:
    """Frames of a terminal that stands in ~/src/orchard, with these texts."""
    return [replace(frame, text=text) for frame, text in zip(drawn("b" * len(texts)), texts, strict=True)]


@pytest.mark.parametrize("read", ["orchard", "orehard", "0rchard", "lorchard", "orchad"])
def test_a_misread_name_is_the_one_that_a_title_has(read: str) -> None:
    assert _known(drawn("b")).resolve(Mention("repository", read)) == "orchard"


def test_a_name_of_no_title_counts_once_several_lines_have_it() -> None:
    lines = [f"cat ~/src/gravel/part{n} of the {n}th heap" for n in ("one", "two", "three")]
    assert _known(_reading(*lines)).resolve(Mention("repository", "gravel")) == "gravel"
    assert _known(_reading(lines[0])).resolve(Mention("repository", "gravel")) is None


def test_a_misread_shelf_is_no_repository_however_often_it_is_read() -> None:
    lines = [f"vi ~/sre/orchard/part{n} of the {n}th heap" for n in ("one", "two", "three", "four")]
    assert _known(_reading(*lines)).resolve(Mention("repository", "sre")) is None


def test_numbers_are_never_taken_for_one_another() -> None:
    assert _known(drawn("c")).resolve(Mention("ticket", "ORC-12")) == "ORC-12"
    assert _known(drawn("c")).resolve(Mention("ticket", "ORC-13")) is None


def test_a_panel_tells_nothing_of_the_window_in_front() -> None:
    frames = drawn("ax")
    panel = "graft.py - orchard - C...  ada@mill: ~/sre/orchard  12:07"
    shown = [frames[0], replace(frames[1], text=f"{panel}\nlease of the cellar")]
    own = "\n".join(chrome_of([*shown, *drawn("b")]).own_lines(shown[1]))
    assert "lease of the cellar" in own
    assert "orchard" not in own


def test_tabs_that_show_a_few_letters_each_tell_nothing() -> None:
    titles = ("ORC-12 Grafting fails - Board", "Lease of the cellar - Mail", "#gravel | Chat", "Week 43 - Calendar")
    frames = [replace(frame, window_title=title) for frame, title in zip(drawn("bbbb"), titles, strict=True)]
    names = chrome_of(frames).windows
    assert names.without("V  ORC-1  Lease  #gra  Week") == ""
    assert names.without("Week  Apples  Pears  Plums") == "Week  Apples  Pears  Plums"
