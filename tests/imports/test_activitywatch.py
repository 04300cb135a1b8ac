"""Exports of ActivityWatch: windows become frames, absence does not, and stages make days of them."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from recall_assets.records import DeploymentDay, DocumentFrequency
from recall_assets.stages.activities import cut_day
from recall_assets.stages.sentences import describe
from recall_assets.store import frames as stored
from recall_assets.store.tables import frames
from tests.cli.conftest import Recall

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
TIDES = "https://tides.example/tables/may"
DAY = DeploymentDay("laptop", date(2025, 3, 3))


def event(minute: float, minutes: float, **data: Any) -> dict[str, Any]:
    return {"timestamp": (START + timedelta(minutes=minute)).isoformat(), "duration": minutes * 60, "data": data}


def bucket(type_: str, *events: dict[str, Any], host: str = "ada") -> dict[str, Any]:
    return {"id": f"aw-{type_}_{host}", "type": type_, "hostname": host, "events": list(reversed(events))}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Code, then a page, then absence before an open page; and a private window."""
    buckets = [
        bucket(
            "currentwindow",
            event(0, 22, app="code", title="surge.py - harbour"),
            event(22, 18, app="firefox", title="Tide tables - Mozilla Firefox"),
            event(40, 60, app="firefox", title="Tide tables - Mozilla Firefox"),
            event(100, 5, app="firefox", title="Secret plans - Mozilla Firefox"),
        ),
        bucket(
            "afkstatus", event(0, 42, status="not-afk"), event(42, 57, status="afk"), event(99, 6, status="not-afk")
        ),
        bucket(
            "web.tab.current",
            event(21, 80, title="Tide tables", url=TIDES),
            event(100, 5, title="Secret plans", url="https://plans.example", incognito=True),
            host="unknown",
        ),
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"buckets": {one["id"]: one for one in buckets}}))
    return file


def test_events_become_frames_where_somebody_was_there(recall: Recall, export: Path, database: Engine) -> None:
    words = ("import", "activitywatch", str(export), "--deployment", "laptop", "--tz", "Europe/Vienna")
    ran = recall(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "ada: 4 window events become 11 frames; left out: 1 a private window."
    with database.connect() as connection:
        c = frames.c
        shown = connection.execute(select(c.app_name, c.url, func.count()).group_by(c.app_name, c.url)).all()
        assert sorted(map(tuple, shown)) == [("code", None, 5), ("firefox", TIDES, 6)]
        assert connection.scalar(select(func.sum(c.seen_until - c.captured_at))) == timedelta(minutes=43)
        read = stored.read_day(connection, DAY)
    cut = cut_day(read, document_frequency=DocumentFrequency(), previous=[], projects=[])
    assert [describe(one, read).title for one in cut] == ["surge.py", "Tide tables", "Tide tables"]
    assert recall(*words).out.splitlines()[-1] == "Nothing changed: all of it was here already."


def test_several_hosts_are_imported_one_by_one(recall: Recall, export: Path) -> None:
    told = json.loads(export.read_text())
    told["buckets"]["other"] = bucket("currentwindow", event(0, 1, app="x", title="y"), host="bob")
    export.write_text(json.dumps(told))
    ran = recall("import", "activitywatch", str(export), "--deployment", "laptop", "--tz", "UTC")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "recall: The export holds several hosts: ada, bob.")


def test_what_is_no_export_is_refused(recall: Recall, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"events": []}')
    ran = recall("import", "activitywatch", str(file), "--deployment", "laptop", "--tz", "UTC")
    assert ran.code == 1
    assert "is no export of ActivityWatch" in ran.err
