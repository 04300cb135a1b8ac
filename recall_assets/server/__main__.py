"""`python -m recall_assets.server`: serves ingest and health on loopback until it is told to stop.

    database ─► sweep the landing ─► bind 127.0.0.1:port ─► note the address ─► serve ─► SIGTERM, or stdin ends

Its first line on stdout is `{"port": N}`. With `--child` it notes no address and stops when its stdin ends, so that it
never outlives the command that started it.
"""

import argparse
import json
import logging
import os
import resource
import socket
import sys
import threading
from collections.abc import Sequence

import uvicorn
from sqlalchemy import Engine

from recall_assets.engines.postgres import running_postgres
from recall_assets.errors import AlreadyRunningError, RecallError
from recall_assets.server import address
from recall_assets.server.app import create_app
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import check_schema, check_server, connect
from recall_assets.store.landing import sweep

_log = logging.getLogger("recall_assets.server")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 after an orderly stop, 1 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="python -m recall_assets.server", description="Recall's ingest, on loopback.")
    parser.add_argument("--port", type=int, help="0: any free one; default: the setting server_port")
    parser.add_argument("--child", action="store_true", help="stop when stdin ends; leave run/server.json alone")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold tokens
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = load_settings()
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
    with _listening(port) as listener:
        bound = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(create_app(engine, settings), log_config=None, access_log=False, server_header=False)
        )
        if child:
            threading.Thread(target=_stop_when_stdin_ends, args=(server,), daemon=True).start()
        else:
            address.record(settings.home, bound)
        try:
            print(json.dumps({"port": bound}), flush=True)  # noqa: T201
            server.run(sockets=[listener])
        finally:
            if not child:
                address.forget(settings.home)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise AlreadyRunningError(
            f"Port {port} on loopback cannot be used: {error.strerror}.",
            "Stop what holds it (`recall status`), or set RECALL_SERVER_PORT to another one, or to 0.",
        ) from error
    listener.listen(128)  # before the address is told, so that the first request waits instead of failing
    return listener


def _stop_when_stdin_ends(server: uvicorn.Server) -> None:
    # Not through sys.stdin: a thread that waits inside it makes the interpreter's own end fail.
    while os.read(0, 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
