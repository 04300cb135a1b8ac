"""The agent of the campaign: the real one, before screens that change with every look, with a clock that can be set.

    python -m tests.faults.agent_process JOURNAL CLOCK      RECALL_AGENT_HOME names its folders

What the spool has acknowledged is written to the journal by its id; a line that was written survives a kill -9. The
file CLOCK holds the seconds by which its wall clock is wrong.
"""

import os
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from capture_agent.credentials import read_credentials
from capture_agent.delivery import Pace
from capture_agent.desktop import Desktop, Monitor, Pixels, Window
from capture_agent.places import agent_places
from capture_agent.protocol import ItemHeader, Kind
from capture_agent.running import Running, only_agent
from capture_agent.spool import Spool
from capture_agent.stopping import stop_on_signals
from capture_agent.upload import Patience
from tests.canaries import LEADING, MARGIN, SIZE
from tests.drawn_screens import Line, draw
from tests.faults.planted import HEIGHT, SECRETS, TITLE, WIDTH, WORDS

_IMPATIENT = Patience(first_wait_seconds=0.2, longest_wait_seconds=1)
_PACE = Pace(gather_seconds=0.2, report_seconds=2, refusal_seconds=1, patience=_IMPATIENT)


class JournalledSpool(Spool):
    """A spool that says what it has acknowledged."""

    def __init__(self, folder: Path, journal: Path) -> None:
        super().__init__(folder, 1_000_000_000)
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def put(self, header: ItemHeader, envelope: bytes = b"", key_id: str = "") -> None:
        super().put(header, envelope, key_id)
        if header.kind is Kind.FRAME:
            os.write(self._journal, f"{header.id}\n".encode())


class RestlessScreens:
    """One small monitor of notes: most looks show another page, some the same, and every fourth page a secret."""

    name = "restless"

    def __init__(self) -> None:
        self._chance = random.Random()
        self._shown = self._page()

    def monitors(self) -> list[Monitor]:
        return [Monitor(0, (0, 0, WIDTH, HEIGHT))]

    def desktop(self) -> Desktop:
        return Desktop((Window("geany", self._title, (0, 0, WIDTH, HEIGHT), active=True),), timedelta())

    def grab(self, monitor: Monitor) -> Pixels:
        if self._chance.random() < 0.8:
            self._shown = self._page()
        return self._shown.copy()

    def wait(self, limit: timedelta) -> bool:
        time.sleep(limit.total_seconds())
        return False

    def close(self) -> None: ...

    def _page(self) -> Pixels:
        number = self._chance.randrange(10**6)
        lines = [f"Page {number} of the notes", *(" ".join(self._chance.choices(WORDS, k=4)) for _ in "123")]
        self._title = f"chapter {number % 7}.txt - Notes"
        if self._chance.random() < 0.25:
            lines[1:] = self._chance.choice(SECRETS).lines
        if self._chance.random() < 0.05:
            self._title = TITLE.lines[0]
        drawn = [Line(text, MARGIN, MARGIN // 2 + LEADING * place) for place, text in enumerate(lines)]
        return draw(drawn, width=WIDTH, height=HEIGHT, size=SIZE)


class WrongClock:
    """This machine's clock, off by what a file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        off = float(self._path.read_text() or 0)
        return (datetime.now().astimezone() + timedelta(seconds=off)).astimezone()

    def tick(self) -> float:
        return time.monotonic()


def main() -> None:
    """Runs until a signal."""
    journal, clock = map(Path, sys.argv[1:])
    places = agent_places()
    with only_agent(places):
        running = Running(
            places,
            read_credentials(places.credentials_file),
            RestlessScreens,
            clock=WrongClock(clock),
            spool=JournalledSpool(places.spool, journal),
            pace=_PACE,
        )
        running.run(stop_on_signals())


if __name__ == "__main__":
    main()
