"""The timeline's read layer over a told day: what pages, API and MCP are given."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, insert, update

from recall_assets.records import DeploymentDay
from recall_assets.store import activities
from recall_assets.store.tables import activities as activity_table
from recall_assets.store.tables import deployments, frames, project_aliases
from recall_assets.store.tables import projects as project_table
from recall_assets.store.timeline.activities import read_activity
from recall_assets.store.timeline.days import newest_day, read_day
from recall_assets.store.timeline.frames import image_ref, read_frame, read_reel
from recall_assets.store.timeline.projects import read_project, read_projects
from recall_assets.store.timeline.rows import home_zone
from recall_assets.store.timeline.spans import first_and_last_day, read_glances, read_spans
from tests.store.stored_days import CODE, activity, add_deployment, at
from tests.told_day import ABOUT_BUG, BUG, DAY, FRAMES, LEDGER, PIN, SPOKEN, STANDUP, tell

BERLIN_WINTER = timedelta(hours=1)


@pytest.fixture
def told(database: Engine) -> Iterator[Connection]:
    """A connection to a database that holds the told day."""
    with database.begin() as connection:
        tell(connection)
        yield connection


def test_a_day_has_lanes_activities_and_the_summary_over_all_machines(told: Connection) -> None:
    day = read_day(told, DAY)
    assert {one.id for one in day.activities} == {BUG, STANDUP}
    assert [(lane.machine.id, lane.frames) for lane in day.lanes] == [("desktop", 1), ("laptop", 2)]
    assert day.summary is not None
    assert day.summary.sentences[0].id == ABOUT_BUG
    assert (day.earlier, day.later) == (None, None)


def test_times_are_those_of_the_clock_of_the_machine(told: Connection) -> None:
    bug = next(one for one in read_day(told, DAY).activities if one.id == BUG)
    assert bug.start_at.utcoffset() == BERLIN_WINTER
    assert bug.start_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_activity_shows_a_picture_that_is_kept_before_others_one_that_a_sentence_rests_on(told: Connection) -> None:
    def picture_of_bug() -> UUID | None:
        return next(one for one in read_day(told, DAY).activities if one.id == BUG).picture

    assert picture_of_bug() is None  # no image of it is kept
    told.execute(update(frames).where(frames.c.id == FRAMES[1]).values(image_ref="x"))
    assert picture_of_bug() == FRAMES[1]
    told.execute(update(frames).where(frames.c.id == FRAMES[0]).values(image_ref="x"))
    assert picture_of_bug() == FRAMES[0]


def test_a_frame_that_is_not_read_yet_waits_in_its_lane(told: Connection) -> None:
    told.execute(update(frames).where(frames.c.id == FRAMES[2]).values(activity_id=None))
    lane = read_day(told, DAY).lanes[0]
    assert lane.pending == 1
    assert lane.pending_from == datetime(2026, 3, 2, 9, 2, tzinfo=UTC)


def test_frames_that_were_left_out_of_a_cut_day_wait_for_nothing(told: Connection) -> None:
    told.execute(update(frames).where(frames.c.id == FRAMES[0]).values(activity_id=None))
    assert read_day(told, DAY).lanes[1].pending == 0


def test_days_beside_a_day_are_the_nearest_with_an_activity(told: Connection) -> None:
    for day in (date(2026, 2, 20), date(2026, 3, 9)):
        activities.replace_day(told, DeploymentDay("laptop", day), [activity(f"on {day}", 0, 9, day=day)], CODE)
    shown = read_day(told, DAY)
    assert (shown.earlier, shown.later) == (date(2026, 2, 20), date(2026, 3, 9))
    assert newest_day(told) == date(2026, 3, 9)
    assert first_and_last_day(told) == (date(2026, 2, 20), date(2026, 3, 9))


def test_a_day_without_anything_is_empty(told: Connection) -> None:
    day = read_day(told, date(2020, 1, 1))
    assert (day.activities, day.lanes, day.summary, day.later) == ((), (), None, DAY)


def test_glances_hold_the_first_sentence_and_spans_the_blocks(told: Connection) -> None:
    glance = read_glances(told, DAY, DAY)[DAY]
    assert glance.frames == 3
    assert glance.sentence is not None
    assert (glance.sentence.id, glance.sentence.text) == (ABOUT_BUG, "A rounding bug took 20 minutes.")
    assert {one.id for one in read_spans(told, DAY, DAY)} == {BUG, STANDUP}
    assert all(one.start_at.utcoffset() == BERLIN_WINTER for one in read_spans(told, DAY, DAY))


def test_an_activity_page_holds_frames_speech_and_what_was_hidden(told: Connection) -> None:
    bug, standup = read_activity(told, BUG), read_activity(told, STANDUP)
    assert bug is not None
    assert standup is not None
    assert [moment.id for moment in bug.moments] == [FRAMES[0], FRAMES[1]]
    assert bug.hidden == {"token": 1}
    assert bug.spoken == ()
    assert [(spoken.id, spoken.speaker) for spoken in standup.spoken] == [(SPOKEN, "me")]
    assert read_activity(told, uuid4()) is None


def test_neighbours_of_an_activity_are_on_the_same_machine(told: Connection) -> None:
    first, second = activity("first", 0, 9, day=DAY), activity("second", 10, 19, day=DAY)
    activities.replace_day(told, DeploymentDay("laptop", DAY), [first, second], CODE)
    page = read_activity(told, second.id)
    assert page is not None
    assert (page.earlier, page.later) == (first.id, None)


def test_a_frame_is_shown_with_its_text_and_activity(told: Connection) -> None:
    frame = read_frame(told, FRAMES[1])
    assert frame is not None
    assert (frame.text, frame.activity_id, frame.hidden) == ("[REDACTED:token]", BUG, {"token": 1})
    assert frame.captured_at.utcoffset() == BERLIN_WINTER
    unread = read_frame(told, FRAMES[2])
    assert unread is not None
    assert (unread.text, unread.made) == ("", None)
    assert read_frame(told, PIN) is None


def test_a_reel_holds_the_pictures_of_one_monitor(told: Connection) -> None:
    told.execute(update(frames).where(frames.c.id.in_(FRAMES[:2])).values(image_ref="x", image_sha256=b"1"))
    assert [one.id for one in read_reel(told, "laptop", DAY, 0)] == [FRAMES[0], FRAMES[1]]
    assert read_reel(told, "laptop", DAY, 1) == []
    stored = image_ref(told, FRAMES[0])
    assert stored is not None
    assert stored.ref == "x"
    assert image_ref(told, FRAMES[2]) is None


def test_projects_are_listed_with_their_time_of_which_two_machines_share_some_once(told: Connection) -> None:
    (row,) = read_projects(told)
    assert (row.tag.id, row.activities, row.active) == (LEDGER, 2, timedelta(minutes=20))
    assert row.days == {DAY: timedelta(minutes=20)}


def test_a_project_that_was_merged_is_shown_as_the_one_that_lives(told: Connection) -> None:
    old = uuid4()
    seen = {"first_seen": DAY, "last_seen": DAY, "code_version": "v1"}
    told.execute(insert(project_table).values(id=old, name="Old", status="merged", **seen))
    told.execute(insert(project_aliases).values(old_id=old, project_id=LEDGER, code_version="v1"))
    shown = read_project(told, old)
    assert shown is not None
    assert shown.tag.id == LEDGER
    assert (shown.activity_count, shown.machines["laptop"]) == (2, timedelta(minutes=20))
    assert read_project(told, uuid4()) is None


def test_a_long_project_is_paged_by_whole_days(database: Engine) -> None:
    with database.begin() as told:
        add_deployment(told)
        told.execute(insert(project_table).values(id=LEDGER, name="L", first_seen=DAY, last_seen=DAY, code_version="v"))
        days = [DAY - timedelta(days=back) for back in range(3)]
        for day in days:
            done = [activity(f"{day} {n}", n * 10, n * 10 + 9, day=day) for n in range(2)]
            activities.replace_day(told, DeploymentDay("laptop", day), done, CODE)
        told.execute(update(activity_table).values(project_id=LEDGER))
        newest = read_project(told, LEDGER, most=3)
        assert newest is not None
        assert [one.day for one in newest.activities] == [days[0]] * 2 + [days[1]] * 2
        assert newest.older == days[1]
        rest = read_project(told, LEDGER, before=newest.older, most=3)
        assert rest is not None
        assert ([one.day for one in rest.activities], rest.older) == ([days[2]] * 2, None)


def test_here_is_the_zone_of_the_machine_that_was_heard_of_last(told: Connection) -> None:
    told.execute(insert(deployments).values(id="trip", name="trip", timezone="Asia/Tokyo", last_seen_at=at(0)))
    assert home_zone(told) == "Asia/Tokyo"
