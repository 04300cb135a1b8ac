"""Materialising days again leaves every activity and every project id as it was, on that day and on all others."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from recall_assets.records import Activity, Frame
from recall_assets.store import activities, projects
from tests.generated_days import GeneratedDay
from tests.graph import land_read
from tests.remade import materialise


def _seen(days: Sequence[GeneratedDay]) -> list[Frame]:
    """What both machines showed on the date of these days."""
    date = days[0].frames[0].day
    return [frame for day in days for frame in day.frames if frame.day == date]


def _stored(connection: Connection, people: Sequence[Sequence[GeneratedDay]]) -> list[Activity]:
    return [one for days in people for one in activities.read_day(connection, days[0].frames[0].day)]


def test_days_materialised_again_in_any_order_change_no_id(database: Engine) -> None:
    pairs = [[GeneratedDay(11, number) for number in pair] for pair in ((0, 1), (2, 3))]
    with database.begin() as connection:
        for days in pairs:
            land_read(connection, _seen(days))
            materialise(connection, _seen(days))
        first = _stored(connection, pairs)
        known = projects.read_all(connection)
        assert len(first) > 10
        for days in (pairs[1], pairs[0], pairs[1]):
            materialise(connection, _seen(days))
            again = _stored(connection, pairs)
            assert [(one.id, one.project_id) for one in again] == [(one.id, one.project_id) for one in first]
            assert [one.id for one in projects.read_all(connection)] == [one.id for one in known]
