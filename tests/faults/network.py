"""A network between agent and server that can be cut: a proxy of bytes on loopback.

agent ─► 127.0.0.1:port ─► server        cut: every connection ends in the middle, new ones are refused
"""

import socket
import threading
from contextlib import suppress


class Network:
    """Forwards connections to `target`, a port of loopback, until it is cut."""

    def __init__(self) -> None:
        self.target = 0
        self._open: set[socket.socket] = set()
        self._cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._cut = True
        for connection in list(self._open):
            _end(connection)

    def mend(self) -> None:
        self._cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                agent, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                _end(agent)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                _end(agent)
                continue
            self._open |= {agent, server}
            for here, there in ((agent, server), (server, agent)):
                threading.Thread(target=self._pump, args=(here, there), daemon=True).start()

    def _pump(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                there.sendall(data)
        for end in (here, there):
            _end(end)
            self._open.discard(end)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
