"""The passages that are chosen say much, differ, and stay within their length."""

from datetime import UTC, datetime, timedelta

from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.passages import Passage, passages_of
from tests.stages.day_summaries.drawn_days import screen

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
ROOF, DATE, LADDER = (
    "The roof costs 9,000 EUR.",
    "Lena comes on Friday at 10:00.",
    "Order SHOP-12 of ladders failed again.",
)


def _passages(*screens: str) -> list[Passage]:
    return passages_of([screen(str(n), text, START + timedelta(minutes=n)) for n, text in enumerate(screens)])


def _chosen(passages: list[Passage], count: int = 3, longest_words: int = 60) -> set[str]:
    return {passage.text for passage in choose(passages, count, longest_words=longest_words)}


def test_what_was_read_twice_with_a_slip_is_chosen_once() -> None:
    assert len(_chosen(_passages(ROOF, "The roof costs 9,000 FUR.", DATE))) == 2


def test_all_that_is_chosen_stays_within_the_words() -> None:
    assert _chosen(_passages(f"{ROOF}\n{DATE}\n{LADDER}"), longest_words=12) < {ROOF, DATE, LADDER}
    assert _chosen(_passages(f"{ROOF}\n{DATE}\n{LADDER}"), longest_words=4) == set()


def test_what_stands_elsewhere_too_gives_way() -> None:
    passages = _passages(f"{ROOF}\n{DATE}")
    assert {p.text for p in choose(passages, 1, elsewhere={ROOF: 3.0})} == {DATE}
    assert {p.text for p in choose(passages, 1, elsewhere={DATE: 3.0})} == {ROOF}


def test_of_nothing_nothing_is_chosen() -> None:
    assert choose([], 3) == []
