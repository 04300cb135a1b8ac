"""`recall open`: the owner's browser is logged in by a link that works once, and shows a page.

    code ─► http://localhost:8787/login?to=/vault#CODE ─► printed
                                                       └► run/login-*.html (0600) ─► the browser, where there is one

The browser is given a file that leads to the link: what a program is started with, other users of the machine can read.
"""

import contextlib
import html
import os
import socket
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

import typer
from sqlalchemy import Engine

from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.server.address import running_remote, running_server
from recall_assets.server.child import reachable_server
from recall_assets.settings import Home, Settings, load_settings
from recall_assets.store import tokens

LINK_LIFETIME = timedelta(minutes=10)
_BROWSER_SECONDS = 20.0


def open_(
    path: Annotated[str, typer.Argument(metavar="PATH", help="Which page, as /vault or /days/2026-11-09.")] = "/",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
) -> None:
    """Log your browser in and show a page; prints the link too, for a browser elsewhere. It works once."""
    if not path.startswith("/"):
        raise InputError(f"{path} is no page.", "Say e.g. /vault.")
    show(path, browser=not no_browser)


def show(path: str, *, browser: bool = True) -> None:
    """Shows a page in the owner's browser, logged in; where no server runs, one runs as long as this command."""
    settings = load_settings()
    runs = running_server(settings.home) is not None
    with opened_database(settings) as engine, reachable_server(settings) as address:
        link = login_link(settings, engine, address, path)
        print(f"Within {LINK_LIFETIME.seconds // 60} minutes, once:\n\n  {link}\n")
        if browser and _has_browser():
            _open(settings.home, engine, link)
        elif link.startswith("http:"):
            port = urlsplit(link).port
            print("Is your browser on another machine? Lead this port there first, and open the link there:\n")
            print(f"  ssh -L {port}:localhost:{port} {socket.gethostname()}\n")
        if not runs:
            with contextlib.suppress(EOFError):
                input("Recall does not run, but a server for this. Press Enter to end it. ")


def login_link(settings: Settings, engine: Engine, address: str, path: str = "/") -> str:
    """A link that logs a browser in, once, within ten minutes.

    Args:
        address: of the server on loopback.
        path: of the page that the browser is shown then.
    """
    with engine.begin() as connection:
        code = tokens.make(connection, label="login", scope="login", lifetime=LINK_LIFETIME)
    to = "" if path == "/" else f"?to={quote(path, safe='/')}"
    return f"{_base(settings, address)}/login{to}#{code}"


def _base(settings: Settings, address: str) -> str:
    """Where pages are served under the name that security keys are enrolled for; they take no address for a name."""
    if settings.vault_rp_id == "localhost":
        return address.replace("127.0.0.1", "localhost")
    remote = running_remote(settings.home)
    if settings.public_url or remote is None:
        return settings.public_url or f"https://{settings.vault_rp_id}"
    return f"https://{settings.vault_rp_id}:{urlsplit(remote.url).port}"


def _has_browser() -> bool:
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False  # what `webbrowser` finds then runs in the terminal
    return "SSH_CONNECTION" not in os.environ


def _open(home: Home, engine: Engine, link: str) -> None:
    """Waits until the link was used, or a browser had time enough to do so."""
    code = urlsplit(link).fragment
    with _leading_to(home, link) as file:
        if not webbrowser.open(file.as_uri()):
            return
        ends = time.monotonic() + _BROWSER_SECONDS
        while time.monotonic() < ends:
            with engine.connect() as connection:
                if tokens.verify(connection, code) is None:
                    print("Your browser is logged in.")
                    return
            time.sleep(0.2)


@contextmanager
def _leading_to(home: Home, link: str) -> Iterator[Path]:
    """A file that leads a browser to the link, for the owner alone, as long as the block."""
    number, name = tempfile.mkstemp(".html", "login-", home.run)
    file = Path(name)
    try:
        with os.fdopen(number, "w") as out:
            out.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(link)}">')
        yield file
    finally:
        file.unlink()
