"""Wayland's screencast by the portal: real PipeWire and GStreamer, and a portal that agrees or refuses."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from capture_agent.desktop import ScreensError
from capture_agent.screens import open_screens
from tests.screens.contract import keeps_the_contract
from tests.system.stand_in_portal import SIZE, Portal, portal

pytestmark = pytest.mark.system


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A Wayland session as far as the agent sees it."""
    tmp_path.chmod(0o700)
    for name, value in {
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus",
        "WAYLAND_DISPLAY": "wayland-1",
    }.items():
        monkeypatch.setenv(name, value)
    with portal(tmp_path) as made:
        yield made


def test_what_the_portal_shares_is_captured_and_consent_is_asked_once(session: Portal) -> None:
    for _ in range(2):
        screens = open_screens(without_windows=True)
        keeps_the_contract(screens)
        (monitor,) = screens.monitors()
        assert monitor.rect == (0, 0, *SIZE)
        assert (screens.grab(monitor) == np.array([255, 0, 0], np.uint8)).all()
        screens.close()
    selected = [options for method, options in session.asked if method == "SelectSources"]
    assert ["restore_token" in options for options in selected] == [False, True]
    assert selected[1]["restore_token"] == ("s", "agreed")


def test_who_refuses_is_not_captured(session: Portal) -> None:
    session.agrees = False
    with pytest.raises(ScreensError, match="refused"):
        open_screens(without_windows=True)
