"""A desktop for tests: Xvfb, openbox and Debian's programs, driven like a person would.

with desktop(home, "1920x1080") as screen:  ─► screen.address, screen.run("xterm", ...), screen.window("title")
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
PATIENCE_SECONDS = 90.0


def eventually(ask: Callable[[], _T | None], what: str) -> _T:
    """What `ask` gives as soon as it is something.

    Raises:
        AssertionError: it stayed nothing.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while not (got := ask()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)
    return got


class XScreen:
    """A running X server; everything that it runs ends with it."""

    def __init__(self, address: str, home: Path) -> None:
        self.address = address
        self._environment = {**os.environ, "DISPLAY": address, "HOME": str(home), "NO_AT_BRIDGE": "1"}
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts a program on this screen."""
        quiet = subprocess.DEVNULL
        started = subprocess.Popen(command, env=self._environment, stdout=quiet, stderr=quiet, start_new_session=True)
        self._running.append(started)
        return started

    def tell(self, *command: str) -> str:
        """What a short program says."""
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def window(self, title: str) -> str:
        """The id of the window with this title, once it is shown."""
        found = eventually(lambda: self._search(title), f"a window {title!r}")
        return found.splitlines()[0]

    def activate(self, title: str) -> None:
        """Gives a window the keyboard."""
        self.tell("xdotool", "windowactivate", "--sync", self.window(title))

    def end(self, program: subprocess.Popen[bytes]) -> None:
        """Ends a program of `run` and everything that it started."""
        _end(program)
        self._running.remove(program)

    def close(self) -> None:
        """Ends every program."""
        for program in reversed(self._running):
            _end(program)

    def _search(self, title: str) -> str:
        search = ["xdotool", "search", "--onlyvisible", "--name", title]
        return subprocess.run(search, env=self._environment, capture_output=True, text=True).stdout


def _end(program: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(program.pid, 15)
        program.wait(5)
    except ProcessLookupError:
        pass
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, 9)
        program.wait()


@contextmanager
def desktop(home: Path, size: str, window_manager: str | None = "openbox") -> Iterator[XScreen]:
    """An X server of this size, and a window manager."""
    with x_server(size) as address:
        screen = XScreen(address, home)
        try:
            if window_manager:
                screen.run(window_manager)
                eventually(lambda: "_NET_ACTIVE" in screen.tell("xprop", "-root", "_NET_SUPPORTED"), window_manager)
            yield screen
        finally:
            screen.close()


@contextmanager
def x_server(size: str, *arguments: str) -> Iterator[str]:
    """The address of an X server without any program."""
    reading, writing = os.pipe()
    # Without -noreset the server begins anew when its last client goes: a program that asks before the window manager
    # has come would take it down in the moment in which it comes.
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
    command += arguments
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
