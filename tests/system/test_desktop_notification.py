"""An alert is shown by whoever shows notifications in this session, over a real D-Bus; without one nothing fails."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import MessageType, message_bus, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from recall_assets.engines.notifying import show

pytestmark = pytest.mark.system
_NAME = "org.freedesktop.Notifications"


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session's bus of its own."""
    address = f"unix:path={tmp_path / 'bus'}"
    command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address={address}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        daemon.stdout.readline()  # it listens
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield
        daemon.terminate()


@pytest.mark.usefixtures("bus")
def test_a_notification_is_shown_with_its_title_and_text() -> None:
    shown: list[tuple[object, ...]] = []
    with open_dbus_connection("SESSION") as desk:
        desk.send_and_get_reply(message_bus.RequestName(_NAME))
        desktop = threading.Thread(target=_show_one, args=(desk, shown))
        desktop.start()
        assert show("Recall: look at this", "The spool of laptop is 60% full.")
        desktop.join()
    assert [(one[0], one[3], one[4]) for one in shown] == [
        ("Recall", "Recall: look at this", "The spool of laptop is 60% full.")
    ]


def _show_one(desk: DBusConnection, shown: list[tuple[object, ...]]) -> None:
    while not shown:
        message = desk.receive(timeout=60)
        if message.header.message_type is MessageType.method_call:
            shown.append(message.body)
            desk.send(new_method_return(message, "u", (1,)))


@pytest.mark.usefixtures("bus")
def test_where_nobody_shows_notifications_nothing_fails() -> None:
    assert not show("Recall", "text")


def test_where_there_is_no_session_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    assert not show("Recall", "text")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not show("Recall", "text")
