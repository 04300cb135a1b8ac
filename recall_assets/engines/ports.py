"""Ports of loopback: which are free, and who holds one that is not."""

import contextlib
import socket

import psutil

from recall_assets.errors import AlreadyRunningError


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
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
