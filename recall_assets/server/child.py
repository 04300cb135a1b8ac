"""The server that a command speaks to: the one that runs, or one of its own for as long as it needs it.

running_server? ─ yes ─► its address
                └ no ──► python -m recall_assets.server --port 0 --child ─► its address ─► stdin closed, it ends
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from recall_assets.errors import RecallError
from recall_assets.server.address import running_server
from recall_assets.settings import Settings

_STOP_SECONDS = 30


@contextmanager
def reachable_server(settings: Settings) -> Iterator[str]:
    """The address of a server of this home, which answers at least as long as the block runs.

    Raises:
        RecallError: none could be started.
    """
    running = running_server(settings.home)
    if running is not None:
        yield running
        return
    log = settings.home.logs / "server.log"
    with log.open("ab") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "recall_assets.server", "--port", "0", "--child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=os.environ | {"RECALL_HOME": str(settings.home.path)},
            start_new_session=True,  # Ctrl-C ends the command first; then this ends by its stdin
        )
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        try:
            line = child.stdout.readline()
            if not line:
                raise RecallError("The server could not be started.", f"See the end of {log}.")
            yield f"http://127.0.0.1:{json.loads(line)['port']}"
        finally:
            child.stdin.close()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
