"""Day summaries in PostgreSQL: one row a deployment and day, one a day over all, replaced in place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from recall_assets.records import Assignment, DaySummary, DeploymentDay, Project, Provenance
from recall_assets.store import activities, day_summaries, projects
from recall_assets.store.tables import day_summaries as summary_rows
from recall_assets.store.tables import sentence_sources, summary_sentences
from tests.stages.day_summaries.drawn_days import Drawn, screen, summary_of
from tests.store.stored_days import CODE, DAY, LAPTOP, activity, add_deployment, add_frames, at, id_of

HOUSE = Project(id_of("house"), "House", DAY, DAY)


def _stored_day(connection: Connection) -> Drawn:
    """A laptop day of two activities with three frames each, one of them in a project."""
    add_deployment(connection)
    ids = add_frames(connection, range(6))
    rows = [activity("Roof", 0, 3, frame_ids=ids[:3]), activity("Garden", 3, 6, frame_ids=ids[3:])]
    activities.replace_day(connection, LAPTOP, rows, CODE)
    rows[0] = replace(rows[0], project_id=HOUSE.id)
    projects.save(connection, Assignment(tuple(rows), (HOUSE,)), DAY, CODE)
    texts = ["The roof costs 9,000 EUR.", "Lena comes on Friday at 10:00.", "The ladder is 4 m long."] * 2
    shown = [replace(screen(str(n), text, at(n)), id=ids[n]) for n, text in enumerate(texts)]
    return Drawn(rows, [HOUSE], shown)


def _both(day: Drawn) -> tuple[DaySummary, DaySummary]:
    own = summary_of(LAPTOP, day.activities, day.projects, day.frames)
    person = summary_of(DAY, day.activities, day.projects, day.frames)
    assert own
    assert person
    return own, person


def _rows(connection: Connection) -> list[Sequence[Row[Any]]]:
    """All rows of the tables of summaries, without run and time."""
    return [
        connection.execute(
            select(*(column for column in table.c if column.name not in {"run_id", "created_at"})).order_by(
                *table.primary_key.columns
            )
        ).all()
        for table in (summary_rows, summary_sentences, sentence_sources)
    ]


def test_a_summary_of_a_real_day_is_read_back_as_it_was_written(database: Engine) -> None:
    with database.begin() as connection:
        own, person = _both(_stored_day(connection))
        day_summaries.replace_day(connection, LAPTOP, own, CODE)
        day_summaries.replace_day(connection, DAY, person, CODE)
        assert day_summaries.read_day(connection, LAPTOP) == own
        assert day_summaries.read_day(connection, DAY) == person


def test_a_second_run_leaves_the_same_rows_but_run_and_time(database: Engine) -> None:
    with database.begin() as connection:
        own, person = _both(_stored_day(connection))
        seen = []
        for run in ("first", "second"):
            day_summaries.replace_day(connection, LAPTOP, own, Provenance("v1", id_of(run)))
            day_summaries.replace_day(connection, DAY, person, Provenance("v1", id_of(run)))
            seen.append(_rows(connection))
            assert set(connection.scalars(select(summary_rows.c.run_id))) == {id_of(run)}
        assert seen[0] == seen[1]


def test_a_summary_that_says_less_leaves_nothing_of_the_longer_one(database: Engine) -> None:
    with database.begin() as connection:
        own, _ = _both(_stored_day(connection))
        day_summaries.replace_day(connection, LAPTOP, own, CODE)
        shorter = replace(own, sentences=own.sentences[:1], facts={"active_minutes": 6})
        day_summaries.replace_day(connection, LAPTOP, shorter, CODE)
        assert day_summaries.read_day(connection, LAPTOP) == shorter


def test_no_summary_removes_that_days_and_no_other(database: Engine) -> None:
    with database.begin() as connection:
        own, person = _both(_stored_day(connection))
        day_summaries.replace_day(connection, LAPTOP, own, CODE)
        day_summaries.replace_day(connection, DAY, person, CODE)
        day_summaries.replace_day(connection, DeploymentDay("laptop", DAY + timedelta(days=1)), None, CODE)
        day_summaries.replace_day(connection, LAPTOP, None, CODE)
        assert day_summaries.read_day(connection, LAPTOP) is None
        assert day_summaries.read_day(connection, DAY) == person
