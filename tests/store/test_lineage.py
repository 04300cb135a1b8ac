"""Lineage follows what a row was made from, and what was made of it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, update

from recall_assets.errors import InputError
from recall_assets.store.lineage import Lineage, find, newest_summary, trace
from recall_assets.store.tables import activities, project_aliases, projects
from tests import told_day as day
from tests.told_day import tell


def _traced(database: Engine, kind: str, row_id: UUID) -> Lineage:
    with database.begin() as connection:
        tell(connection)
        return trace(connection, kind, row_id)


def _reached(edges: Mapping[UUID, tuple[UUID, ...]], start: UUID) -> set[UUID]:
    return {start}.union(*(_reached(edges, other) for other in edges.get(start, ())))


def test_a_sentence_rests_on_its_activity_and_through_it_on_frames(database: Engine) -> None:
    found = _traced(database, "sentence", day.ABOUT_BUG)
    assert found.made_from[day.ABOUT_BUG] == (day.BUG,)
    assert found.made_from[day.BUG] == (day.BUG_SENTENCE, *day.FRAMES[:2])
    assert found.made_of_it == {day.ABOUT_BUG: (day.COMBINED,)}


def test_of_a_frame_came_text_activity_sentences_project_and_the_day_summary(database: Engine) -> None:
    found = _traced(database, "frame", day.FRAMES[0])
    expected = {day.FRAMES[0], day.BUG_SENTENCE, day.BUG, day.LEDGER, day.ABOUT_BUG, day.ABOUT_LEDGER, day.COMBINED}
    assert _reached(found.made_of_it, day.FRAMES[0]) == expected
    assert found.made_from == {}


def test_a_secret_is_found_from_its_frame(database: Engine) -> None:
    found = _traced(database, "frame", day.FRAMES[1])
    assert day.SECRET in found.made_of_it[day.FRAMES[1]]
    assert found.rows[day.SECRET].title == "token in screen"


def test_a_sentence_rests_on_what_was_said_and_a_spoken_secret_on_it_too(database: Engine) -> None:
    found = _traced(database, "transcript", day.SPOKEN)
    assert set(found.made_of_it[day.SPOKEN]) == {day.ABOUT_CALL, day.PIN}
    assert found.rows[day.SPOKEN].title == "me on desktop: We round once."
    assert [making.asset for making in found.rows[day.SPOKEN].makings] == ["transcripts", "audio_segments"]
    assert [making.asset for making in found.rows[day.PIN].makings] == ["transcripts"]


def test_a_sentence_on_a_project_rests_on_what_that_day_held_of_it_and_on_no_other_day(database: Engine) -> None:
    with database.begin() as connection:
        tell(connection)
        connection.execute(update(activities).where(activities.c.id == day.STANDUP).values(day=day.DAY + timedelta(1)))
        found = trace(connection, "sentence", day.ABOUT_LEDGER)
    assert found.made_from[day.ABOUT_LEDGER] == (day.LEDGER, day.FRAMES[0])
    assert found.made_from[day.LEDGER] == (day.BUG,)
    assert _reached(found.made_from, day.BUG) == {day.BUG, day.BUG_SENTENCE, *day.FRAMES[:2]}
    assert day.STANDUP not in found.rows


def test_upward_a_walk_stops_at_a_project_it_did_not_start_from(database: Engine) -> None:
    found = _traced(database, "activity", day.STANDUP)
    assert found.made_of_it[day.STANDUP] == (day.LEDGER,)
    assert day.BUG not in found.rows


def test_a_project_is_made_from_its_activities(database: Engine) -> None:
    found = _traced(database, "project", day.LEDGER)
    assert set(found.made_from[day.LEDGER]) == {day.BUG, day.STANDUP}
    assert found.made_of_it[day.LEDGER] == (day.ABOUT_LEDGER,)


def test_each_row_names_asset_partition_run_and_code_version(database: Engine) -> None:
    rows = _traced(database, "day_summary", day.COMBINED).rows
    places = {
        (making.asset, making.partition, making.run_id, making.code_version)
        for row_id in (day.COMBINED, day.ABOUT_BUG, day.BUG, day.BUG_SENTENCE, day.LEDGER, day.FRAMES[0])
        for making in rows[row_id].makings
    }
    assert places == {
        ("combined_day_summaries", "2026-03-02", day.RUN, "v1"),
        ("activities", "2026-03-02|laptop", day.RUN, "v1"),
        ("projects", "2026-03-02", day.RUN, "v1"),
        ("ocr_text", "2026-03-02|laptop", day.RUN, "v1"),
        ("frames", "2026-03-02|laptop", None, None),
    }


def test_eight_digits_of_an_id_are_enough(database: Engine) -> None:
    with database.begin() as connection:
        tell(connection)
        assert find(connection, str(day.BUG)) == ("activity", day.BUG)
        assert find(connection, str(day.BUG)[:8].upper()) == ("activity", day.BUG)


def test_a_project_that_was_merged_away_is_found_as_the_one_it_went_into(database: Engine) -> None:
    old = day.named("old")
    with database.begin() as connection:
        tell(connection)
        merged = {"id": old, "name": "Old", "first_seen": day.DAY, "last_seen": day.DAY, "status": "merged"}
        connection.execute(insert(projects).values(**merged, code_version="v1"))
        connection.execute(insert(project_aliases).values(old_id=old, project_id=day.LEDGER, code_version="v1"))
        assert find(connection, str(old)) == ("project", day.LEDGER)


@pytest.mark.parametrize("wrong", ["", "1234567", "not an id", "g" * 32, "a" * 33, "00000000"])
def test_what_names_no_row_is_refused(database: Engine, wrong: str) -> None:
    with database.begin() as connection:
        tell(connection)
        with pytest.raises(InputError):
            find(connection, wrong)


def test_the_newest_combined_summary_says_where_to_begin(database: Engine) -> None:
    with database.begin() as connection:
        with pytest.raises(InputError, match="no day summary"):
            newest_summary(connection)
        tell(connection)
        found, sentences = newest_summary(connection)
    assert found == day.DAY
    assert [sentence for sentence, _ in sentences] == [day.ABOUT_BUG, day.ABOUT_LEDGER, day.ABOUT_CALL]
