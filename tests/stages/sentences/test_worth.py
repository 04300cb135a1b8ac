"""What tells something outranks what furnishes the screen, in any trade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.sentences.worth import worth

TELLING = [
    "The committee approved 12,400 EUR for the roof on 3 March.",
    "Mrs Okafor takes 20 mg of the new drug until Friday.",
    "We agreed to send the draft of chapter four before the weekend.",
    "HARV-112 Irrigation valve stays open after midnight",
    "Total due 845.90 EUR",
    "2 failed, 41 passed in 3.2 s",
    "Could you look at round_total(lines, 2) in cart.py before noon?",
]
FURNITURE = [
    "File Edit View Insert Format Tools Help",
    "Mute Stop Video Participants Chat Share Screen Record Reactions Leave",
    "Inbox Starred Sent Drafts Archive",
    "Lena Okafor 11:40",
    "for (int i = 0; i < n; ++i) { total[i] += rows[i] * 2; }",
    "-rw-r--r-- 1 root root 395 Nov 9 10:11 notes.txt",
    "https://shop.test/orders/412/edit?tab=history",
    "7d3b6c1e-52f4-4a0e-9c0b-1f1f7a9e6b21",
    "12:40",
    "def write_rows(rows, total, out=None):",
    "git commit -q -m roof; git status -s",
    "+from shop.cart import total",
    "-5,6 +5,7 @@ total of the cart",
    "'orders/test_cart.py' 12L, 281B",
    "",
]


@pytest.mark.parametrize("text", TELLING)
def test_what_says_something_is_worth_quoting(text: str) -> None:
    assert worth(text) > 1


@pytest.mark.parametrize("text", FURNITURE)
def test_furniture_of_the_screen_is_not(text: str) -> None:
    assert worth(text) < 0.6


@pytest.mark.parametrize("text", TELLING)
def test_a_line_with_a_redaction_mark_is_worth_nothing(text: str) -> None:
    assert worth(f"{text} [REDACTED:password]") == 0


@given(st.text(max_size=300))
def test_the_worth_of_any_text_is_bounded(text: str) -> None:
    assert 0 <= worth(text) <= 4
