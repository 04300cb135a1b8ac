"""What Prometheus collects, in its own format; what the log holds; and no word of a screen in either."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta

from httpx import Client
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, Engine, update

from recall_assets.logs import JsonLines
from recall_assets.records import Status
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import llm_calls
from recall_assets.store.lags import lags
from recall_assets.store.tables import frames, ocr_text
from tests.days import DAY, MORNING, drawn
from tests.graph import land_read
from tests.integration.sending import served
from tests.logged_in import bearer
from tests.remade import materialise

Samples = dict[tuple[str, ...], float]


def collected(client: Client, database: Engine) -> Samples:
    """Every sample by its name and the values of its labels, these by their names."""
    answer = client.get("/metrics", headers=bearer(database, "metrics"))
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_lag_depth_failures_disk_silence_and_spend_are_told(database: Engine, settings: Settings) -> None:
    day = drawn("aaabbb", begin=datetime.now(UTC))
    with database.begin() as connection:
        land_read(connection, day)
        connection.execute(update(frames).where(frames.c.id == day[0].id).values(ocr_status=Status.ERROR))
        landed = datetime.now(UTC) - timedelta(minutes=10)
        waits = {"ocr_status": Status.PENDING, "received_at": landed}
        connection.execute(update(frames).where(frames.c.id == day[1].id).values(waits))
        asked = llm_calls.Call("day_summaries", "tiny", "http://127.0.0.1/v1", b"", 100, 20, 7)
        llm_calls.add(connection, asked)
    with served(create_app(database, settings)) as client:
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=bearer(database, "api")).status_code == 403
        told = collected(client, database)
        text = client.get("/metrics", headers=bearer(database, "metrics")).text
    assert told["recall_stage_waiting", "laptop", "ocr_text"] == 1
    assert 600 <= told["recall_stage_lag_seconds", "laptop", "ocr_text"] < 1200
    assert told["recall_stage_waiting", "laptop", "activities"] == 1
    assert told["recall_frames", "laptop", "error"] == 1
    assert told["recall_capture_silent", "laptop", "no agent"] == 0
    assert told["recall_llm_tokens_total", "prompt", "tiny", "day_summaries"] == 100
    assert told["recall_alerts", "disk"] == 0
    assert told["recall_disk_bytes", "database"] > 1e6
    assert told["recall_disk_free_bytes",] > 0
    assert "graft" not in text
    assert "orchard" not in text


def test_a_stage_is_behind_until_what_it_makes_is_newer_than_what_it_is_made_of(database: Engine) -> None:
    day = drawn("aaaaaabbbbbb" * 6)
    with database.begin() as connection:
        land_read(connection, day)
        materialise(connection, day)
        assert waiting(connection, "activities") == 0
        connection.execute(update(ocr_text).values(created_at=datetime.now(UTC) + timedelta(hours=1)))
        assert waiting(connection, "activities") == 1
        assert {one.waiting for one in lags(connection, MORNING, DAY + timedelta(days=1))} == {0}


def waiting(connection: Connection, stage: str) -> int:
    found = lags(connection, datetime.now(UTC), DAY)
    return next(one.waiting for one in found if one.stage == stage)


def test_a_line_of_the_log_is_one_json_object() -> None:
    try:
        raise ValueError("too\nlong")
    except ValueError:
        record = logging.LogRecord("recall", logging.INFO, "", 1, "ingest %s: %d stored", ("laptop", 3), sys.exc_info())
    line = JsonLines().format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["message"]) == ("INFO", "ingest laptop: 3 stored")
    assert datetime.fromisoformat(told["at"]).tzinfo is UTC
    assert told["exception"].endswith("ValueError: too\nlong")
