"""`recall-agent` as a person types it, and that it runs without any package of the server."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture_agent.__main__ import main
from capture_agent.pause import paused_until
from capture_agent.status import local_now
from tests.architecture.tree import ROOT

# What requirements/agent.txt does not hold must not be asked for.
_ALONE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"{{name}} is not installed with recall[agent]")

sys.meta_path.insert(0, Absent())
if sys.platform == "linux":
    import capture_agent.screens.x11
from capture_agent.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def absent() -> set[str]:
    """The packages that only the server has, and the server."""
    servers = pinned("server") - pinned("agent")
    return servers | {"recall_assets", "migrations", "dagster", "sqlalchemy", "psycopg", "fastapi", "polars", "typer"}


def pinned(name: str) -> set[str]:
    lines = (ROOT / f"requirements/{name}.txt").read_text().splitlines()
    return {line.split("==")[0].lower().replace("-", "_") for line in lines if "==" in line}


def test_help_teaches_and_the_agent_needs_no_package_of_the_server() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _ALONE.format(absent=absent()), "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    for command in ("enrol", "run", "status", "pause", "resume", "doctor", "install", "config"):
        assert command in told.stdout


@pytest.fixture(autouse=True)
def _new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECALL_AGENT_HOME", str(tmp_path))


def test_the_way_of_a_person_who_has_not_enrolled(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 1
    assert "recall-agent enrol" in capsys.readouterr().err
    assert main(["status"]) == 1
    assert "nothing is recorded" in capsys.readouterr().out
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "BAD  credentials" in said
    assert "BAD  screens" in said


def test_the_settings_are_made_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    assert str(tmp_path / "agent.toml") in capsys.readouterr().out
    assert main(["config", "check"]) == 0
    (tmp_path / "agent.toml").write_text("[capture]\nevery = 2\n")
    assert main(["config", "check"]) == 1
    assert "line 2" in capsys.readouterr().err


def test_a_pause_has_an_end_or_waits_for_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pause = tmp_path / "pause.json"
    assert main(["pause", "2h"]) == 0
    until = paused_until(pause)
    assert until is not None
    assert timedelta(minutes=119) < until - local_now() <= timedelta(hours=2)
    assert main(["pause"]) == 0
    assert paused_until(pause) == datetime(9999, 1, 1, tzinfo=UTC)
    assert main(["resume"]) == 0
    assert paused_until(pause) is None
    assert main(["pause", "soon"]) == 2
    assert "30m" in capsys.readouterr().err


def test_who_runs_no_agent_of_their_own_pauses_the_one_that_recall_up_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RECALL_AGENT_HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "RECALL_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    agents = tmp_path / "RECALL_HOME" / "agent"
    for at, name in enumerate(("newer", "older")):
        (agents / name).mkdir(parents=True)
        (agents / name / "status.json").touch()
        os.utime(agents / name / "status.json", (1e9 - at, 1e9 - at))
    assert main(["pause", "2h"]) == 0
    assert paused_until(agents / "newer" / "pause.json") is not None
    assert not (agents / "older" / "pause.json").exists()
    assert main(["run"]) == 1
    assert "recall-agent enrol" in capsys.readouterr().err

    own = tmp_path / "XDG_CONFIG_HOME" / "recall-agent"
    own.mkdir(parents=True)
    (own / "credentials").touch()
    assert main(["resume"]) == 0
    assert paused_until(agents / "newer" / "pause.json") is not None
