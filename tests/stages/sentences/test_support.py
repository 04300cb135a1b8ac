"""What a sentence may say: every number, name, identifier and address must stand in a source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.sentences.support import unsupported

SOURCE = """Order SHOP-412 by Lena Okafor: 48,600 EUR are due on 20 November 2026 at 23:30.
See https://shop.test/orders/412 or write to lena@shop.test; round_once() in src/cart/total.py, ExportRow"""


@pytest.mark.parametrize(
    "sentence",
    [
        "Lena Okafor asked for 48600 EUR by 20 November.",
        "SHOP-412: “48,600 EUR are due”; “at 23:30”.",
        "Okafor's order 412 names ExportRow and round_once.",
        "Worked on SHOP-412, then wrote to lena@shop.test.",
        "It is at https://shop.test/orders/412.",
        "Nothing particular was said.",
        "Order, as I said, by Lena.",
    ],
)
def test_what_the_source_says_may_be_said(sentence: str) -> None:
    assert unsupported(sentence, [SOURCE]) == []


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("Lena Okafor asked for 48,601 EUR.", ["48,601"]),
        ("Due at 23:31.", ["23:31"]),
        ("Then Lena Miller agreed.", ["Miller"]),
        ("Miller agreed.", ["Miller"]),
        ("It is at https://shop.test/orders/413.", ["https://shop.test/orders/413"]),
        ("She wrote to okafor@shop.test.", ["okafor@shop.test"]),
        ("SHOP-413 is about round_twice and ImportRow.", ["SHOP-413", "round_twice", "ImportRow"]),
        ("The key is [REDACTED:api_key].", ["[REDACTED:api_key]"]),
        ("It took 4 h.", ["4"]),
    ],
)
def test_what_no_source_says_is_named(sentence: str, claims: list[str]) -> None:
    assert unsupported(sentence, [SOURCE]) == claims


def test_parts_of_a_sentence_may_stand_in_different_sources() -> None:
    assert unsupported("Lena met Amir at 14:00.", ["Lena", "Amir", "14:00"]) == []


def test_without_sources_every_particular_is_unsupported() -> None:
    assert unsupported("On Ledger 5 min.", []) == ["Ledger", "5"]


@given(st.text(max_size=200))
def test_a_text_supports_itself(text: str) -> None:
    assert unsupported(text, [text]) == []


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=100))
def test_more_sources_never_make_a_claim_unsupported(sentence: str, one: str, other: str) -> None:
    assert set(unsupported(sentence, [one, other])) <= set(unsupported(sentence, [one]))


@given(st.integers(min_value=0, max_value=10**9))
def test_a_number_is_never_supported_by_another_number(number: int) -> None:
    assert unsupported(f"it was {number}", [f"{number + 1} {number}0 1{number}"]) == [str(number)]
