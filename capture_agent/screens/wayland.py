"""Wayland: the desktop portal's screencast, frame by frame in memory, through a child process of GStreamer.

    portal ─ CreateSession ─ SelectSources ─ Start (the person agrees, once) ─► a PipeWire stream for each monitor
                                                                                      │ OpenPipeWireRemote: fd
    gst-launch-1.0 pipewiresrc ! BGRx ! pipe ◄───────────────────────────────────────┘
          └─► a thread keeps the newest frame ─► grab

Wayland tells no program of another's windows, so nothing can be excluded here: it is used only where the owner has said
so. The portal's screenshots are not used: each would be an image in clear on the disk.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ScreenCast.html
"""

import os
import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse
from platformdirs import user_state_path

from capture_agent.desktop import Desktop, Monitor, Pixels, ScreensError
from capture_agent.protocol import Rect
from capture_agent.screens.geometry import Display, Points, pixels_of
from capture_agent.screens.lock import SessionLock
from capture_agent.screens.pixels import from_bgrx

_PATH, _BUS = "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Desktop"
_PORTAL = DBusAddress(_PATH, _BUS, "org.freedesktop.portal.ScreenCast")
_MONITORS, _NO_POINTER, _UNTIL_REVOKED = 1, 1, 2
_PERSON_SECONDS = 120.0  # to answer the portal's question
_FIRST_FRAME_SECONDS = 10.0
_LOOK = "videorate ! video/x-raw,framerate=2/1 ! videoconvert ! video/x-raw,format=BGRx"
_SIZE = re.compile(r"frames.GstPad:sink: caps = .*?width=\(int\)(?P<width>\d+).*?height=\(int\)(?P<height>\d+)")


@dataclass(frozen=True, slots=True)
class Cast:
    """One monitor's stream; its place is in points."""

    node: int
    points: Points


class WaylandScreens:
    """The monitors that the person let the portal share."""

    name = "Wayland"

    def __init__(self) -> None:
        """Asks the portal, which asks the person the first time.

        Raises:
            ScreensError: no portal, no GStreamer, or the person refused.
        """
        if shutil.which("gst-launch-1.0") is None:
            raise ScreensError(
                "Capturing Wayland needs GStreamer with PipeWire: install gstreamer1.0-tools, gstreamer1.0-plugins-base"
                " and gstreamer1.0-pipewire, or log in with an X11 session."
            )
        try:
            self._bus = open_dbus_connection("SESSION", enable_fds=True)
            casts, remote = _Conversation(self._bus).casts()
        except (OSError, KeyError, DBusErrorResponse) as missing:
            raise ScreensError(
                "No desktop portal offers a screencast here. Install xdg-desktop-portal with the part for your desktop "
                "(-gnome, -kde, -wlr), or log in with an X11 session."
            ) from missing
        self._session_locked = SessionLock()
        self._streams = [_Stream(cast, remote) for cast in casts]
        os.close(remote)

    def monitors(self) -> list[Monitor]:
        return [Monitor(index, rect) for index, rect in enumerate(sorted(self._places()))]

    def desktop(self) -> Desktop:
        return Desktop(locked=self._session_locked())

    def grab(self, monitor: Monitor) -> Pixels:
        stream = self._places().get(monitor.rect)
        if stream is None:
            raise ScreensError(f"Monitor {monitor.index} is gone or has another size now; ask for the monitors again.")
        return stream.newest()

    def _places(self) -> dict[Rect, "_Stream"]:
        displays = {stream.display: stream for stream in self._streams}
        return {rect: displays[display] for display, rect in pixels_of(displays).items()}

    def wait(self, limit: timedelta) -> bool:
        time.sleep(limit.total_seconds())
        return False

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        self._session_locked.close()
        with suppress(OSError):
            self._bus.close()


class _Stream:
    """The newest frame of one monitor. A change of its size ends it: the screens are then opened anew."""

    def __init__(self, cast: Cast, remote: int) -> None:
        self.cast = cast
        frames, into = os.pipe()
        source = f"pipewiresrc fd={remote} path={cast.node} always-copy=true keepalive-time=500"
        sink = f"{_LOOK} ! fdsink name=frames fd={into}"
        self._child = subprocess.Popen(  # noqa: S603
            ["gst-launch-1.0", "-v", *f"{source} ! {sink}".split()],  # noqa: S607
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[remote, into],
            text=True,
        )
        os.close(into)
        self._size: tuple[int, int] | None = None
        self._frame: bytes | None = None
        self._came, self._sized = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._follow_size, daemon=True),
            threading.Thread(target=self._read, args=(frames,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def display(self) -> Display:
        """Where it lies, and its scale.

        Raises:
            ScreensError: as for `newest`.
        """
        pixels = self.newest()
        return Display(self.cast.points, pixels.shape[1] / self.cast.points[2])

    def newest(self) -> Pixels:
        """The pixels as the compositor last drew them.

        Raises:
            ScreensError: the stream has ended, or never began.
        """
        self._came.wait(_FIRST_FRAME_SECONDS)
        if self._child.poll() is not None or self._frame is None or self._size is None:
            raise ScreensError(
                "The portal's screencast gives no image: sharing was ended, the monitor changed its size, or GStreamer "
                "lacks its part for PipeWire (gstreamer1.0-pipewire)."
            )
        return from_bgrx(self._frame, *self._size)

    def close(self) -> None:
        """Ends the child."""
        self._child.kill()
        for thread in self._threads:
            thread.join()
        self._child.wait()

    def _follow_size(self) -> None:
        """GStreamer says on stdout which size the frames have."""
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if (told := _SIZE.search(line)) is None:
                continue
            size = int(told["width"]), int(told["height"])
            if self._size not in (None, size):
                break
            self._size = size
            self._sized.set()
        self._child.kill()
        self._sized.set()

    def _read(self, frames: int) -> None:
        with os.fdopen(frames, "rb") as stream:
            self._sized.wait()
            width, height = self._size or (0, 0)
            while (frame := stream.read(4 * width * height)) and len(frame) == 4 * width * height:
                self._frame = frame
                self._came.set()
        self._came.set()


class _Conversation:
    """The portal's way to streams: every question is answered by a signal on a path that the asker chooses."""

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus
        self._sender = bus.unique_name[1:].replace(".", "_")

    def casts(self) -> tuple[list[Cast], int]:
        """The streams, and the descriptor through which PipeWire gives them."""
        opened = self._ask("CreateSession", "", (), {"session_handle_token": ("s", _token())})
        session = opened["session_handle"][1]
        wanted = {
            "types": ("u", _MONITORS),
            "multiple": ("b", True),
            "cursor_mode": ("u", _NO_POINTER),
            "persist_mode": ("u", _UNTIL_REVOKED),
        }
        known = _known_consent()
        self._ask("SelectSources", "o", (session,), wanted | ({"restore_token": ("s", known)} if known else {}))
        started = self._ask("Start", "os", (session, ""), {})
        _remember_consent(started.get("restore_token", ("s", ""))[1])
        casts = [_cast(node, told) for node, told in started["streams"][1]]
        remote = self._call("OpenPipeWireRemote", "oa{sv}", (session, {}))
        return casts, remote[0].to_raw_fd()

    def _ask(self, method: str, signature: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
        token = _token()
        path = f"{_PATH}/request/{self._sender}/{token}"
        with self._answers(path) as queue:
            self._call(method, f"{signature}a{{sv}}", (*arguments, options | {"handle_token": ("s", token)}))
            refused, results = self._bus.recv_until_filtered(queue, timeout=_PERSON_SECONDS).body
        if refused:
            raise ScreensError(
                "Sharing the screen was refused, so nothing is captured. Start the agent again and agree, "
                "or log in with an X11 session."
            )
        return dict(results)

    @contextmanager
    def _answers(self, path: str) -> Iterator[Any]:
        rule = MatchRule(type="signal", interface="org.freedesktop.portal.Request", member="Response", path=path)
        self._bus.send_and_get_reply(message_bus.AddMatch(rule))
        with self._bus.filter(rule) as queue:
            yield queue

    def _call(self, method: str, signature: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        reply = self._bus.send_and_get_reply(new_method_call(_PORTAL, method, signature, arguments))
        if reply.header.message_type.name == "error":
            raise DBusErrorResponse(reply)
        return tuple(reply.body)


def _cast(node: int, told: dict[str, Any]) -> Cast:
    x, y = told.get("position", ("(ii)", (0, 0)))[1]
    width, height = told["size"][1]
    return Cast(node, (x, y, width, height))


def _token() -> str:
    return f"recall_{secrets.token_hex(8)}"


def _consent_file() -> Path:
    return user_state_path("recall-agent") / "screencast-consent"


def _known_consent() -> str:
    try:
        return _consent_file().read_text("utf-8")
    except OSError:
        return ""


def _remember_consent(token: str) -> None:
    """So that the person is asked once and not at every start."""
    if token:
        file = _consent_file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(token, "utf-8")
