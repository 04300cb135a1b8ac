"""Utterances become sentences, and secrets leave them wherever the engine happened to break off."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Utterance
from recall_assets.stages.transcripts import (
    detect_spoken,
    joined,
    redact_sentences,
    speaker_of,
    whole_sentences,
)


def said(text: str, start: float, end: float, confidence: float = 0.8) -> Utterance:
    return Utterance(start, end, text, confidence, "en")


def test_what_goes_on_is_one_sentence() -> None:
    (whole,) = whole_sentences([said("round half on", 0, 3, 0.9), said("the total.", 3.2, 4.2, 0.5)])
    assert whole == Utterance(0, 4.2, "round half on the total.", pytest.approx(0.8), "en")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (said("It failed.", 0, 3), said("Again?", 3.1, 4)),
        (said("It failed", 0, 3), said("again?", 5, 6)),
        (said("It failed", 0, 3), said("again and again", 3, 31)),
    ],
)
def test_an_end_a_pause_and_a_long_talk_stay_apart(first: Utterance, second: Utterance) -> None:
    assert whole_sentences([first, second]) == [first, second]


def test_a_secret_that_reaches_over_two_sentences_leaves_both_and_is_kept_once() -> None:
    sentences = ["My card is 4000 0092", "9164 4626. Thanks."]
    first, second = redact_sentences(sentences, detect_spoken(joined(sentences)))
    assert (first.text, second.text) == ("My card is [REDACTED:card]", "[REDACTED:card]. Thanks.")
    assert [value for _, value in first.found] == ["4000 0092 9164 4626"]
    assert second.found == ()


def test_microphone_is_me_and_system_sound_are_others() -> None:
    assert [speaker_of(source) for source in ("microphone", "system", "mixed")] == ["me", "others", None]


WORDS = st.lists(
    st.sampled_from(["yes", "four", "two", "password", "is", "4000 0092 9164 4626", "H7.", "no."]), min_size=1
)


@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=6))
def test_nothing_found_stays_and_nothing_else_goes(sentences: list[str]) -> None:
    findings = detect_spoken(joined(sentences))
    redacted = redact_sentences(sentences, findings)
    assert len(redacted) == len(sentences)
    assert sum(len(one.found) for one in redacted) == len(findings)
    if not findings:
        assert [one.text for one in redacted] == sentences
    assert all(one.end <= other.start for one, other in pairwise(findings))
    whole = joined([one.text for one in redacted])
    assert all(joined(sentences)[one.start : one.end] not in whole for one in findings if one.kind == "card")
