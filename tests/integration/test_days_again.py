"""Materialising days again leaves every activity and every project id as it was, on that day and on all others."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, insert

from recall_assets.records import Activity, DeploymentDay
from recall_assets.stages.activities import cut_day
from recall_assets.stages.projects import assign
from recall_assets.store import activities, projects
from recall_assets.store.tables import frames
from tests.generated_days import GeneratedDay
from tests.store.stored_days import CODE, add_deployment


def _land(connection: Connection, day: GeneratedDay) -> None:
    rows = [
        {
            "id": frame.id,
            "deployment_id": frame.deployment_id,
            "captured_at": frame.captured_at,
            "seen_until": frame.seen_until,
            "utc_offset": timedelta(0),
            "day": frame.day,
            "monitor": frame.monitor,
            "ocr_status": 1,
        }
        for frame in day.frames
    ]
    connection.execute(insert(frames), rows)


def _materialise(connection: Connection, days: Sequence[GeneratedDay]) -> None:
    """What the assets of one date do, for both machines of it."""
    date = days[0].frames[0].day
    for day in days:
        partition = DeploymentDay(day.deployment, date)
        cut = cut_day(
            [frame for frame in day.frames if frame.day == date],
            document_frequency=activities.document_frequency(connection, partition),
            previous=activities.read_day(connection, partition),
            projects=projects.read_all(connection, without=date),
        )
        activities.replace_day(connection, partition, cut, CODE)
    known, orders = projects.read_all(connection, without=date), projects.constraints(connection)
    projects.save(connection, assign(activities.read_day(connection, date), known, orders, date), date, CODE)


def _stored(connection: Connection, people: Sequence[Sequence[GeneratedDay]]) -> list[Activity]:
    return [one for days in people for one in activities.read_day(connection, days[0].frames[0].day)]


def test_days_materialised_again_in_any_order_change_no_id(database: Engine) -> None:
    pairs = [[GeneratedDay(11, number) for number in pair] for pair in ((0, 1), (2, 3))]
    with database.begin() as connection:
        for name in ("laptop", "desktop"):
            add_deployment(connection, name)
        for days in pairs:
            for day in days:
                _land(connection, day)
            _materialise(connection, days)
        first = _stored(connection, pairs)
        known = projects.read_all(connection)
        assert len(first) > 10
        for days in (pairs[1], pairs[0], pairs[1]):
            _materialise(connection, days)
            again = _stored(connection, pairs)
            assert [(one.id, one.project_id) for one in again] == [(one.id, one.project_id) for one in first]
            assert [one.id for one in projects.read_all(connection)] == [one.id for one in known]
