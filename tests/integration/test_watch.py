"""A machine that says that it captures and does not is an alarm wherever its owner may look."""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from sqlalchemy import Engine

from capture_agent.messages import AgentReport, CaptureState
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import agent_reports, deployments
from recall_assets.watch import watched
from tests.cli.conftest import Recall, recall
from tests.integration.sending import enrolled, outcomes, served
from tests.logged_in import bearer, log_in

__all__ = ["recall"]

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


def report(database: Engine, deployment: str, kept: timedelta, **other: object) -> None:
    """A report of an agent that has captured for a day and kept its last frame so long ago."""
    said = {"version": "1", "at": NOW, "state": CaptureState.CAPTURING, "since": NOW - timedelta(days=1)}
    with database.begin() as connection:
        full = AgentReport.model_validate(said | {"last_kept_at": NOW - kept} | other)
        agent_reports.keep(connection, deployment, full)


@pytest.fixture
def machines(database: Engine, settings: Settings) -> None:
    """A laptop that captures, a desktop that only says so, and one that has no agent."""
    laptop = enrolled(database, settings.home, "laptop")
    enrolled(database, settings.home, "desktop")
    enrolled(database, settings.home, "old")
    report(database, "laptop", MINUTE, last_uploaded_at=NOW, monitors=2)
    report(database, "desktop", 40 * MINUTE, spooled_items=3, spooled_bytes=1_500_000, thinned=4, refused=1)
    with served(create_app(database, settings)) as client:
        assert outcomes(client, laptop, laptop.frame(at=NOW - MINUTE)) == ["stored"]


@pytest.mark.usefixtures("machines")
def test_the_list_and_the_page_tell_how_each_machine_stands(
    recall: Recall, database: Engine, settings: Settings
) -> None:
    told = {machine["id"]: machine for machine in json.loads(recall("deployments", "list", "--json").out)}
    assert {id_: (each["standing"], each["alarm"]) for id_, each in told.items()} == {
        "laptop": ("capturing", False),
        "desktop": ("silent", True),
        "old": ("no agent", False),
    }
    shown = recall("deployments", "list").out
    assert "desktop: says that it captures, and has kept nothing for 40 minutes" in shown
    assert "3, 1.5 MB, 1 refused, 4 thinned out" in shown
    with served(create_app(database, settings)) as client:
        assert client.get("/v1/deployments").status_code == 401
        answer = client.get("/v1/deployments", headers=bearer(database, "api"))
        assert {machine["id"]: machine["standing"] for machine in answer.json()["machines"]} == {
            id_: each["standing"] for id_, each in told.items()
        }
        assert client.get("/deployments").status_code == 401
        shown = log_in(client, database).get("/deployments").text
        assert "3 machines, 1 to look at" in shown
        assert shown.count("<article") == 3


@pytest.mark.usefixtures("machines")
def test_the_doctor_says_which_machine_is_silent(recall: Recall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")
    checks = {check["name"]: check for check in json.loads(recall("doctor", "--json").out)}
    assert checks["machines"]["state"] == "wrong"
    assert "desktop says that it captures" in checks["machines"]["found"]


@pytest.mark.usefixtures("machines")
def test_a_revoked_machine_is_watched_no_more(database: Engine, settings: Settings) -> None:
    with database.begin() as connection:
        deployments.revoke(connection, "desktop")
        assert [machine.deployment.id for machine in watched(connection, settings, NOW)] == ["laptop", "old"]


@pytest.mark.usefixtures("machines")
def test_the_check_fails_at_the_second_silent_look_and_passes_again_when_the_machine_captures(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recall_assets.defs.resources import Recall as Resource
    from recall_assets.defs.silence import watch_machines

    cursor: str | None = None

    def look() -> list[tuple[bool, dg.AssetCheckSeverity, object]]:
        """What one look of the sensor reports."""
        nonlocal cursor
        with dg.build_sensor_context(cursor=cursor, resources={"recall": Resource()}) as context:
            result = watch_machines(context)
        assert isinstance(result, dg.SensorResult)
        cursor = result.cursor
        events = [event for event in result.asset_events if isinstance(event, dg.AssetCheckEvaluation)]
        return [(event.passed, event.severity, event.metadata["machines"].value) for event in events]

    monkeypatch.setenv("RECALL_SILENCE_IS_ERROR", "true")
    error = dg.AssetCheckSeverity.ERROR
    assert look() == [(True, error, "none")]
    assert look() == [(False, error, "desktop silent")]
    assert look() == []
    report(database, "desktop", MINUTE, spooled_items=1)
    assert look() == [(True, error, "none")]
