"""Look-alikes are settled only where nothing else can stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.engines.confusions import settle


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("9f2c4be07d1a6c55e0b8a1734dd0f7a2ccle5a", "9f2c4be07d1a6c55e0b8a1734dd0f7a2cc1e5a"),
        ("sha256:O3b0c44298fclcl49afb", "sha256:03b0c44298fc1c149afb"),
        ("sha2569f2c4be07d1a6c55e0b8a1734dd0ccle5a", "sha2569f2c4be07d1a6c55e0b8a1734dd0cc1e5a"),
        ("(4e1d90cl-5af2-4bl0-9c0b-1f1f7a9eOb21)", "(4e1d90c1-5af2-4b10-9c0b-1f1f7a9e0b21)"),
        ("Be1fd20c7b94a35e60c18f2277d3ab90", "8e1fd20c7b94a35e60c18f2277d3ab90"),
        ("0PENAI_KEY=x", "OPENAI_KEY=x"),
        ("2O26-11-09", "2026-11-09"),
        ("l280.50", "1280.50"),
        ("B0T_T0KEN=x", "BOT_TOKEN=x"),
    ],
)  # fmt: skip
def test_a_sign_among_others_is_the_look_alike_that_can_stand_there(read: str, meant: str) -> None:
    assert settle(read) == meant


@pytest.mark.parametrize(
    "word",
    [
        "parallel",
        "O2",
        "l1",
        "Ill",
        "decoded",
        "feedbacklool",
        "fooled-fool-fall-feel",
        "xK9lmO0pQ2rIt7",
        "B2O",
        "AF0C",
        "X00Y",
        "b0t",
        "0XDEADBEEF",
        "9F2C4BE07D1A6C55E0B8A1734DD0F7A2",
        "Gzqsg1fd20c7b94a35e60c18f2277d3a",
    ],
)
def test_what_may_be_a_letter_stays(word: str) -> None:
    assert settle(word) == word


@given(st.text())
def test_only_look_alikes_change_and_settling_twice_changes_nothing(text: str) -> None:
    settled = settle(text)
    assert all(one == other or one in "lI|Oo0BSsZzgq" for one, other in zip(text, settled, strict=True))
    assert settle(settled) == settled
