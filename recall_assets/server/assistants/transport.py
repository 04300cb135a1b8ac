"""/mcp: the tools over streamable HTTP, for a token of scope mcp.

    POST /mcp ─► gate ─► access.mcp ─► a session for this request alone ─► JSON

Nothing is kept between requests, so whoever asks is judged each time and a restart loses nothing. The first request
loads the SDK: a server that no assistant asks does without it.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from recall_assets.server import access
from recall_assets.settings import Home

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

PATH = "/mcp"


def add_mcp(app: FastAPI, engine: Engine, home: Home) -> None:
    """Adds the route."""
    app.router.routes.append(Route(PATH, _Mcp(engine, home), methods=["POST"]))


class _Mcp:
    """An ASGI application."""

    def __init__(self, engine: Engine, home: Home) -> None:
        self._engine = engine
        self._home = home

    @cached_property
    def _server(self) -> "Server[Any]":
        from recall_assets.server.assistants.tools import make_server

        server = make_server(self._engine, self._home)
        server.streamable_http_app()
        return server.session_manager.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
        from mcp.server.transport_security import TransportSecuritySettings

        from recall_assets.server.assistants.calls import ASKED_BY

        grant = await run_in_threadpool(access.mcp, HTTPConnection(scope))
        ASKED_BY.set(grant.hash)
        # The gate has judged Host and Origin, by the names that this server has.
        judged = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, security_settings=judged
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)
