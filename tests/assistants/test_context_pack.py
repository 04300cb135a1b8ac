"""What is packed for a model: within its budget, no two near-identical, the best that fit, in their order."""

import re

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.context_pack import Excerpt, alike, pack, token_count

WORDS = st.text("abc ü税…2", max_size=6)
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)
EXCERPTS = st.lists(TEXTS.map(lambda text: Excerpt("frame 1", text)), max_size=20)


def rendered(number: int, excerpt: Excerpt) -> str:
    return f"[{number}] {excerpt.head}\n{excerpt.text}\n"


@given(EXCERPTS, st.integers(0, 400))
def test_a_pack_fits_and_holds_nothing_twice(excerpts: list[Excerpt], budget: int) -> None:
    packed = pack(excerpts, budget, rendered)
    told = "".join(rendered(number, each) for number, each in enumerate(packed, 1))
    assert token_count(told) <= budget
    assert not any(alike(one.text, other.text) for at, one in enumerate(packed) for other in packed[:at])
    places = [excerpts.index(each) for each in packed]
    assert places == sorted(places)


@given(EXCERPTS)
def test_where_there_is_room_only_what_says_the_same_is_left_out(excerpts: list[Excerpt]) -> None:
    packed = pack(excerpts, 1_000_000, rendered)
    left = [each for each in excerpts if each not in packed]
    assert all(
        not re.search(r"\w", each.text) or any(alike(each.text, other.text) for other in packed) for each in left
    )


def test_what_is_too_long_gives_way_to_the_next_that_fits() -> None:
    long, short = Excerpt("day 1", "one two three four five " * 40), Excerpt("frame 2", "another thing entirely")
    assert pack([long, short], 30, rendered) == [short]


def test_tokens_are_counted_on_the_high_side() -> None:
    assert token_count("") == 0
    assert token_count("limiter") == 2
    assert token_count("2026-11-09 14:05") == 2 + 1 + 1 + 1 + 1 + 1 + 1 + 1
    assert token_count("0d3f8a52-9b1e") >= 7
    assert token_count("税") == 3
