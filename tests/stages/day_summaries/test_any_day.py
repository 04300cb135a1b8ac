"""What holds for the summary of any day, whatever its screens say."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Activity, DaySummary, Project
from recall_assets.stages.day_summaries.day import day_of, union_length
from recall_assets.stages.day_summaries.evidence import evidence_of
from recall_assets.stages.sentences import describe
from recall_assets.stages.sentences.support import unsupported
from tests.stages.day_summaries.drawn_days import DAY, Drawn, id_of, screen, summary_of

MIDNIGHT = datetime.combine(DAY, time(), UTC)
WORDS = (
    "Lena",
    "agreed",
    "SHOP-12",
    "the roof",
    "48,600 EUR",
    "until Friday.",
    "[REDACTED:token]",
    "= {x};",
    "“so”",
    "É-7",
)
LINES = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=8).map(" ".join)
SCREENS = st.lists(st.lists(LINES, max_size=5).map("\n".join), max_size=3)
STRETCH = st.tuples(
    st.sampled_from(["laptop", "desktop", "work-pc"]),
    st.integers(0, 1380),
    st.integers(1, 60),
    st.sampled_from([None, "Orchard", "R2-D2 plans", "stairs"]),
    st.sampled_from(["coding", "data-analysis", "other"]),
    st.text(max_size=20),
    SCREENS,
)


@st.composite
def days(draw: st.DrawFn) -> Drawn:
    """Any stretches, also on one machine at once, at any offset."""
    offset = timedelta(minutes=15 * draw(st.integers(-48, 56)))
    day = Drawn([], [], [])
    names: set[str] = set()
    for number, (machine, start, length, project, label, title, screens) in enumerate(
        draw(st.lists(STRETCH, min_size=1, max_size=25))
    ):
        begin = MIDNIGHT + timedelta(minutes=start) - offset
        own = [
            screen(
                f"{number}/{place}",
                text,
                begin + timedelta(seconds=place),
                title=title,
                deployment=machine,
                offset=offset,
            )
            for place, text in enumerate(screens)
        ]
        end = begin + timedelta(minutes=length)
        ids = tuple(frame.id for frame in own)
        project_id = id_of(project) if project else None
        names |= {project} if project else set()
        day.frames.extend(own)
        day.activities.append(
            describe(Activity(id_of(f"{number}"), machine, DAY, begin, end, ids, label, project_id=project_id), own)
        )
    day.projects.extend(Project(id_of(name), name, DAY, DAY) for name in sorted(names))
    return day


def _summary(day: Drawn) -> DaySummary:
    summary = summary_of(DAY, day.activities, day.projects, day.frames)
    assert summary
    return summary


@given(days())
def test_it_has_few_sentences_and_each_has_one_to_five_sources_of_the_day(day: Drawn) -> None:
    known = {frame.id for frame in day.frames} | {activity.id for activity in day.activities}
    known |= {project.id for project in day.projects}
    sentences = _summary(day).sentences
    assert 1 <= len(sentences) <= 12
    for sentence in sentences:
        assert 1 <= len(sentence.sources) <= 5
        assert len(set(sentence.sources)) == len(sentence.sources)
        assert {source.id for source in sentence.sources} <= known


@given(days())
def test_no_name_or_number_is_said_that_no_source_has(day: Drawn) -> None:
    whole = day_of(day.activities, day.projects, day.frames)
    for sentence in _summary(day).sentences:
        assert unsupported(sentence.text, evidence_of(sentence.sources, whole)) == []


@given(days())
def test_the_order_of_its_input_makes_no_difference(day: Drawn) -> None:
    other = Drawn(day.activities[::-1], day.projects[::-1], day.frames[::-1])
    assert _summary(day) == _summary(other)


@given(days())
def test_overlaps_count_once(day: Drawn) -> None:
    minutes = {
        activity.start_at + timedelta(minutes=minute)
        for activity in day.activities
        for minute in range((activity.end_at - activity.start_at) // timedelta(minutes=1))
    }
    assert union_length(day.activities) == timedelta(minutes=len(minutes))
    assert _summary(day).facts["active_minutes"] == len(minutes)
