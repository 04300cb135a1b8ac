"""A desktop portal that agrees to everything, on a bus of its own, with a real PipeWire stream behind it.

Written from the portal's specification: sessions, requests that are answered by a signal, the descriptor at the end.
Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ScreenCast.html
"""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.system.x_server import eventually

SIZE = (640, 480)
SESSION = "/org/freedesktop/portal/desktop/session/1"
_SOURCE = (
    "videotestsrc is-live=true pattern=red ! video/x-raw,format=BGRx,width={},height={},framerate=5/1 ! pipewiresink "
    "mode=provide stream-properties=props,media.class=Video/Source,node.name=screen"
)


class Portal(threading.Thread):
    """Answers until it is closed; `asked` are the methods and their options."""

    def __init__(self, pipewire: Path, node: int) -> None:
        super().__init__(daemon=True)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.agrees = True
        self._pipewire, self._node = pipewire, node
        self._bus: DBusConnection = open_dbus_connection("SESSION", enable_fds=True)
        self._bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))

    def run(self) -> None:
        while True:
            try:
                asked = self._bus.receive()
            except (OSError, ValueError):
                return
            if asked.header.message_type is MessageType.method_call:
                self._answer(asked)

    def _answer(self, asked: Any) -> None:
        method, options = asked.header.fields[HeaderFields.member], asked.body[-1]
        self.asked.append((method, options))
        if method == "OpenPipeWireRemote":
            remote = socket.socket(socket.AF_UNIX)
            remote.connect(str(self._pipewire))
            self._bus.send(new_method_return(asked, "h", (remote,)))
            return
        sender = asked.header.fields[HeaderFields.sender]
        path = f"/org/freedesktop/portal/desktop/request/{sender[1:].replace('.', '_')}/{options['handle_token'][1]}"
        self._bus.send(new_method_return(asked, "o", (path,)))
        emitter = DBusAddress(path, interface="org.freedesktop.portal.Request")
        refused = 1 if method == "Start" and not self.agrees else 0
        self._bus.send(new_signal(emitter, "Response", "ua{sv}", (refused, self._results(method))))

    def _results(self, method: str) -> dict[str, Any]:
        if method == "CreateSession":
            return {"session_handle": ("s", SESSION)}
        if method == "Start" and self.agrees:
            place = {"position": ("(ii)", (0, 0)), "size": ("(ii)", (SIZE[0] // 2, SIZE[1] // 2))}  # scale 2
            return {"streams": ("a(ua{sv})", [(self._node, place)]), "restore_token": ("s", "agreed")}
        return {}


@contextmanager
def portal(folder: Path) -> Iterator[Portal]:
    """A portal with one monitor, which is red. The environment must name `folder` as runtime folder and its bus."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running: list[subprocess.Popen[bytes]] = []
    try:
        bus = ["dbus-daemon", "--session", "--nofork", f"--address={os.environ['DBUS_SESSION_BUS_ADDRESS']}"]
        for command in (bus, ["pipewire"], ["wireplumber"]):
            running.append(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
        eventually((folder / "pipewire-0").exists, "PipeWire")
        eventually((folder / "bus").exists, "the bus")
        source = ["gst-launch-1.0", "-q", *_SOURCE.format(*SIZE).split()]
        running.append(subprocess.Popen(source, **quiet))  # type: ignore[call-overload]
        made = Portal(folder / "pipewire-0", eventually(_node, "the stream"))
        made.start()
        yield made
    finally:
        for one in reversed(running):
            one.kill()
            one.wait()


def _node() -> int | None:
    told = subprocess.run(["pw-dump"], capture_output=True, text=True).stdout
    nodes = json.loads(told) if told.strip() else []
    for node in nodes:
        if node.get("info", {}).get("props", {}).get("node.name") == "screen" and "Node" in node["type"]:
            return int(node["id"])
    return None
