"""How soon frames are reviewed is kept for each deployment, with what its agent said of its power."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from capture_agent.messages import AgentReport, CaptureState
from recall_assets.records import Review
from recall_assets.store import agent_reports
from recall_assets.store.review import reviews, set_review
from tests.told_day import tell

NOW = datetime.now(UTC)
NIGHT = (time(1), time(6, 30))


@pytest.mark.parametrize("review", [Review(delay=None), Review(timedelta(0)), Review(timedelta(hours=2), True, NIGHT)])
def test_an_order_is_kept_for_its_deployment_alone(database: Engine, review: Review) -> None:
    with database.begin() as connection:
        tell(connection)
        assert {standing.review for standing in reviews(connection).values()} == {Review()}
        set_review(connection, "laptop", Review(timedelta(1), True, NIGHT))
        set_review(connection, "laptop", review)
        assert {id_: standing.review for id_, standing in reviews(connection).items()} == {
            "laptop": review,
            "desktop": Review(),
        }


def test_the_power_is_what_the_agent_said_last(database: Engine) -> None:
    report = AgentReport(version="1", at=NOW, state=CaptureState.CAPTURING, since=NOW)
    with database.begin() as connection:
        tell(connection)
        agent_reports.keep(connection, "laptop", report)
        assert reviews(connection)["laptop"].on_battery is None
        agent_reports.keep(connection, "laptop", report.model_copy(update={"on_battery": True}))
        standing = reviews(connection)
    assert (standing["laptop"].on_battery, standing["desktop"].on_battery) == (True, None)
    assert standing["laptop"].reported_at is not None
