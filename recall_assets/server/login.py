"""How the owner's browser logs in and out: by a link that works once, then by a strict cookie.

    recall open [PATH] ─► a code (its hash is kept) ─► http://localhost:8787/login?to=PATH#CODE ─► the browser
    GET  /login              the page; its script takes the code from behind the #, which no server or log ever sees
    POST /login              code ─► a session (its hash is kept), cookie ─► 303 to PATH
    POST /logout             this browser's session ends
    POST /logout/everywhere  every browser's does, and no link that was made before works

    cookie: HttpOnly, SameSite=Strict, Path=/, 30 days; with TLS also Secure and __Host-

The page posts the code itself, since a link that another program opened may not bring a strict cookie back at once,
and since a program that looks at links before a person does would use the code up.
"""

import html
import re
import shlex
from pathlib import Path
from string import Template
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Engine

from recall_assets.server import access
from recall_assets.server.access import NotLoggedIn
from recall_assets.server.gate import host_name, is_private
from recall_assets.server.refusal import refused
from recall_assets.server.requests import read_body
from recall_assets.settings import Settings
from recall_assets.store import tokens

_PAGES = Path(__file__).parent / "pages" / "login"
_TYPES = {"login.js": "text/javascript", "login.css": "text/css"}
_LOCAL_PATH = re.compile(r"/(?![/\\])[!-~]*")
_MOST_BYTES = 4096
_LABEL_LETTERS = 120


def add_login(app: FastAPI, engine: Engine, settings: Settings) -> None:
    """Adds the routes, and the page that a browser without a session gets instead of any other."""
    app.add_exception_handler(NotLoggedIn, _ask_to_log_in)

    @app.get("/login")
    def page(request: Request, to: str = "/") -> Response:
        if (moved := _to_the_name(request, settings)) is not None:
            return moved
        return _page("login.html", to=local_path(to))

    @app.get("/login/{name}")
    def part(name: str) -> Response:
        if name not in _TYPES:
            return Response(status_code=404)
        return Response((_PAGES / name).read_bytes(), media_type=_TYPES[name])

    @app.post("/login")
    async def log_in(request: Request) -> Response:
        access.require_own_page(request)
        sent = parse_qs((await read_body(request, _MOST_BYTES)).decode(errors="replace"))
        code, to = (sent.get(name, [""])[0] for name in ("code", "to"))
        former = await run_in_threadpool(access.session, request)
        token = await run_in_threadpool(_begin, engine, code, request.headers.get("User-Agent", "a browser"), former)
        if token is None and former is None:
            return _page("spent.html", 403, command=_command(to))
        answer = RedirectResponse(local_path(to), 303)
        if token is None:  # the link was followed again, in the same browser
            return answer
        answer.set_cookie(
            access.cookie_name(request),
            token,
            max_age=int(access.SESSION_LIFETIME.total_seconds()),
            secure=is_private(request, settings),
            httponly=True,
            samesite="strict",
        )
        return answer

    @app.post("/logout")
    def log_out(request: Request, grant: Annotated[tokens.Grant, Depends(access.owner)]) -> Response:
        with engine.begin() as connection:
            tokens.end(connection, grant.hash)
        return _logged_out(request)

    @app.post("/logout/everywhere")
    def log_out_everywhere(request: Request, grant: Annotated[tokens.Grant, Depends(access.owner)]) -> Response:
        with engine.begin() as connection:
            tokens.end_logins(connection)
        return _logged_out(request)


def local_path(to: str) -> str:
    """Where a login may lead: a path of this server; any other becomes the first page."""
    return to if _LOCAL_PATH.fullmatch(to) else "/"


def _begin(engine: Engine, code: str, browser: str, former: tokens.Grant | None) -> str | None:
    """The token of a new session, in place of the former; None where the code logs nobody in."""
    with engine.begin() as connection:
        if tokens.redeem(connection, code, "login") is None:
            return None
        if former is not None:
            tokens.end(connection, former.hash)
        return tokens.make(
            connection, label=browser[:_LABEL_LETTERS], scope="session", lifetime=access.SESSION_LIFETIME
        )


def _logged_out(request: Request) -> Response:
    answer = _page("out.html")
    answer.delete_cookie(access.cookie_name(request), httponly=True, samesite="strict")
    return answer


async def _ask_to_log_in(request: Request, refusal: Exception) -> Response:
    """For a browser a page; for a program, a script or a WebSocket the refusal itself."""
    assert isinstance(refusal, NotLoggedIn)
    if request.scope["type"] != "http" or "text/html" not in request.headers.get("Accept", ""):
        return refused(refusal)
    if request.method == "GET" and (moved := _to_the_name(request, request.app.state.settings)) is not None:
        return moved
    to = local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    from_elsewhere = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    # A strict cookie stays away from a click in another page, but comes with one in ours.
    if request.method == "GET" and from_elsewhere:
        return _page("elsewhere.html", 401, to=to, command=_command(to))
    return _page("needed.html", 401, command=_command(to))


def _to_the_name(request: Request, settings: Settings) -> Response | None:
    """To `localhost` from its number: security keys take no address for a name, and a cookie is one name's."""
    if host_name(request) == "127.0.0.1" and settings.vault_rp_id == "localhost":
        return RedirectResponse(request.url.replace(hostname="localhost"), 307)
    return None


def _command(to: str) -> str:
    return "recall open" if local_path(to) == "/" else f"recall open {shlex.quote(to)}"


def _page(name: str, status: int = 200, **values: str) -> HTMLResponse:
    body = Template((_PAGES / name).read_text()).substitute({key: html.escape(text) for key, text in values.items()})
    frame = Template((_PAGES / "frame.html").read_text())
    return HTMLResponse(frame.substitute(body=body), status)
