"""Debian's redis, a process of its own on loopback that keeps nothing."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from recall_assets.engines.ports import free_port


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of an empty broker, for as long as the block."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 60
        client = redis.Redis(port=port)
        while server.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.02)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
