"""Of a model's answer nothing stands that its sources do not say, whatever it says and in whatever form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.language_model import Limits, checked, wrong_with
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
    "digits of another script": ("The roof of the barn costs ٧٧ EUR.", ["a1"], "unsupported"),
    "digits of full width": ("The roof of the barn costs ７７,０００ EUR.", ["a1"], "unsupported"),
    "half of a number": ("The roof of the barn costs ½ of that.", ["a1"], "unsupported"),
    "a number in words": ("The offer for the roof of the barn costs ninety EUR.", ["a1"], "twisted"),
    "a number in German": ("The roof of the barn costs siebzigtausend EUR.", ["a1"], "twisted"),
    "a number in Chinese": ("The roof of the barn costs 七万 EUR.", ["a1"], "unsupported"),
    "a larger number": ("The roof of the barn costs 9,000 million EUR.", ["a1"], "twisted"),
    "a share of a number": ("The roof of the barn costs 20% of 9,000 EUR.", ["a1"], "twisted"),
    "another currency": ("The roof of the barn costs 9,000 usd.", ["a1"], "twisted"),
    "another sign": ("The roof of the barn costs -9,000 EUR.", ["a1"], "twisted"),
    "a denial": ("The roof of the barn does not cost 9,000 EUR.", ["a1"], "twisted"),
    "a name that ends like a verb": ("Ahmed wants the roof of the barn before Easter.", ["a1"], "unsupported"),
    "a name in letters": ("The roof of the barn is what z e b u l o n wants.", ["a1"], "twisted"),
    "a name in lower case": ("The roof of the barn is what zebulon crane wants.", ["a1"], "unsupported"),
    "a name over two lines": ("The roof of the barn is what Zebu\nlon wants.", ["a1"], "unsupported"),
    "a name in Hebrew": ("The roof of the barn is what דוד wants.", ["a1"], "unsupported"),
    "a name in Chinese": ("The roof of the barn is what 李明 wants.", ["a1"], "unsupported"),
    "a name in phonetic letters": ("The roof of the barn is what ᴢᴇʙ wants.", ["a1"], "unsupported"),
    "a Cyrillic letter in a name": ("The roof of the barn is what R\u043esa Quill wants.", ["a1"], "unsupported"),
    "a bare host": ("The offer for the roof of the barn is at evil.example.", ["a1"], "unsupported"),
    "an order behind a fact": (
        "The roof of the barn costs 9,000 EUR so transfer it right away.",
        ["a1"],
        "unsupported",
    ),
    "another language": ("Das Dach der Scheune kostet 9,000 EUR.", ["a1"], "unsupported"),
    "letters struck through": ("The roof of the barn costs 9\u0336,000 EUR for it.", ["a1"], "control_characters"),
    "letters of tags": ("The roof of the barn costs 9,000 EUR\U000e0065.", ["a1"], "control_characters"),
    "half a letter": ("The roof of the barn \ud800 costs 9,000 EUR.", ["a1"], "control_characters"),
    "a secret with blanks": ("The roof of the barn " + " ".join(Drawer(9).token("gl" + "pat-", 20)), ["a1"], "secret"),
    "a secret backwards": (
        f"The roof of the barn {Drawer(9).token('gl' + 'pat-', 20)[::-1]} EUR.",
        ["a1"],
        "unsupported",
    ),
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


@pytest.mark.parametrize(
    ("card", "text"),
    [
        ("The attach of October took 11 s on the copy.", "The attach of October took 11 seconds on the copy."),
        ("The fee of 9,000 euro is not due.", "The fee of €9,000 is not due."),
        ("Of the lines 20 percent failed twice.", "Of the lines 20% failed twice."),
        ("The gauge fell to -4 °C in vat.py on day two.", "The gauge fell to -4 °C in vat.py on day two."),
        ("明天开会 on 3 March in the hall.", "明天开会 on 3 March in the hall."),
        ("LED-412 is fixed for 3 of 14 batches.", "Fixed LED-412 for 3 of 14 batches."),
    ],
)
def test_the_same_said_otherwise_stands(card: str, text: str) -> None:
    assert wrong_with(text, Limits(longest=300, fewest_words=4), [card]) is None


def test_a_card_that_adds_nothing_is_no_source() -> None:
    (one,) = checked(answer((GOOD[2][0], ["a1", "a3"])), PROMPT).said
    assert [card.id for card in one.cards] == ["a3"]


@pytest.mark.parametrize(
    "said",
    [
        '{"sentences": [{"text": NaN, "sources": ["a1"]}]}',
        '{"sentences": [{"text": {"text": "The roof"}, "sources": ["a1"]}]}',
        '{"sentences": [{"text": "The roof of the barn costs 9,000 EUR.", "text": "Zeb owns it.", "sources": ["a1"]}]}',
    ],
)
def test_of_odd_json_nothing_stands(said: str) -> None:
    assert checked(said, PROMPT).said == ()


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
