"""Alerts are told once each, over a real webhook, without a word of a screen; a sensor finds what failed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, update

from capture_agent.messages import AgentReport, CaptureState
from recall_assets.alerts import Look, look
from recall_assets.cli import main
from recall_assets.cli.materialize import materialize_days
from recall_assets.errors import SettingsError
from recall_assets.records import AlertKey
from recall_assets.settings import Settings, load_settings
from recall_assets.store import agent_reports
from recall_assets.store.tables import alerts, deployments, frames
from tests.days import DAY, drawn
from tests.graph import definitions, land_read, opened_graph
from tests.integration.webhook import Webhook, webhook

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SPOOLED = AgentReport(
    version="1", at=NOW, state=CaptureState.PAUSED, since=NOW, spooled_bytes=600, spool_budget=1000, spooled_items=3
)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as opened:
        yield opened


@pytest.fixture
def told(settings: Settings, hook: Webhook) -> Settings:
    """Settings of a home whose alerts go to the webhook, and not to the desktop of whoever runs the tests."""
    assert settings.home.logs.exists()
    hooked = {"alert_webhook": SecretStr(hook.url), "alert_desktop": False, "spare_disk_bytes": 0}
    return settings.model_copy(update=hooked)


def report(database: Engine, said: AgentReport) -> None:
    with database.begin() as connection:
        agent_reports.keep(connection, "laptop", said)
        connection.execute(update(deployments).values(reported_at=NOW))


def looks(database: Engine, settings: Settings, count: int, before: tuple[AlertKey, ...] = ()) -> Look:
    found = Look(before, (), ())
    for _ in range(count):
        found = look(database, settings, NOW, {}, found.troubles)
    return found


def test_an_alert_is_told_once_when_it_is_raised_and_once_when_it_is_over(
    database: Engine, told: Settings, hook: Webhook
) -> None:
    with database.begin() as connection:
        land_read(connection, drawn("a"))
    report(database, SPOOLED)
    first = looks(database, told, 1)
    assert hook.told == []
    lasting = looks(database, told, 5, first.troubles)
    assert [(one["state"], one["kind"], one["subject"]) for one in hook.told] == [("raised", "spool", "laptop")]
    assert hook.told[0]["text"].startswith("The spool of laptop is 60% full. Can it reach this server?")
    report(database, SPOOLED.model_copy(update={"spooled_bytes": 10}))
    looks(database, told, 4, lasting.troubles)
    assert [one["state"] for one in hook.told] == ["raised", "cleared"]


def test_a_webhook_that_was_away_is_told_later_in_order_and_nothing_twice(
    database: Engine, told: Settings, hook: Webhook
) -> None:
    with database.begin() as connection:
        land_read(connection, drawn("a"))
    report(database, SPOOLED)
    hook.status = 503
    raised = looks(database, told, 2)
    assert raised.waiting == 1
    report(database, SPOOLED.model_copy(update={"spooled_bytes": 10}))
    assert looks(database, told, 2, raised.troubles).waiting == 2
    hook.status = 200
    assert looks(database, told, 2).waiting == 0
    assert [one["state"] for one in hook.told] == ["raised", "cleared"]


def test_the_sensor_raises_a_failed_partition_and_clears_it_when_it_is_made(
    database: Engine,
    settings: Settings,
    hook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RECALL_ALERT_WEBHOOK", hook.url)
    monkeypatch.setenv("RECALL_ALERT_DESKTOP", "false")
    monkeypatch.setenv("RECALL_SPARE_DISK_BYTES", "0")
    with opened_graph(settings, database) as instance:
        with database.begin() as connection:
            land_read(connection, drawn("aaabbb"))
            connection.execute(update(frames).values(windows={"not": "a list"}))
        assert materialize_days(settings, database, DAY, DAY, stage="activities").failed
        cursor = tick(instance, tick(instance, None))
        assert [(one["kind"], one["subject"]) for one in hook.told] == [("partition", "activities")]
        assert "1 partition of activities failed, the newest 2026-03-04|laptop." in hook.told[0]["text"]
        with pytest.raises(SystemExit):
            main(["alerts"])
        assert "recall backfill --stage activities" in " ".join(capsys.readouterr().out.split())
        with database.begin() as connection:
            connection.execute(update(frames).values(windows=[]))
        assert not materialize_days(settings, database, DAY, DAY, stage="activities").failed
        tick(instance, tick(instance, cursor))
    assert [one["state"] for one in hook.told] == ["raised", "cleared"]
    with database.connect() as connection:
        assert connection.execute(select(alerts.c.cleared_at)).scalar_one() is not None
    assert "graft" not in json.dumps(hook.told)


def tick(instance: dg.DagsterInstance, cursor: str | None) -> str:
    """The cursor after a look of the real sensor."""
    from recall_assets.defs.resources import Recall

    with dg.build_sensor_context(
        instance, cursor=cursor, resources={"recall": Recall()}, repository_def=definitions().get_repository_def()
    ) as context:
        return definitions().resolve_sensor_def("alerts").evaluate_tick(context).cursor or ""


@pytest.mark.usefixtures("settings")
def test_a_webhook_is_asked_privately(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    for refused in ("http://chat.example/hook/secret-part", "ftp://localhost/hook", "https://ada:pw@chat.example/"):
        with pytest.raises(SettingsError) as error:
            load_settings(alert_webhook=SecretStr(refused))
        assert "secret-part" not in str(error.value)
    monkeypatch.setenv("RECALL_ALERT_WEBHOOK", hook.url)
    monkeypatch.setenv("RECALL_ALERT_DESKTOP", "false")
    assert hook.url not in repr(load_settings())
    with pytest.raises(SystemExit) as ended:
        main(["alerts", "--test"])
    assert ended.value.code == 0
    assert [one["state"] for one in hook.told] == ["test"]
