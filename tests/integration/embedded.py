"""What tests of the embedded server share: client processes, and looking at what runs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import make_url

from recall_assets.engines.postgres_keeper import running_server
from recall_assets.settings import Home

CHECKOUT = Path(__file__).parents[2]
# A machine that does ten other things takes long for what else takes a second.
PATIENCE_SECONDS = 300.0


def start_client(*before: str, environment: Mapping[str, str] = os.environ) -> subprocess.Popen[str]:
    """A process that holds a lease of the server of RECALL_HOME, not yet waited for; `before` starts it otherwise."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "tests.integration.postgres_client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=environment,
    )


def address(client: subprocess.Popen[str]) -> str:
    """The address that the client printed; waits until its server is ready."""
    assert client.stdout is not None
    line = client.stdout.readline().strip()
    assert line, client.communicate()[1]
    return line


@contextmanager
def clients(count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Clients that started at the same time; whoever still runs at the end leaves."""
    started = [start_client() for _ in range(count)]
    try:
        yield started
    finally:
        for client in started:
            client.communicate()


def asked(url: str, question: str) -> Any:
    """The one value that a statement gives, in a session of its own."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def server(home: Home) -> psutil.Process | None:
    """The postmaster of this home, if one lives."""
    return running_server(home.path / "pg" / "data")


def keeper(home: Home) -> psutil.Process:
    """The keeper of this home."""
    marks = ["recall_assets.engines.postgres_keeper", str(home.run)]
    return next(p for p in psutil.process_iter(["cmdline"]) if all(m in (p.info["cmdline"] or []) for m in marks))


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns as soon as the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
