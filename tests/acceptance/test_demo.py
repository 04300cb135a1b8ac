"""The demo, whole, on the beginning of the sample: from pixels to a printed summary, and once more."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from recall_assets.cli import main
from recall_assets.store.deployments import enrol
from tests.fixtures.recordings import SAMPLE, cut

FIRST, SECOND = "2026-11-09", "2026-11-10"


@pytest.fixture
def beginning(tmp_path: Path) -> Path:
    """The first minutes of the first day on both machines, and a glimpse of the second."""
    return cut(SAMPLE, tmp_path / "beginning", {FIRST: 2, SECOND: 1})


@pytest.fixture
def machine_of_the_owner(database: Engine) -> None:
    """A deployment that is not the sample's."""
    with database.begin() as connection:
        enrol(connection, "work-pc", timezone="Europe/Berlin")


def _recall(*words: str) -> str:
    ran = subprocess.run([sys.executable, "-m", "recall_assets.cli", *words], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _exported(capsys: pytest.CaptureFixture[str]) -> dict[str, list[dict[str, Any]]]:
    with pytest.raises(SystemExit) as ended:
        main(["export", "--from", FIRST, "--to", SECOND])
    assert not ended.value.code
    told: dict[str, list[dict[str, Any]]] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.long
@pytest.mark.usefixtures("settings")
def test_the_demo_prints_a_day_and_leaves_the_next_one_to_its_reader(
    beginning: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_OCR_WORKERS", "1")  # a second one takes longer to start than to read two frames
    printed = _recall("demo", "--once", "--recording", str(beginning))
    for part in ("over all machines", "laptop", "desktop", "made from", "ocr_text · 2026-11-09|", "recall up"):
        assert part in printed
    assert f"recall backfill --from {SECOND} --to {SECOND}" in printed

    told = _exported(capsys)
    read = {frame["captured_at"][:10] for frame in told["frames"] if frame["text"] is not None}
    assert read == {FIRST}
    assert {summary["deployment_id"] for summary in told["day_summaries"]} == {"laptop", "desktop", None}
    assert all(sentence["sources"] for summary in told["day_summaries"] for sentence in summary["sentences"])

    _recall("demo", "--once", "--recording", str(beginning))
    assert _exported(capsys) == told

    backfilled = json.loads(_recall("backfill", "--from", SECOND, "--to", SECOND, "--json"))
    assert {one["deployment_id"]: one["read"] for one in backfilled["partitions"]} == {"laptop": 1, "desktop": 1}


@pytest.mark.usefixtures("settings", "machine_of_the_owner")
def test_the_demo_stays_out_of_a_home_with_machines_of_its_owner(beginning: Path) -> None:
    command = [sys.executable, "-m", "recall_assets.cli", "demo", "--once", "--recording", str(beginning)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "RECALL_HOME" in ran.stderr


def test_what_ships_is_what_a_capture_agent_would_know() -> None:
    rows = [
        json.loads(line) for path in SAMPLE.glob("*/*/frames.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    assert len(rows) == 992
    assert not {"text", "secrets", "activity", "label", "project"} & set().union(*rows)
    assert not {"text", "tabs", "page"} & set().union(*(window for row in rows for window in row["windows"]))
