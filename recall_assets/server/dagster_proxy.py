"""The Dagster UI at /dagster, under the login of all pages.

    browser ─► gate ─► `access.owner` ─► without cookie and token ─┬► the socket of `cli.dagster_ui`, WebSockets too
                                                                   └► `dagster_url`, where somebody else serves it

Dagster's pages come with a policy of their own, to which ours adds what it leaves open: they connect to this server
alone, and nothing frames them. Its policy allows inline styles, so what it draws is not ours to vouch for: the vault's
page keeps its window to itself (see `gate`).
"""

import logging
import re
from pathlib import Path
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi_proxy_lib.core.http import ReverseHttpProxy
from fastapi_proxy_lib.core.websocket import ReverseWebSocketProxy
from sqlalchemy import Engine
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected

from recall_assets.engines.sockets import DAGSTER_PREFIX, dagster_socket
from recall_assets.server import access
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Settings
from recall_assets.store import dagster_runs

_log = logging.getLogger(__name__)

# Dagster asks for no credentials; the proxy's WebSocket client knows no compressed frames.
_KEPT_HERE = {b"cookie", b"authorization", b"sec-websocket-extensions"}
_POLICY = (
    "connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "form-action 'self'; frame-src 'none'; frame-ancestors 'none'"
)
_RUN_PAGE = re.compile(r"runs/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_SECONDS = httpx.Timeout(60, connect=5)  # a page of a long history takes a while


def add_dagster_ui(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds everything below /dagster."""
    socket = None if settings.dagster_url else dagster_socket(settings.home)
    app.mount(DAGSTER_PREFIX, _DagsterUi(socket, settings.dagster_url or "http://localhost", engine))


class _DagsterUi:
    """An ASGI application."""

    def __init__(self, socket: Path | None, address: str, engine: Engine) -> None:
        self._engine = engine
        self._socket = socket
        transport = httpx.AsyncHTTPTransport(uds=str(socket) if socket else None)
        client = httpx.AsyncClient(transport=transport, timeout=_SECONDS, trust_env=False)
        self._pages = ReverseHttpProxy(client, base_url=f"{address}{DAGSTER_PREFIX}/")
        self._streams = ReverseWebSocketProxy(client, base_url=f"{address.replace('http', 'ws', 1)}{DAGSTER_PREFIX}/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await run_in_threadpool(access.owner, HTTPConnection(scope))
        if self._socket is not None and not self._socket.exists():
            raise Refusal(503, "The Dagster UI does not run.", "In a terminal: recall up")
        path = scope["path"].removeprefix(f"{DAGSTER_PREFIX}/")
        if (gone := _RUN_PAGE.fullmatch(path)) and not await run_in_threadpool(
            dagster_runs.is_kept, self._engine, UUID(gone[1])
        ):
            await RedirectResponse(f"/runs/{gone[1]}", 303)(scope, receive, send)
            return
        scope = {**scope, "headers": [(name, said) for name, said in scope["headers"] if name not in _KEPT_HERE]}
        if scope["type"] == "websocket":
            try:
                await self._streams.proxy(websocket=WebSocket(scope, receive, send), path=path)
            except* ClientDisconnected:
                _log.debug("a page was left before its stream was open")
        else:
            answer = await self._pages.proxy(request=Request(scope, receive), path=path)
            await answer(scope, receive, _with_policy(send))


def _with_policy(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            own = headers.get("Content-Security-Policy", "default-src 'self'").rstrip("; ")
            headers["Content-Security-Policy"] = f"{own}; {_POLICY}"
            headers["Referrer-Policy"] = "same-origin"
        await send(message)

    return sending
