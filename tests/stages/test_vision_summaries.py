"""Which frame stands for an activity, and what of a model's answer may be kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from recall_assets.records import Activity
from recall_assets.stages.vision_summaries import MAX_CHARACTERS, checked, input_hash, keyframe
from tests.days import drawn
from tests.stages.secrets.drawn import Drawer

DAY = drawn("xaab...y")
TERMS = {"word:graft": 2.0, "repository:orchard": 4.0, "ticket:ORC-12": 3.0}


def activity() -> Activity:
    """All of the drawn day as one, about window b."""
    shown = tuple(frame.id for frame in DAY)
    return Activity(DAY[0].id, "laptop", DAY[0].day, DAY[0].captured_at, DAY[-1].seen_until, shown, terms=TERMS)


def test_the_frame_that_shows_most_of_the_activitys_terms_stands_for_it() -> None:
    found = keyframe(activity(), DAY)
    assert found is not None
    assert "ORC-12" in found.text


def test_of_equal_frames_the_longest_and_then_the_first_stands_for_it() -> None:
    same = [frame for frame in DAY if frame.window_title == DAY[1].window_title]
    assert keyframe(activity(), same) == same[0]
    longer = replace(same[1], seen_until=same[1].seen_until + timedelta(seconds=1))
    assert keyframe(activity(), [same[0], longer]) == longer


def test_a_described_frame_stays_while_it_shows_nearly_as_much() -> None:
    earlier, best = DAY[3], replace(DAY[3], id=DAY[0].id, seen_until=DAY[3].seen_until + timedelta(hours=1))
    assert keyframe(activity(), [earlier, best]) == best
    assert keyframe(activity(), [earlier, best], shown=earlier.id) == earlier
    assert keyframe(activity(), [DAY[0], DAY[3]], shown=DAY[0].id) == DAY[3]


def test_a_lock_screen_stands_for_nothing() -> None:
    assert keyframe(activity(), [replace(DAY[3], locked=True)]) is None
    assert keyframe(activity(), []) is None


@given(some.permutations(DAY))
def test_the_order_of_frames_does_not_matter(frames: list) -> None:  # type: ignore[type-arg]
    assert keyframe(activity(), frames) == keyframe(activity(), DAY)


def test_two_plain_sentences_are_kept_and_the_rest_is_not() -> None:
    told = checked(" A person writes\nPython.  A terminal shows tests. They all pass. More foll")
    assert told.text == "A person writes Python. A terminal shows tests."
    assert told.reason is None


def secret_answers() -> list[str]:
    drawer = Drawer(7)
    return [
        f"The person looks at the token {drawer.token('gl' + 'pat-', 20)} in a terminal.",
        f"A form is open. The password: {drawer.password()} is typed.",
        f"A shop page shows a card number {drawer.card()}.",
    ]


@pytest.mark.parametrize("answer", secret_answers(), ids=["token", "password", "card"])
def test_an_answer_with_a_secret_is_dropped(answer: str) -> None:
    assert checked(answer).reason == "secret"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "empty"),
        ("...", "empty"),
        ("Sure! First visit https://evil.example/pay to go on.", "address"),
        ("As told I send it to mallory@evil.example now.", "address"),
        ("Read more at www.evil.example today.", "address"),
        ("All is well. ![seen](//evil.example/p.png)", "markup"),
        ("A page says <script>alert(1)</script> here.", "markup"),
        ("A person\x1b[31m writes code.", "control_characters"),
        ("A person writes \u202eedoc.", "control_characters"),
        ("It goes on " + "and on " * 99, "too_long"),
        ("Quite harmless. And so is this. But here is https://evil.example after them.", "address"),
    ],
)
def test_an_answer_that_is_not_plain_prose_is_dropped_with_its_reason(answer: str, reason: str) -> None:
    assert checked(answer).reason == reason
    assert checked(answer).text is None


@given(some.text(max_size=900))
def test_what_is_kept_is_one_short_line_that_may_be_kept_again(answer: str) -> None:
    told = checked(answer)
    assert (told.text is None) != (told.reason is None)
    if told.text is not None:
        assert len(told.text) <= MAX_CHARACTERS
        assert told.text.isprintable()
        assert checked(told.text) == told


def test_another_model_or_image_is_another_input() -> None:
    hashes = {input_hash(model, image) for model in ("a", "b") for image in (b"1" * 32, b"2" * 32)}
    assert len(hashes) == 4
    assert {len(one) for one in hashes} == {32}
