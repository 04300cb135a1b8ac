"""`recall up` on a machine with a display: what is drawn there arrives and is read, with nothing else to do."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, select

from recall_assets.settings import Settings, load_settings
from recall_assets.store import tables
from recall_assets.store.schema import migrate
from tests.integration.embedded import wait_until
from tests.integration.test_up import recall, rows
from tests.system.x_server import desktop

pytestmark = pytest.mark.system


@pytest.fixture
def captured(settings: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home whose programs take any port, with a database of its own; nothing of it runs afterwards."""
    for name, value in (("SERVER_PORT", "0"), ("AGENT", "desk")):
        monkeypatch.setenv(f"RECALL_{name}", value)
    migrate(database, dump_folder=None)
    yield load_settings()
    recall("down")


def _texts(database: Engine) -> list[str]:
    with database.connect() as connection:
        return list(connection.scalars(select(tables.ocr_text.c.text)))


def _agent() -> dict[str, object] | None:
    """Its row in `recall status`, while it says what it does."""
    return next((row for name, row in rows().items() if name.startswith("agent, ") and row["health"] == "ok"), None)


def test_what_is_drawn_on_this_machine_is_captured_and_read(
    captured: Settings, database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desktop(tmp_path, "1024x768", window_manager=None) as screen:
        monkeypatch.setenv("DISPLAY", screen.address)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # another agent of this user does not count
        monkeypatch.setenv("TZ", "Europe/Berlin")
        started = recall("up", "--detach")
        assert started.returncode == 0, started.stderr
        assert recall("deployments", "review", "desk", "--now").returncode == 0
        screen.run("xterm", "-fa", "Monospace", "-fs", "20", "-e", "echo Bordeaux lighthouse; sleep 600")
        wait_until(lambda: any("lighthouse" in text for text in _texts(database)), 240)
        wait_until(_agent, 60)

        agent = json.loads((captured.home.agents / "desk" / "status.json").read_text())["pid"]
        os.kill(agent, signal.SIGKILL)
        wait_until(lambda: (row := _agent()) and row["restarts"] == 1, 120)

        assert "agent" in recall("down").stdout
        assert not psutil.pid_exists(agent)


def test_without_a_display_it_is_said_and_everything_else_runs(
    captured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert recall("up", "--detach").returncode == 0
    assert "this machine is not captured: " in (captured.home.logs / "up.log").read_text()
    assert {row["health"] for row in rows().values()} == {"ok"}
