"""The real agent and the real server as processes of their own, and what the server holds of the screens afterwards.

server process ◄─ enrol, upload ─ agent process ◄─ X screen          landing ─► stored: every frame, opened
"""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import Engine, select

from capture_agent.desktop import Pixels
from capture_agent.protocol import FrameMetadata
from recall_assets.settings import Home, Settings
from recall_assets.store import landing, tables
from recall_assets.store.frames import LandedFrame
from recall_assets.vault.landing import LandingKeys
from tests.integration.embedded import wait_until
from tests.integration.invited import link

STARTS_WITHIN_SECONDS, ENDS_WITHIN_SECONDS = 90.0, 30.0


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame that the server holds, in clear."""

    at: datetime
    monitor: int
    metadata: FrameMetadata = field(repr=False)
    pixels: Pixels = field(repr=False)


@contextmanager
def server_process(settings: Settings) -> Iterator[str]:
    """The address of a server of this home."""
    command = [sys.executable, "-m", "recall_assets.server", "--port", "0"]
    with (settings.home.path.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
        finally:
            server.terminate()
            server.wait(30)


class AgentProcess:
    """`recall-agent`, with folders of its own."""

    def __init__(self, folder: Path, display: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in {"WAYLAND_DISPLAY", "RECALL_HOME"}},
            "RECALL_AGENT_HOME": str(folder),
            "DISPLAY": display,
            "TZ": "Europe/Berlin",
        }

    def tell(self, *words: str) -> str:
        """What a command says, be it that something is wrong."""
        command = [sys.executable, "-m", "capture_agent", *words]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=60).stdout

    @contextmanager
    def running(self) -> Iterator[None]:
        """Captures from the first frame on; ends as a service manager ends it, and says that all was delivered."""
        process = subprocess.Popen([sys.executable, "-m", "capture_agent", "run"], env=self._environment)
        try:
            wait_until(lambda: '"recording"' in self.tell("status", "--json"), STARTS_WITHIN_SECONDS)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(ENDS_WITHIN_SECONDS)
        assert process.returncode == 0
        assert json.loads(self.tell("status", "--json"))["spooled_items"] == 0


@contextmanager
def capturing(display: str, folder: Path, settings: Settings, database: Engine) -> Iterator[AgentProcess]:
    """A machine that was just enrolled and is captured."""
    with server_process(settings) as url:
        agent = AgentProcess(folder, display)
        told = agent.tell("enrol", link(database, settings.home, url), "--id", "desk", "--timezone", "Europe/Berlin")
        assert told.startswith("This machine is desk"), told
        with agent.running():
            yield agent


def stored(database: Engine, home: Home) -> list[StoredFrame]:
    """Every frame that the server holds, in time order."""
    keys, columns = LandingKeys(home), (tables.frames.c[name] for name in LandedFrame.__slots__)
    with database.connect() as connection:
        rows = [LandedFrame(*row) for row in connection.execute(select(*columns).order_by(tables.frames.c.captured_at))]
    return [_opened(row, keys, home) for row in rows]


def _opened(row: LandedFrame, keys: LandingKeys, home: Home) -> StoredFrame:
    assert row.landing_ref is not None
    frame = keys.open(landing.read_envelope(home, row.landing_ref), row.binding)
    pixels = np.array(Image.open(io.BytesIO(frame.image)).convert("RGB"))
    return StoredFrame(row.captured_at, row.monitor, frame.metadata, pixels)
