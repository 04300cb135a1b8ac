"""`python -m recall_assets.server`: serves ingest, pages and health until it is told to stop.

    database ─► sweep the landing ─► bind ─► note the address ─► serve ─► SIGTERM, or stdin ends
                                      ├─ 127.0.0.1:port   http
                                      └─ settings.listen  https, where it is set; its certificate is renewed in time

Its first line on stdout is `{"port": N}`. With `--child` it listens on loopback alone, notes no address and stops when
its stdin ends, so that it never outlives the command that started it.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from recall_assets import logs
from recall_assets.engines.postgres import running_postgres
from recall_assets.errors import RecallError
from recall_assets.server import address
from recall_assets.server.app import create_app
from recall_assets.server.listening import (
    Endpoint,
    certificate_of,
    first_reached,
    open_listener,
    open_loopback,
    parse_endpoint,
)
from recall_assets.server.views.day import warm_up
from recall_assets.server.views.rendering import compile_templates
from recall_assets.settings import Home, Settings, load_settings
from recall_assets.store.database import check_server, connect
from recall_assets.store.landing import sweep
from recall_assets.store.schema import check_schema

_log = logging.getLogger("recall_assets.server")
_RENEWAL_LOOK_SECONDS = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 after an orderly stop, 1 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="python -m recall_assets.server", description="Recall's server.")
    parser.add_argument("--port", type=int, help="of loopback; 0: any free one; default: the setting server_port")
    parser.add_argument("--child", action="store_true", help="stop when stdin ends; leave run/server.json alone")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold tokens
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = load_settings()
        logs.set_up(settings.log_format, logging.getLogger())
        with running_postgres(settings) as database:
            engine = connect(database.url)
            try:
                check_server(engine)
                check_schema(engine)
                port = settings.server_port if options.port is None else options.port
                _serve(engine, settings, port, child=options.child)
            finally:
                engine.dispose()
    except RecallError as error:
        print(f"recall: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _serve(engine: Engine, settings: Settings, port: int, *, child: bool) -> None:
    with engine.begin() as connection:
        swept = sweep(connection, settings.home)
    if swept:
        _log.info("landing: removed %d files that no frame needs", swept)
    with contextlib.ExitStack() as stack:
        app = create_app(engine, settings)
        # Beside the start: nothing waits for it, and a page that cannot be drawn keeps no server from running.
        threading.Thread(target=_warm_up, args=(engine,), daemon=True).start()
        loopback = [stack.enter_context(listener) for listener in open_loopback(port)]
        bound = loopback[0].getsockname()[1]
        servers = [(uvicorn.Server(_config(app)), loopback)]
        remote = None
        if settings.listen and not child:
            remote, served = _remote(stack, app, settings.home, parse_endpoint(settings.listen))
            servers.append(served)
        if child:
            threading.Thread(target=_stop_when_stdin_ends, args=(servers[0][0],), daemon=True).start()
        else:
            address.record(settings.home, bound, remote)
            stack.callback(address.forget, settings.home)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: None)  # uvicorn raises it again when it has stopped
        print(json.dumps({"port": bound}), flush=True)  # noqa: T201
        asyncio.run(_run(servers))


def _warm_up(engine: Engine) -> None:
    compile_templates()
    warm_up(engine)


def _remote(
    stack: contextlib.ExitStack, app: FastAPI, home: Home, endpoint: Endpoint
) -> tuple[address.Remote, tuple[uvicorn.Server, list[socket.socket]]]:
    """The server for other machines: where it answers, and what to run."""
    listener = stack.enter_context(open_listener(endpoint))
    certificate = certificate_of(home, endpoint, datetime.now(UTC))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.path)
    threading.Thread(target=_renew, args=(home, endpoint, context), daemon=True).start()
    reached = first_reached(Endpoint(endpoint.host, listener.getsockname()[1]))
    config = _config(app, context)
    return address.Remote(f"https://{reached}", certificate.authority), (uvicorn.Server(config), [listener])


def _config(app: FastAPI, context: ssl.SSLContext | None = None) -> uvicorn.Config:
    factory = None if context is None else (lambda _config, _default: context)
    return uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, ssl_context_factory=factory
    )


async def _run(servers: Sequence[tuple[uvicorn.Server, list[socket.socket]]]) -> None:
    """Serves on every socket until the first server is told to stop, which stops the others."""
    running = [asyncio.create_task(server.serve(sockets=listeners)) for server, listeners in servers]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for server, _ in servers:
        server.should_exit = True
    await asyncio.gather(*running)


def _renew(home: Home, endpoint: Endpoint, context: ssl.SSLContext) -> None:
    """Looks each hour whether the certificate is about to end; connections made later show the new one."""
    look = threading.Event()
    while not look.wait(_RENEWAL_LOOK_SECONDS):
        try:
            context.load_cert_chain(certificate_of(home, endpoint, datetime.now(UTC)).path)
        except (RecallError, OSError) as error:
            _log.error("the certificate cannot be renewed: %s", error)


def _stop_when_stdin_ends(server: uvicorn.Server) -> None:
    # Not through sys.stdin: a thread that waits inside it makes the interpreter's own end fail.
    while os.read(0, 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
