"""A person at a terminal: starts `recall` on a pseudo-terminal, reads what it shows, types.

with Person("vault", "init") as person:
    shown = person.reads("Press Enter")      everything up to there
    person.types("")
"""

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 60.0


class Person:
    """A command that runs on a terminal of its own; leaving the block waits for its end.

    Args:
        keys: files of the software keys that are plugged in.
    """

    def __init__(self, *words: str, keys: tuple[Path, ...] = ()) -> None:
        self._words = [sys.executable, "-m", "tests.vault.with_key", ",".join(map(str, keys)), *words]
        self.seen = ""
        self._read_up_to = 0
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.execv(self._words[0], self._words)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            os.kill(self._process, signal.SIGKILL)
        while self._read_more():
            pass
        _, status = os.waitpid(self._process, 0)
        self.exit_code = os.waitstatus_to_exitcode(status)
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
        os.kill(self._process, signal.SIGKILL)

    def _read_more(self) -> bool:
        if not select.select([self._terminal], [], [], PATIENCE)[0]:
            return False
        try:
            more = os.read(self._terminal, 65_536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += more.decode("utf-8", "replace")
        return bool(more)
