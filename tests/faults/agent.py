"""The agent of the campaign as a process: started, killed, ended in order; what it acknowledged and what it still has.

agent_process ──► journal: every id that the spool acknowledged        spool: on a small disk of its own
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from capture_agent.credentials import Credentials, write_credentials
from capture_agent.messages import LandingKeyAnswer
from capture_agent.places import Places
from capture_agent.protocol import Kind
from capture_agent.spool import Spool

_EVERY_SECOND = "[capture]\nevery_seconds = 1\n"


class Agent:
    """One agent below `folder`, whose clock may be set wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._places = Places(folder, folder)
        self._journal, self._clock = folder / "journal", folder / "clock"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.seen_in_spool: set[str] = set()  # at a kill
        self.hung = 0

    @property
    def spool(self) -> Path:
        return self._places.spool

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def prepare(self, url: str, token: str, key: LandingKeyAnswer) -> None:
        """Its settings and credentials, as its owner's enrolment leaves them."""
        self._places.make()
        self._places.settings_file.write_text(_EVERY_SECOND)
        self.set_clock(0)
        self._journal.touch()
        given = Credentials(url=url, deployment="laptop", token=token, identity=key.identity, landing_key=key)
        write_credentials(self._places.credentials_file, given)

    def start(self) -> None:
        environment = os.environ | {"RECALL_AGENT_HOME": str(self._places.state)}
        command = [sys.executable, "-m", "tests.faults.agent_process", str(self._journal), str(self._clock)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """kill -9; what lies in the spool at that moment is noted."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        names = (path.name.split(".") for path in self.spool.iterdir() if not path.name.endswith(".part"))
        self.seen_in_spool |= {parts[4] for parts in names if len(parts) == 6 and parts[1] == Kind.FRAME.value}

    def end(self) -> None:
        """Ends it as a service manager does; one that does not end by itself says in its log where it hung."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        if self._process.wait(60) not in (0, -signal.SIGTERM):
            self.hung += 1
            print(f"the agent did not end in order:\n{self._log.read_text()[-4000:]}", flush=True)

    def deliver_the_rest(self, patience_seconds: float) -> None:
        """Ends it, then starts it once more, paused, until everything is delivered."""
        self.end()
        self._places.pause_file.write_text('{"until": null}')
        self.start()
        until = time.monotonic() + patience_seconds
        while time.monotonic() < until and self.waiting():
            time.sleep(0.5)
        self.end()

    def waiting(self) -> int:
        """Items in the spool."""
        return len(Spool(self.spool, 1).waiting())

    def thinned(self) -> int:
        """Items that the spool gave up."""
        return Spool(self.spool, 1).thinned

    def set_clock(self, seconds_off: float) -> None:
        self._clock.write_text(str(seconds_off))

    def kept(self) -> set[str]:
        """Ids of what was acknowledged."""
        return {line.replace("-", "") for line in self._journal.read_text().split()}

    def await_a_frame(self, patience_seconds: float = 60.0) -> None:
        """So that every fault meets an agent that captures."""
        before, until = self._journal.stat().st_size, time.monotonic() + patience_seconds
        while self._journal.stat().st_size == before:
            assert time.monotonic() < until, f"no frame was kept for long:\n{self._log.read_text()[-2000:]}"
            time.sleep(0.02)
