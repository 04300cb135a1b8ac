"""A stand-in for the vision endpoint outside: a real HTTP server that answers as a test says."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

USAGE = {"prompt_tokens": 900, "completion_tokens": 40}


def completion(text: str | None, usage: Any = USAGE) -> bytes:
    """A chat completion that says this."""
    told = {"choices": [{"message": {"role": "assistant", "content": text}}]} | ({"usage": usage} if usage else {})
    return json.dumps(told).encode()


@dataclass
class StandIn:
    """What it answers next, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = field(default_factory=lambda: completion("A person edits Python code. A terminal is open beside it."))
    headers: dict[str, str] = field(default_factory=dict)
    seconds_per_byte: float = 0.0
    answers: Callable[[dict[str, Any]], bytes] | None = None  # instead of `body`, by what was asked
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextlib.contextmanager
def standing_in() -> Iterator[StandIn]:
    """The server, on loopback, until the block ends."""
    told = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.paths.append(self.path)
            told.keys.append(self.headers["Authorization"])
            told.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = told.answers(told.asked[-1]) if told.answers else told.body
            self.send_response(told.status)
            for name, value in (told.headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever asked has gone
                self._write(body)

        def _write(self, body: bytes) -> None:
            if not told.seconds_per_byte:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(told.seconds_per_byte)

        def log_message(self, *_of_a_request: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
