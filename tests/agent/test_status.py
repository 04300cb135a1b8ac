"""What `recall-agent status` says: recording only of an agent that lives and has just seen a screen."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture_agent.condition import LOOKING
from capture_agent.messages import CaptureState
from capture_agent.status import Status, describe, is_alive, judge_status, own_start, read_status, write_status

NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)
AGO = timedelta(seconds=2)


def status(**other: object) -> Status:
    told: dict[str, object] = {
        "pid": os.getpid(),
        "started": own_start(),
        "version": "1",
        "deployment": "laptop",
        "server": "https://recall.test",
        "state": CaptureState.CAPTURING,
        "since": NOW - timedelta(hours=1),
        "why": LOOKING,
        "at": NOW - AGO,
        "next_look_by": NOW - AGO,
        "last_kept_at": NOW - timedelta(minutes=1),
        "last_seen_at": NOW - AGO,
        "last_uploaded_at": NOW - AGO,
    }
    return Status.model_validate(told | other)


@pytest.mark.parametrize(
    ("told", "alive", "state", "well"),
    [
        (status(), True, "recording", True),
        (status(state=CaptureState.IDLE), True, "recording", True),
        (status(), False, "not running", False),
        (None, False, "not running", False),
        (status(state=CaptureState.STOPPED), False, "not running", False),
        (status(next_look_by=NOW - timedelta(minutes=2)), True, "failing", False),
        (status(last_seen_at=NOW - timedelta(minutes=2)), True, "failing", False),
        (status(last_seen_at=None), True, "failing", False),
        (status(state=CaptureState.FAILED, problem="No display. Set DISPLAY."), True, "failing", False),
        (status(state=CaptureState.PAUSED, why="paused by its owner"), True, "resting", True),
        (status(why="a private window is in use"), True, "resting", True),
        (status(problem="Nothing can be written. Make room."), True, "recording", False),
        (status(upload_problem="The token is revoked. Get another."), True, "recording", False),
        (status(refused=2, refusal="rejected: the clock"), True, "recording", False),
        (status(oldest_spooled_at=NOW - timedelta(hours=1)), True, "recording", False),
        (status(oldest_spooled_at=NOW - timedelta(hours=1), holding_uploads=True), True, "recording", True),
    ],
)
def test_it_says_recording_only_when_it_is_so(told: Status | None, alive: bool, state: str, well: bool) -> None:
    verdict = judge_status(told, NOW, alive=alive)
    assert (verdict.state, verdict.well) == (state, well)
    assert verdict.well or verdict.problems or "hangs" in verdict.says


def test_a_process_is_told_from_another_one_under_its_number() -> None:
    assert is_alive(status())
    assert not is_alive(status(started=own_start() - 100))
    assert not is_alive(None)


def test_what_is_written_is_read_and_told(tmp_path: Path) -> None:
    write_status(tmp_path / "status.json", status())
    read = read_status(tmp_path / "status.json")
    assert read == status()
    assert read is not None
    text = describe(read, judge_status(read, NOW, alive=True), NOW)
    assert "Recording" in text
    assert "laptop" in text
    (tmp_path / "status.json").write_text("{")
    assert read_status(tmp_path / "status.json") is None
