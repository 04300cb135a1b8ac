"""The export holds what others script against, under the names that they were promised."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from recall_assets.store.export import export_days
from tests import told_day as day
from tests.told_day import tell

FIELDS = {
    "deployments": "id timezone",
    "frames": "id imported_id deployment_id captured_at monitor app_name window_title url text activity_id",
    "transcripts": "id imported_id deployment_id started_at ended_at speaker text language confidence engine",
    "activities": "id deployment_id project_id start_at end_at title summary vision",
    "projects": "id name",
    "day_summaries": "deployment_id day sentences",
    "secrets": "id kind frame_id transcript_id boxes",
}


@pytest.fixture
def exported(database: Engine) -> dict[str, list[dict[str, Any]]]:
    with database.begin() as connection:
        tell(connection)
        told: dict[str, list[dict[str, Any]]] = json.loads(json.dumps(export_days(connection, day.DAY, day.DAY)))
    return told


def test_every_list_has_exactly_the_promised_fields(exported: dict[str, list[dict[str, Any]]]) -> None:
    assert list(exported) == list(FIELDS)
    for name, fields in FIELDS.items():
        assert exported[name], name
        assert all(list(item) == fields.split() for item in exported[name]), name


def test_times_carry_the_offset_of_the_machine(exported: dict[str, list[dict[str, Any]]]) -> None:
    assert exported["frames"][0]["captured_at"] == "2026-03-02T10:00:00+01:00"
    assert exported["activities"][0]["end_at"] == "2026-03-02T10:20:00+01:00"


def test_an_unread_frame_has_no_text(exported: dict[str, list[dict[str, Any]]]) -> None:
    texts = {frame["imported_id"]: frame["text"] for frame in exported["frames"]}
    assert texts == {"imported-0": "def vat(total)", "imported-1": "[REDACTED:token]", "imported-2": None}


def test_sentences_name_their_sources(exported: dict[str, list[dict[str, Any]]]) -> None:
    first, second, third = exported["day_summaries"][0]["sentences"]
    assert first == {
        "id": str(day.ABOUT_BUG),
        "text": "A rounding bug took 20 minutes.",
        "kind": "fact",
        "sources": [{"kind": "activity", "id": str(day.BUG)}],
    }
    assert [source["kind"] for source in second["sources"]] == ["project", "frame"]
    assert third["sources"] == [{"kind": "transcript", "id": str(day.SPOKEN)}]
    assert exported["day_summaries"][0]["deployment_id"] is None


def test_what_was_said_names_its_sound_and_its_speaker(exported: dict[str, list[dict[str, Any]]]) -> None:
    (said,) = exported["transcripts"]
    assert (said["imported_id"], said["speaker"], said["text"]) == ("call", "me", "We round once.")
    assert said["started_at"] == "2026-03-02T10:01:00+01:00"


def test_a_secret_has_boxes_and_no_value(exported: dict[str, list[dict[str, Any]]]) -> None:
    shown = {"id": str(day.SECRET), "kind": "token", "frame_id": str(day.FRAMES[1]), "transcript_id": None}
    heard = {"id": str(day.PIN), "kind": "pin", "frame_id": None, "transcript_id": str(day.SPOKEN)}
    both = [shown | {"boxes": [[8, 8, 64, 16]]}, heard | {"boxes": []}]
    assert sorted(exported["secrets"], key=str) == sorted(both, key=str)


def test_other_days_stay_out(database: Engine) -> None:
    with database.begin() as connection:
        tell(connection)
        told = export_days(connection, date(2026, 3, 3), date(2026, 3, 9))
    assert [name for name, items in told.items() if items] == ["deployments"]
