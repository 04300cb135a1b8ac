"""Two legs become one list; what says the same is one answer with its span; no activity takes all places."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.search.fusion import LEAST_COSINE, Answer, folded, fused, spread

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
SCORES = st.dictionaries(st.integers(0, 20), st.floats(0.01, 9, allow_nan=False), max_size=10)
COSINES = st.dictionaries(st.integers(0, 20), st.floats(-1, 1, allow_nan=False), max_size=10)


def answer(
    number: int, score: float, *, likeness: int = 0, kind: str = "frame", activity: int = -1, minute: int = 0
) -> Answer:
    start = START + timedelta(minutes=minute)
    span = start, start + timedelta(minutes=1)
    return Answer((1, number), score, kind, *span, bytes([number]), likeness, activity)


@given(SCORES, COSINES)
def test_scores_lie_between_0_and_1_and_each_found_document_has_one(
    text: dict[int, float], cosines: dict[int, float]
) -> None:
    found = fused(text, cosines)
    assert found.keys() == text.keys() | {place for place, cosine in cosines.items() if cosine >= LEAST_COSINE}
    assert all(0 <= score <= 1 + 1e-9 for score in found.values())


@given(SCORES)
def test_one_leg_alone_keeps_its_order(text: dict[int, float]) -> None:
    found = fused(text, {})
    assert sorted(text, key=lambda place: (-text[place], place)) == sorted(found, key=lambda at: (-text[at], at))
    assert all((text[a] < text[b]) <= (found[a] <= found[b]) for a in text for b in text)


def test_what_both_legs_found_stands_before_what_one_found() -> None:
    assert max(fused({1: 2.0, 2: 2.0}, {2: 0.5, 3: 0.5}).items(), key=lambda one: one[1])[0] == 2


def test_near_duplicates_are_one_answer_with_its_span() -> None:
    alike = [answer(1, 0.5, likeness=0b1, minute=40), answer(2, 0.9, likeness=0, minute=20), answer(3, 0.2, minute=0)]
    (kept,) = folded(alike)
    assert (kept.place, kept.score, kept.count) == ((1, 2), 0.9, 3)
    assert (kept.start_at, kept.end_at) == (START, START + timedelta(minutes=41))


def test_kinds_and_texts_that_differ_stay_apart() -> None:
    answers = [answer(1, 0.9), answer(2, 0.8, kind="transcript"), answer(3, 0.7, likeness=0xFFFF)]
    assert [one.place[1] for one in folded(answers)] == [1, 2, 3]


def test_bits_are_compared_whatever_their_sign() -> None:
    assert len(folded([answer(1, 0.9, likeness=-1), answer(2, 0.8, likeness=0)])) == 2
    assert len(folded([answer(1, 0.9, likeness=-1), answer(2, 0.8, likeness=-2)])) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(-(2**63), 2**63 - 1)), max_size=20))
def test_folding_loses_no_answer_and_is_done_once(drawn: list[tuple[float, int]]) -> None:
    once = folded([answer(n, score, likeness=bits) for n, (score, bits) in enumerate(drawn)])
    assert sum(one.count for one in once) == len(drawn)
    assert [one.score for one in once] == sorted((one.score for one in once), reverse=True)


def test_further_answers_of_an_activity_make_room_for_others() -> None:
    answers = [answer(1, 1.0, activity=5), answer(2, 0.98, activity=5), answer(3, 0.95, activity=6)]
    assert [one.place[1] for one in spread(answers)] == [1, 3, 2]
