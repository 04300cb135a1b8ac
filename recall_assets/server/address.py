"""Where the server of this home answers: a small file that it writes when it listens and removes when it stops.

$RECALL_HOME/run/server.json    {"pid": 4711, "port": 8787, "remote": null}
                                "remote": {"url": "https://192.168.1.5:8788", "authority": "<SHA-256>"}
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from recall_assets.settings import Home


@dataclass(frozen=True, slots=True)
class Remote:
    """Where other machines reach the server, and the SHA-256 of the authority that signed its certificate."""

    url: str
    authority: str


def record(home: Home, port: int, remote: Remote | None = None) -> None:
    """Notes that this process listens on `port` of loopback, and where other machines reach it."""
    path = _path(home)
    part = path.with_suffix(".part")
    told = {"pid": os.getpid(), "port": port, "remote": None if remote is None else asdict(remote)}
    part.write_text(json.dumps(told))
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


def running_remote(home: Home) -> Remote | None:
    """Where other machines reach this home's server; None where it listens on loopback alone, or does not run."""
    if running_server(home) is None:
        return None
    noted = json.loads(_path(home).read_text()).get("remote")
    return None if noted is None else Remote(**noted)


def _path(home: Home) -> Path:
    return home.run / "server.json"
