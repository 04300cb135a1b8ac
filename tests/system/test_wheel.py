"""The agent as another machine has it: the wheel and what requirements/agent.txt names, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.system


def _done(*command: str | Path, **environment: str) -> str:
    """What a program says to the end, on a machine that is not this checkout."""
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_agent_alone_is_installed_from_the_wheel_and_says_what_it_needs(tmp_path: Path) -> None:
    hatchling, uv = (Path(sys.executable).with_name(name) for name in ("hatchling", "uv"))
    subprocess.run([hatchling, "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True, capture_output=True)
    there = tmp_path / "machine"
    _done(uv, "venv", "--python", sys.executable, there, **os.environ)
    pinned = ("--require-hashes", "-r", ROOT / "requirements" / "agent.txt")
    for what in (pinned, ("--no-deps", next(tmp_path.glob("recall-*.whl")))):
        _done(uv, "pip", "install", "--python", there, *what, **os.environ)
    agent, home = there / "bin" / "recall-agent", {"RECALL_AGENT_HOME": str(tmp_path / "home")}
    assert "recall-agent enrol" in _done(agent, "--help")
    assert "agent.toml" in _done(agent, "config", **home)
    doctor = subprocess.run([agent, "doctor"], env=home, cwd="/", capture_output=True, text=True)
    assert doctor.returncode == 1
    assert "recall-agent enrol LINK" in doctor.stdout
    assert "DISPLAY is not set" in doctor.stdout
    extension = "import capture_agent.browser_extension as e; print(e.__path__[0])"
    assert {*Path(_done(there / "bin" / "python", "-c", extension).strip()).glob("manifest.json")}
