"""Where the server of this home answers: a small file that it writes when it listens and removes when it stops.

$RECALL_HOME/run/server.json    {"pid": 4711, "port": 8787}
"""

import json
import os
from pathlib import Path

import httpx

from recall_assets.settings import Home


def record(home: Home, port: int) -> None:
    """Notes that this process listens on `port` of loopback."""
    path = _path(home)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"pid": os.getpid(), "port": port}))
    part.rename(path)


def forget(home: Home) -> None:
    """Removes the note, if it is this process's own."""
    path = _path(home)
    try:
        if json.loads(path.read_text())["pid"] == os.getpid():
            path.unlink()
    except (OSError, ValueError, KeyError):
        return


def running_server(home: Home) -> str | None:
    """The address of this home's server, `http://127.0.0.1:8787`; None where none answers."""
    try:
        url = f"http://127.0.0.1:{int(json.loads(_path(home).read_text())['port'])}"
        answer = httpx.get(f"{url}/health", timeout=5, trust_env=False).json()
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError):
        return None
    return url if answer == {"status": "ok"} else None  # the port may be another program's by now


def _path(home: Home) -> Path:
    return home.run / "server.json"
