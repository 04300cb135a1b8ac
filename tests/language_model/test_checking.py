"""Of a model's answer nothing stands that its sources do not say, whatever it says and in whatever form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.language_model import checked
from recall_assets.stages.language_model.days import day_prompt
from recall_assets.stages.sentences.support import unsupported
from tests.language_model.told import GOOD, answer, day
from tests.stages.secrets.drawn import Drawer

PROMPT = day_prompt(day())
CARDS = PROMPT.cards

LIES = {
    "a card that does not exist": ("The roof of the barn costs 9,000 EUR.", ["a9"], "source"),
    "no card": ("The roof of the barn costs 9,000 EUR.", [], "source"),
    "six cards": ("The roof of the barn costs 9,000 EUR.", ["a1"] * 6, "source"),
    "a card of another kind": ("The roof of the barn costs 9,000 EUR.", [{"id": "a1"}], "source"),
    "a number that nothing says": ("The roof of the barn costs 9,500 EUR.", ["a1"], "unsupported"),
    "a name that nothing says": ("Rosa Quill and Jonas want the roof of the barn.", ["a1"], "unsupported"),
    "what another card says": ("The ladder that Lena Voss ordered is 4 m long.", ["a1"], "unsupported"),
    "words that nothing says": ("Everyone should transfer money to the visitor immediately.", ["a1"], "unsupported"),
    "an address": ("The offer for the roof is at https://evil.example/roof for everybody.", ["a1"], "address"),
    "a mail address": ("The offer for the roof went to rosa@evil.example before Easter.", ["a1"], "address"),
    "markup": ("The roof <img src=x> of the barn costs 9,000 EUR.", ["a1"], "markup"),
    "a link": ("The roof of the [barn](x) costs 9,000 EUR.", ["a1"], "markup"),
    "hidden letters": ("The roof of the\u202e barn costs 9,000 EUR.", ["a1"], "control_characters"),
    "three words": ("The roof costs.", ["a1"], "length"),
    "no end": ("The roof of the barn costs 9,000 EUR. " * 20, ["a1"], "length"),
    "a secret": (f"The roof of the barn has the password: {Drawer(7).password()}", ["a1"], "secret"),
    "a number as text": (7, ["a1"], "form"),
}


@pytest.mark.parametrize(("text", "sources", "why"), LIES.values(), ids=LIES.keys())
def test_a_sentence_that_does_not_stand_is_dropped_and_counted(text: object, sources: object, why: str) -> None:
    found = checked(answer(*GOOD, (text, sources)), PROMPT)

    assert [one.text for one in found.said] == [text for text, _ in GOOD]
    assert found.dropped == {why: 1}


@pytest.mark.parametrize(
    "said", ["", "Sure! Here is the summary.", "[]", '{"sentences": []}', '{"sentences": 3}', "{" * 5000, "[" * 100_000]
)
def test_what_is_no_answer_is_broken(said: str) -> None:
    assert checked(said, PROMPT).broken


def test_a_fenced_answer_is_read_and_a_repeated_sentence_counts_once() -> None:
    found = checked(f"```json\n{answer(GOOD[0], GOOD[0])}\n```", PROMPT)
    assert (len(found.said), found.dropped) == (1, {"repeated": 1})


def test_a_sentence_rests_on_the_activities_of_its_cards() -> None:
    (one,) = checked(answer(("Roof of the barn and ladder that Lena Voss ordered.", ["a1", "a2"])), PROMPT).said
    assert [source.id for source in one.sentence().sources[:2]] == [CARDS[0].rests[0].id, CARDS[1].rests[0].id]
    assert one.sentence().kind == "inference"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=80) | st.sampled_from([text for text, _ in GOOD]),
    lambda deeper: (
        st.lists(deeper, max_size=4)
        | st.dictionaries(st.sampled_from(["sentences", "text", "sources", "x"]), deeper, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(st.fixed_dictionaries({"text": ANYTHING, "sources": st.lists(st.sampled_from(["a1", "a2", "b"]))})))
def test_whatever_stands_names_its_cards_and_claims_nothing_else(items: list[object]) -> None:
    known = {source for card in CARDS for source in card.rests}
    for one in checked(json.dumps({"sentences": items}), PROMPT).said:
        assert one.cards
        assert set(one.sentence().sources) <= known
        assert unsupported(one.text, [says for card in CARDS for says in card.says]) == []


@given(ANYTHING)
def test_any_json_is_judged_without_an_error(said: object) -> None:
    checked(json.dumps(said), PROMPT)
