"""An activity gets a title and up to three quoted sentences, each with frames that show it."""

import pytest

from recall_assets.stages.sentences import describe
from recall_assets.stages.sentences.words import tokens_of
from tests.stages.day_summaries.drawn_days import Drawn, drawn

DAYS = {
    "a carpenter": "laptop 08:00-09:00 Stairs planning Stairs for Okafor - Sheets - Browser | "
    "File / Edit / View / Oak treads 14 pieces at 31.50 EUR / Total 441.00 EUR || "
    "File / Edit / View / The delivery of the oak comes on 12 May before noon. / Call Amir about the handrail",
    "a nurse": "ward-pc 20:00-21:00 - other Shift book | "
    "Bed 4: Mrs Lind takes 20 mg of the new drug until Friday. / Menu Print Logout || "
    "Bed 7: temperature 38.4 at 20:15, doctor informed. / Menu Print Logout",
    "a student": "tablet 10:00-12:00 Thesis writing chapter4.tex - Some Editor | "
    "\\begin{figure}[h] / We agreed to send the draft of chapter four before the weekend. || "
    "The interviews show that nine of twelve farmers use the forecast daily.",
}


@pytest.fixture(params=list(DAYS.values()), ids=list(DAYS))
def day(request: pytest.FixtureRequest) -> Drawn:
    return drawn(str(request.param))


def test_an_activity_has_a_title_and_one_to_three_sentences_with_frames_that_show_them(day: Drawn) -> None:
    texts = {frame.id: frame.text for frame in day.frames}
    for activity in day.activities:
        assert activity.title
        assert 1 <= len(activity.sentences) <= 3
        for sentence in activity.sentences:
            assert 1 <= len(sentence.sources) <= 5
            for source in sentence.sources:
                assert set(tokens_of(sentence.text)) <= set(tokens_of(texts[source.id]))


def test_menus_and_code_are_not_quoted(day: Drawn) -> None:
    said = " ".join(activity.summary for activity in day.activities)
    for furniture in ("File", "Menu", "begin", "Logout"):
        assert furniture not in said


def test_describing_twice_in_any_order_says_the_same(day: Drawn) -> None:
    for activity in day.activities:
        assert describe(activity, list(reversed(day.frames))) == activity


def test_frames_of_other_activities_are_not_looked_at() -> None:
    day = drawn(
        "laptop 08:00-09:00 - other Roof offer | The roof costs 9,000 EUR in all.\n"
        "laptop 09:00-10:00 - other Garden list | Twelve guests come on Sunday at 15:00."
    )
    roof = describe(day.activities[0], day.frames)
    assert roof.summary == "The roof costs 9,000 EUR in all."


def test_an_activity_without_text_or_titles_is_named_by_its_kind_and_says_nothing() -> None:
    day = drawn("laptop 08:00-09:00 - code-review x |  ")
    silent = describe(day.activities[0], [])
    assert (silent.title, silent.sentences) == ("Code review", ())


def test_a_redacted_value_is_never_quoted() -> None:
    day = drawn(
        "laptop 08:00-09:00 - email Mail | Your password is [REDACTED:password] until 3 March. / The roof is dry."
    )
    assert "REDACTED" not in day.activities[0].summary
