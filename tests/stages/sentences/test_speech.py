"""What was said is quoted beside what was shown, as said, and cited by its transcript."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recall_assets.records import DeploymentDay, SourceKind
from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.day_summaries.evidence import evidence_of
from recall_assets.stages.sentences import describe
from recall_assets.stages.sentences.support import unsupported
from tests.speech import said
from tests.stages.day_summaries.drawn_days import DAY, drawn, summary_of

CALL = drawn(
    "laptop 09:00-09:40 Orchard meeting Weekly call - Meet - Browser | Leave call / Mute / Mara || Leave call / Mute"
)
AT = CALL.activities[0].start_at
NAMES_AND_COSTS = (("Lena", 410), ("The port", 1200), ("Harbor Freight", 75), ("Our landlord", 930), ("Jonas", 64))
WORDS = "The export for Harbor Freight failed again, so we fix it before Wednesday."


@pytest.mark.parametrize(("speaker", "by"), [("me", "said by me"), ("others", "said by others"), (None, "said")])
def test_an_activity_says_who_said_it(speaker: str | None, by: str) -> None:
    spoken = said(WORDS, AT + timedelta(minutes=3), speaker=speaker)
    described = describe(CALL.activities[0], CALL.frames, [spoken])
    (sentence,) = (s for s in described.sentences if s.sources[0].kind is SourceKind.TRANSCRIPT)
    assert sentence.text == f"{WORDS[:-1]} ({by})."
    assert [source.id for source in sentence.sources] == [spoken.id]
    assert unsupported(sentence.text, [spoken.text]) == []


def test_what_was_said_elsewhere_or_at_another_time_is_not_quoted() -> None:
    others = [said(WORDS, AT, deployment="desktop"), said(WORDS, AT - timedelta(hours=1))]
    assert describe(CALL.activities[0], CALL.frames, others) == describe(CALL.activities[0], CALL.frames)


def test_a_days_summary_quotes_speech_and_cites_it() -> None:
    spoken = said(WORDS, AT + timedelta(minutes=3))
    activities = [describe(one, CALL.frames, [spoken]) for one in CALL.activities]
    summary = summary_of(DeploymentDay("laptop", DAY), activities, CALL.projects, CALL.frames, [spoken])
    assert summary is not None
    (sentence,) = (s for s in summary.sentences if SourceKind.TRANSCRIPT in {source.kind for source in s.sources})
    assert "said by others “The export for Harbor Freight failed again" in sentence.text
    assert len(sentence.sources) <= 5
    day = day_of(activities, CALL.projects, CALL.frames, [spoken])
    assert all(unsupported(one.text, evidence_of(one.sources, day)) == [] for one in summary.sentences)


def test_a_redacted_sentence_is_not_quoted() -> None:
    spoken = said("The password is [REDACTED:password] until Friday.", AT + timedelta(minutes=3))
    assert "password" not in describe(CALL.activities[0], CALL.frames, [spoken]).summary


def test_what_was_shown_and_said_is_quoted_once_and_rests_on_both() -> None:
    call = drawn(f"laptop 09:00-09:40 Orchard meeting Weekly call - Meet - Browser | Lena: {WORDS} / Mute")
    spoken = said(WORDS.replace("Freight", "Fright"), AT + timedelta(minutes=3))
    described = [describe(one, call.frames, [spoken]) for one in call.activities]
    summary = summary_of(DeploymentDay("laptop", DAY), described, call.projects, call.frames, [spoken])
    assert summary is not None
    assert "Fright" not in described[0].summary + summary.summary
    for sentence in (described[0].sentences[0], summary.sentences[1]):
        assert "Freight" in sentence.text
        assert {SourceKind.FRAME, SourceKind.TRANSCRIPT} <= {source.kind for source in sentence.sources}
        assert len(sentence.sources) <= 5


@pytest.mark.parametrize(("label", "is_quoted"), [("meeting", True), ("coding", False)])
def test_of_a_meeting_something_that_was_said_is_quoted_however_much_was_shown(label: str, is_quoted: bool) -> None:
    shown = " / ".join(f"{name} agreed to pay {cost} EUR before 4 May." for name, cost in NAMES_AND_COSTS)
    call = drawn(f"laptop 09:00-09:40 Orchard {label} Weekly call - Meet - Browser | {shown}")
    spoken = replace(said("We talked about the harbour a little.", AT + timedelta(minutes=3)), confidence=0.5)
    described = [describe(one, call.frames, [spoken]) for one in call.activities]
    summary = summary_of(DeploymentDay("laptop", DAY), described, call.projects, call.frames, [spoken])
    assert summary is not None
    for sentences in (described[0].sentences, summary.sentences[:2]):
        kinds = {source.kind for sentence in sentences for source in sentence.sources}
        assert (SourceKind.TRANSCRIPT in kinds) is is_quoted
