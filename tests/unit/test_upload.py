"""The sender's side of delivery, against a real HTTP server that answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_agent.protocol import Outcome, SeenHeader, unpack_batch
from capture_agent.upload import (
    BATCH_BYTES,
    BATCH_ITEMS,
    Outgoing,
    Patience,
    RefusedError,
    UnreachableError,
    Uploader,
    UploadError,
)

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def item(number: int, envelope: bytes = b"") -> Outgoing:
    identity = uuid5(UUID(int=0), str(number))
    return Outgoing(SeenHeader(id=identity, deployment="laptop", captured_at=NOON, seen_until=NOON), envelope)


class ToldServer(ThreadingHTTPServer):
    """Answers with the next status it was told; then stores everything. Bodies over `cap` get 413."""

    def __init__(self, statuses: list[int], cap: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.cap = cap
        self.batches: list[int] = []


class _Handler(BaseHTTPRequestHandler):
    server: ToldServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        items = unpack_batch(body)
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        status = 413 if len(body) > self.server.cap else status
        outcomes = [{"id": json.loads(header)["id"], "outcome": "stored"} for header, _ in items]
        answer: object = {"outcomes": outcomes} if status == 200 else {"problem": "no", "remedy": "Do this."}
        if status == 200:
            self.server.batches.append(len(items))
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def told(*statuses: int, cap: int = 10**9) -> Iterator[tuple[ToldServer, Uploader, list[float]]]:
    waits: list[float] = []
    with ToldServer(list(statuses), cap) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with Uploader(f"http://127.0.0.1:{server.server_port}", "token", sleep=waits.append) as uploader:
                yield server, uploader, waits
        finally:
            server.shutdown()
            thread.join()


def test_every_item_gets_its_outcome_in_bounded_batches() -> None:
    items = [item(n) for n in range(BATCH_ITEMS + 1)]
    large = [item(n, bytes(BATCH_BYTES // 2)) for n in range(1000, 1003)]
    with told() as (server, uploader, _):
        answers = list(uploader.send([*items, *large]))
    assert [sent for sent, _ in answers] == [*items, *large]
    assert {answer.outcome for _, answer in answers} == {Outcome.STORED}
    assert server.batches == [BATCH_ITEMS, 3, 1]


def test_what_passes_is_tried_again_later_and_later() -> None:
    with told(503, 500, 429) as (server, uploader, waits):
        assert len(list(uploader.send([item(1)]))) == 1
    assert len(waits) == 3
    assert server.batches == [1]


def test_a_server_that_stays_away_is_given_up_for_now() -> None:
    with told() as (server, _, waits):
        address = f"http://127.0.0.1:{server.server_port}"
    with Uploader(address, "token", sleep=waits.append) as uploader, pytest.raises(UnreachableError):
        list(uploader.send([item(1)]))
    assert len(waits) == Patience().attempts - 1


@pytest.mark.parametrize("status", [400, 401, 403, 426])
def test_a_refusal_is_not_tried_again_and_carries_the_servers_remedy(status: int) -> None:
    with told(status) as (_, uploader, waits), pytest.raises(RefusedError, match="Do this") as caught:
        list(uploader.send([item(1)]))
    assert (caught.value.status, waits) == (status, [])


def test_a_batch_that_is_too_large_is_halved_and_only_what_is_too_large_alone_is_rejected() -> None:
    sizes = [10, 5000, 10, 10]
    with told(cap=1000) as (server, uploader, _):
        answers = [answer.outcome for _, answer in uploader.send(item(n, bytes(size)) for n, size in enumerate(sizes))]
    assert answers == [Outcome.STORED, Outcome.REJECTED, Outcome.STORED, Outcome.STORED]
    assert server.batches == [1, 2]


@given(attempt=st.integers(0, 60), asked=st.floats(0, 1e6))
def test_waits_are_bounded_and_no_shorter_than_asked(attempt: int, asked: float) -> None:
    patience = Patience()
    assert min(asked, patience.longest_wait_seconds) <= patience.wait_seconds(attempt, asked)
    assert patience.wait_seconds(attempt, asked) <= patience.longest_wait_seconds


@pytest.mark.parametrize("url", ["http://recall.example.test", "ftp://localhost", "localhost:8787"])
def test_a_token_does_not_travel_in_clear(url: str) -> None:
    with pytest.raises(UploadError, match="https"):
        Uploader(url, "token")
