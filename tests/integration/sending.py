"""What a sender has: a token, the landing key, a tag key; it makes items as an agent does, and a server to send to."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from capture_agent.protocol import (
    PROTOCOL_VERSION,
    VERSION_HEADER,
    AudioMetadata,
    BatchAnswer,
    Binding,
    FrameMetadata,
    Kind,
    SeenHeader,
    pack_item,
)
from capture_agent.seal import LandingKey, seal, trusted_landing_key
from capture_agent.upload import Outgoing
from recall_assets.settings import Home
from recall_assets.store import deployments, tokens
from recall_assets.vault.landing_keys import ensure_landing_key

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sender:
    """One machine's agent."""

    deployment: str
    token: str
    landing_key: LandingKey
    tag_key: bytes = bytes(32)

    def frame(
        self,
        name: str = "a frame",
        at: datetime = NOON,
        *,
        held: timedelta = timedelta(),
        offset: timedelta = HOUR,
        monitor: int = 0,
        title: str = "Inbox",
        image: bytes = b"image",
        deployment: str | None = None,
    ) -> Outgoing:
        binding = Binding(Kind.FRAME, deployment or self.deployment, item_id(name), at, offset, monitor)
        metadata = FrameMetadata(app="mail", title=title, url="https://mail.test/?reset=hush")
        sealed = seal(binding, at + held, metadata, image, to=self.landing_key, tag_key=self.tag_key)
        return Outgoing(sealed.header, sealed.envelope)

    def sound(self, name: str = "a call", at: datetime = NOON, length: timedelta = timedelta(seconds=30)) -> Outgoing:
        binding = Binding(Kind.AUDIO, self.deployment, item_id(name), at, HOUR)
        metadata = AudioMetadata(source="microphone")
        sealed = seal(binding, at + length, metadata, b"RIFF", to=self.landing_key, tag_key=self.tag_key)
        return Outgoing(sealed.header, sealed.envelope)

    def seen(self, name: str, until: datetime, at: datetime = NOON) -> Outgoing:
        header = SeenHeader(id=item_id(name), deployment=self.deployment, captured_at=at, seen_until=until)
        return Outgoing(header)

    def headers(self, **other: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", VERSION_HEADER: str(PROTOCOL_VERSION)} | other


@contextmanager
def served(app: FastAPI, context: ssl.SSLContext | None = None) -> Iterator[httpx.Client]:
    """A client of the application, which a real server answers on loopback, with TLS where a context is given.

    The client trusts every certificate: who it is that answers is for the code under test to judge.
    """
    factory = None if context is None else (lambda _config, _default: context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, ssl_context_factory=factory)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            port = listener.getsockname()[1]
            url = f"http{'s' if context else ''}://127.0.0.1:{port}"
            with httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def item_id(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


def enrolled(database: Engine, home: Home, deployment: str = "laptop") -> Sender:
    """An agent whose machine is enrolled."""
    with database.begin() as connection:
        deployments.enrol(connection, deployment, timezone="Europe/Berlin")
        token = tokens.make(connection, label="agent", deployment_id=deployment)
    return Sender(deployment, token, trusted_landing_key(ensure_landing_key(home)))


def post(client: httpx.Client, sender: Sender, *items: Outgoing, **headers: str) -> httpx.Response:
    body = b"".join(pack_item(item.header, item.envelope) for item in items)
    return client.post("/v1/ingest", content=body, headers=sender.headers(**headers))


def outcomes(client: httpx.Client, sender: Sender, *items: Outgoing) -> list[str]:
    """One word for each item."""
    answer = post(client, sender, *items)
    assert answer.status_code == 200, answer.text
    return [item.outcome.value for item in BatchAnswer.model_validate_json(answer.content).outcomes]


def reasons(client: httpx.Client, sender: Sender, *items: Outgoing) -> list[str | None]:
    answer = BatchAnswer.model_validate_json(post(client, sender, *items).content)
    return [item.reason for item in answer.outcomes]


def landed_files(home: Home) -> list[str]:
    """Every file in the landing, also half-written ones."""
    return sorted(path.relative_to(home.landing).as_posix() for path in Path(home.landing).rglob("*") if path.is_file())
