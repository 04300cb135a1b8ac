"""A person at a terminal: starts `recall` on a pseudo-terminal, reads what it shows, types.

with Person("vault", "init") as person:
    shown = person.reads("Press Enter")      everything up to there
    person.types("")

a server that has loaded the commands ─ fork ─► one process a command, in a session of its own on that terminal
"""

import fcntl
import multiprocessing
import os
import pty
import re
import select
import sys
import termios
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.vault import with_key

PATIENCE = 300.0
# Loading the commands takes longer than what they do, and these tests start a hundred of them.
_COMMANDS = multiprocessing.get_context("forkserver")
_COMMANDS.set_forkserver_preload([with_key.__name__, "recall_assets.cli.vault", "recall_assets.cli.vault_looking"])


class Person:
    """A command that runs on a terminal of its own; leaving the block waits for its end.

    Args:
        keys: files of the software keys that are plugged in.
    """

    def __init__(self, *words: str, keys: tuple[Path, ...] = ()) -> None:
        self._words, self._keys = [*words], [*keys]
        self.seen = ""
        self._read_up_to = 0
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        self._terminal, theirs = pty.openpty()
        # A connection, for that is how a descriptor travels to the process.
        with Connection(theirs) as terminal:
            said = (terminal, dict(os.environ), self._keys, self._words)
            self._process = _COMMANDS.Process(target=_run_on, args=said)
            self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        while self._read_more():
            pass
        self._process.join()
        self.exit_code = self._process.exitcode
        os.close(self._terminal)

    def reads(self, text: str) -> str:
        """What was shown since the last call, up to and with `text`."""
        while (at := self.seen.find(text, self._read_up_to)) < 0:
            assert self._read_more(), f"{text!r} was never shown; this was: {self.seen}"
        start, self._read_up_to = self._read_up_to, at + len(text)
        return self.seen[start : self._read_up_to]

    def types(self, line: str) -> None:
        """Types a line and Enter; a moment later, as people do, for prompts that first turn the echo off."""
        time.sleep(0.2)
        os.write(self._terminal, line.encode() + b"\n")

    def writes_down_the_code(self) -> str:
        """The recovery code that is shown once, typed back."""
        shown = re.search(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", self.reads("Press Enter"))
        assert shown
        self.types("")
        self.reads("Type it back: ")
        self.types(shown[0])
        return shown[0]

    def is_killed(self) -> None:
        """The command ends here, at whatever line it is."""
        self._process.kill()

    def _read_more(self) -> bool:
        if not select.select([self._terminal], [], [], PATIENCE)[0]:
            return False
        try:
            more = os.read(self._terminal, 65_536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += more.decode("utf-8", "replace")
        return bool(more)


def _run_on(terminal: Connection, environment: Mapping[str, str], keys: list[Path], words: list[str]) -> None:
    """The command, as a shell on this terminal would start it."""
    os.environ.clear()
    os.environ.update(environment)
    os.setsid()
    fcntl.ioctl(terminal.fileno(), termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(terminal.fileno(), descriptor)
    terminal.close()
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, encoding="utf-8") for number in (1, 2))
    with_key.run(keys, words)
