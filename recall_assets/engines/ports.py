"""Ports of loopback: which are free, and who holds one that is not."""

import contextlib
import secrets
import socket

import psutil

from recall_assets.errors import AlreadyRunningError

# Below what Linux (32768), macOS and Windows (49152) give to outgoing connections, above what services are known by.
_NEVER_OUTGOING = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether we could listen on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port on which nobody listens, and that no outgoing connection takes before somebody does."""
    while not is_free(port := secrets.choice(_NEVER_OUTGOING)):
        pass
    return port


def check_is_free(port: int, purpose: str, setting: str) -> None:
    """Nothing, if we could listen on this port.

    Raises:
        AlreadyRunningError: names the port, the setting that moves it and, where the system tells, who holds it.
    """
    if not is_free(port):
        raise AlreadyRunningError(
            f"Port {port}, for {purpose}, is in use{_holder(port)}.", f"Stop that, or set {setting}; 0 takes any port."
        )


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
