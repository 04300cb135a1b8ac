"""Colours of the stylesheet: text can be read and marks can be seen, in light and dark."""

import re

import pytest

from recall_assets.server.views.rendering import COLOURS, STATIC

SHEET = (STATIC / "recall.css").read_text("utf-8")
GROUNDS = ("back", "card", "sunk")
TEXTS = ("ink", "quiet", "main", "alarm", "good")
WARM = ("h1", "h2", "h3", "h4")


def values(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))


def themes() -> dict[str, dict[str, str]]:
    light = values(SHEET[SHEET.index(":root {") : SHEET.index("@media")])
    dark = values(SHEET[SHEET.index("@media (prefers-color-scheme: dark)") : SHEET.index(':root[data-theme="light"]')])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_a_contrast_of_four_and_a_half(theme: str) -> None:
    of = themes()[theme]
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [("ink", warm) for warm in (*WARM, "mark")] + [("on-main", "main")]
    weak = {pair: round(contrast(of[pair[0]], of[pair[1]]), 2) for pair in pairs if pair[0] in of}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_of_projects_have_a_contrast_of_three(theme: str) -> None:
    of = themes()[theme]
    marks = [f"c{number}" for number in range(COLOURS + 1)]
    weak = {(mark, ground): contrast(of[mark], of[ground]) for mark in marks for ground in ("card", "sunk")}
    assert {pair: value for pair, value in weak.items() if value < 3} == {}


def test_dark_by_choice_is_dark_by_the_system() -> None:
    chosen = SHEET[SHEET.index(':root[data-theme="dark"]') : SHEET.index(".c0 {")]
    assert values(chosen) == {name: value for name, value in themes()["dark"].items() if name in values(chosen)}
    assert len(values(chosen)) > 20
