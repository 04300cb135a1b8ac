"""A day's summary counts right, quotes the screens, and says nothing that its sources do not."""

from datetime import date, timedelta

from recall_assets.records import DaySummary, DeploymentDay, SourceKind
from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.day_summaries.evidence import evidence_of
from recall_assets.stages.sentences.support import unsupported
from tests.stages.day_summaries.drawn_days import DAY, Drawn, drawn, summary_of

WORKSHOP = """
laptop  07:44-08:30 Orchard coding   SHOP-12 Total differs - Tracker - Browser | Total must be 845.90 EUR / Save Close
laptop  08:40-09:00 -       email    Inbox - Post - Browser | Mrs Lind asks for the offer until 20 November.
desktop 08:00-09:30 Stairs  planning Stairs for Okafor - Sheets | Oak treads 14 pieces at 31.50 EUR || Call Amir by noon
desktop 10:00-11:05 Orchard code-review Round the total (!231) - Forge - Browser | Lena approved it, 41 tests passed.
"""


def _of_laptop(day: Drawn) -> DaySummary:
    summary = summary_of(DeploymentDay("laptop", DAY), day.activities, day.projects, day.frames)
    assert summary
    return summary


def _of_person(day: Drawn) -> DaySummary:
    summary = summary_of(DAY, day.activities, day.projects, day.frames)
    assert summary
    return summary


def test_facts_count_minutes_once_where_machines_overlap() -> None:
    facts = _of_person(drawn(WORKSHOP)).facts
    assert facts["active_minutes"] == 106 + 65  # 07:44 to 09:30 on both machines together, then 10:00 to 11:05
    assert facts["machines"] == {"desktop": 155, "laptop": 66}
    assert facts["labels"] == {"planning": 90, "code-review": 65, "coding": 46, "email": 20}
    assert [(row["name"], row["minutes"]) for row in facts["projects"]] == [  # type: ignore[attr-defined]
        ("Orchard", 111),
        ("Stairs", 90),
        (None, 20),
    ]
    assert facts["apps"] == {"browser": 171}
    assert (facts["first_at"], facts["last_at"]) == ("2026-03-04T07:44:00+01:00", "2026-03-04T11:05:00+01:00")


def test_the_first_sentence_says_how_long_and_on_what() -> None:
    day = drawn(WORKSHOP)
    assert _of_laptop(day).sentences[0].text == (
        "1 h 6 min on laptop between 07:44 and 09:00: 46 min on Orchard and 20 min without a project."
    )
    assert _of_person(day).sentences[0].text == (
        "2 h 51 min on desktop and laptop between 07:44 and 11:05: 1 h 51 min on Orchard, 1 h 30 min on Stairs and"
        " 20 min without a project."
    )


def test_a_day_of_more_projects_than_sources_counts_what_it_names() -> None:
    day = drawn("\n".join(f"laptop {8 + n:02}:00-{8 + n:02}:{50 - n} P{n} coding Roof |" for n in range(7)))
    assert _of_person(day).sentences[0].text == (
        "The main work took 4 h on laptop between 08:00 and 12:46: 50 min on P0, 49 min on P1, 48 min on P2,"
        " 47 min on P3 and 46 min on P4."
    )


def test_a_projects_further_sentences_name_it_too() -> None:
    day = drawn("laptop 08:00-08:30 Roof coding Rafters |\nlaptop 09:00-09:30 Roof planning Tiles |")
    assert [sentence.text for sentence in _of_laptop(day).sentences[1:]] == [
        "Roof: Rafters, coding from 08:00 to 08:30 (30 min).",
        "Also on Roof: Tiles, planning from 09:00 to 09:30 (30 min).",
    ]


def test_quotes_stand_in_order_of_time() -> None:
    first, second = "Amir calls about the twelve ladders at 12:30", "Lena paid 9,000 EUR for the roof on 3 March"
    day = drawn(f"laptop 08:00-09:00 - email Mail | {first}. || {second}.")
    said = _of_laptop(day).sentences[1].text
    assert said.endswith(f"“{first}”; “{second}”.")


def test_a_sentence_that_was_read_in_two_ways_is_quoted_as_it_was_read_most() -> None:
    good, bad = (
        "Lena ordered twelve ladders from the shop in town.",
        "Lena orderfd twelve ladders from the shop in town.",
    )
    day = drawn(f"laptop 08:00-08:30 - email Mail | {good} || {good} / 1\nlaptop 09:00-09:30 - email Post | {bad}")
    said = _of_laptop(day).summary
    assert good.rstrip(".") in said
    assert "orderfd" not in said


def test_every_activity_is_told_with_its_project_times_and_words_of_its_screens() -> None:
    said = _of_person(drawn(WORKSHOP)).summary
    for words in ("Orchard: SHOP-12 Total differs", "07:44 to 08:30", "“Oak treads 14 pieces at 31.50 EUR”", "!231"):
        assert words in said
    assert said.index("Orchard: ") < said.index("Stairs: ") < said.index("Without a project: ")


def test_a_day_with_enough_to_say_has_five_sentences() -> None:
    makers = ("Adler", "Birke", "Cedar", "Dahlia", "Erle", "Fichte", "Ginster", "Hasel", "Iris", "Jasmin", "Kiefer")
    orders = (
        f"Lena ordered {count} ladders for {count * 7}.50 EUR from {maker}." for count, maker in enumerate(makers)
    )
    summary = _of_laptop(drawn(f"laptop 08:00-09:00 - shopping Ladders | {' / '.join(orders)}"))
    assert 5 <= len(summary.sentences) <= 12
    assert len({sentence.text for sentence in summary.sentences}) == len(summary.sentences)


def test_thirty_activities_fit_into_twelve_sentences_and_each_project_speaks() -> None:
    picture = "\n".join(
        f"laptop {8 + number // 4:02}:{number % 4 * 15:02}-{8 + number // 4:02}:{number % 4 * 15 + 14:02}"
        f" P{number % 4} coding Roof part {number} | Part {number} of the roof costs {number}00 EUR."
        for number in range(30)
    )
    summary = _of_laptop(drawn(picture))
    assert len(summary.sentences) == 12
    assert all(f"P{number}: " in summary.summary for number in range(4))


def test_sentences_rest_on_sources_that_say_what_they_say() -> None:
    day = drawn(WORKSHOP)
    for summary in (_of_laptop(day), _of_person(day)):
        own = [activity for activity in day.activities if summary.deployment_id in {None, activity.deployment_id}]
        whole = day_of(own, day.projects, day.frames)
        for sentence in summary.sentences:
            assert unsupported(sentence.text, evidence_of(sentence.sources, whole)) == []


def test_times_are_those_of_the_machines_own_clock() -> None:
    day = drawn("laptop 00:05-23:55 - reading Night watch | The watch ended quietly.", offset=timedelta(hours=13))
    assert "between 00:05 and 23:55" in _of_laptop(day).sentences[0].text


def test_a_day_without_activities_has_no_summary() -> None:
    day = drawn(WORKSHOP)
    assert summary_of(DeploymentDay("tablet", DAY), day.activities, day.projects, day.frames) is None
    assert summary_of(date(2026, 3, 5), day.activities, day.projects, day.frames) is None
    assert summary_of(DAY, [], [], []) is None


def test_screens_without_text_are_still_counted() -> None:
    day = drawn("laptop 09:00-09:30 - meeting Call | ")
    (headline, told) = _of_laptop(day).sentences
    assert headline.text == "30 min on laptop between 09:00 and 09:30: 30 min without a project."
    assert told.text == "Without a project: Call, meeting from 09:00 to 09:30 (30 min)."
    assert [source.kind for source in told.sources] == [SourceKind.ACTIVITY]


def test_a_redaction_mark_is_never_quoted() -> None:
    day = drawn(
        "laptop 09:00-09:30 - email Mail | The code is [REDACTED:otp] until 10:00. / Mrs Lind wrote at 09:10 again."
    )
    assert "REDACTED" not in _of_laptop(day).summary


def test_neighbours_of_one_kind_that_share_a_sentence_are_told_as_one() -> None:
    picture = "\n".join(
        f"laptop {8 + number // 4:02}:{number % 4 * 15:02}-{8 + number // 4:02}:{number % 4 * 15 + 14:02}"
        f" Roof coding {'Rafters' if number < 20 else 'Tiles'} | Part {number} of the roof costs {number}00 EUR."
        for number in range(22)
    )
    said = _of_laptop(drawn(picture)).summary
    assert "Rafters, coding from 08:00 to 08:29 (28 min)" in said
    assert "; then " not in said
