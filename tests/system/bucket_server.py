"""moto's S3 server, a process of its own on loopback, with one bucket."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from recall_assets.engines.ports import free_port

BUCKET = "recall-images"


@contextmanager
def bucket_server(*, versions: bool = False) -> Iterator[str]:
    """The server's address, for as long as the block; its bucket is empty.

    Args:
        versions: whether the bucket keeps what is overwritten or deleted.
    """
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", address.rpartition(":")[2]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _make_bucket(address, server)
            if versions:
                body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
                httpx.put(f"{address}/{BUCKET}?versioning", content=body, trust_env=False).raise_for_status()
            yield address
        finally:
            server.terminate()


def _make_bucket(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.put(f"{address}/{BUCKET}", trust_env=False, timeout=10).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("moto's server did not start")
