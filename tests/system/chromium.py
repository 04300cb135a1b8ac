"""Debian's Chromium on a test's screen, and a small site for it."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.system.x_server import XScreen


class Chromium:
    """One profile; every call after the first opens a window of the same process."""

    def __init__(self, screen: XScreen, profile: Path, *arguments: str) -> None:
        program = shutil.which("chromium") or "chromium"
        # As root, which CI is, Chromium runs without its sandbox only.
        plain = ["--no-sandbox", "--no-first-run", "--disable-gpu"]
        self._command = [program, *plain, f"--user-data-dir={profile}", *arguments]
        self._screen = screen

    def open(self, *arguments: str) -> None:
        """Another window."""
        self._screen.run(*self.command(*arguments))

    def command(self, *arguments: str) -> list[str]:
        """What opens another window."""
        return [*self._command, "--new-window", *arguments]


@contextmanager
def site(folder: Path, pages: Mapping[str, str]) -> Iterator[str]:
    """The address of a server of these pages, by file name."""
    folder.mkdir()
    for name, page in pages.items():
        (folder / name).write_text(page)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""
