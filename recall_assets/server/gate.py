"""What every request passes before a route sees it, streams, WebSockets and mounted applications too.

    Host            one of this server's names                400: another name was made to lead here (DNS rebinding)
    Origin          where it is sent, this server's own       403: another page asks
    Sec-Fetch-Site  same-origin or none; from elsewhere       403
                    a window may be led to a page
    Service-Worker  is refused                                403: nothing stands between the owner and these pages
        │
        ▼
    the route ─► answer, with the headers below where the route set none of its own

Another port of `localhost` is another origin, but the same site: a browser sends the cookie there, and to us from
there. So SameSite alone is not enough, and these checks are made of every request.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recall_assets.server.refusal import Refusal, refused
from recall_assets.settings import Settings

# Scripts and styles are files of ours, none stands in a page; text enters a page as text.
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    # The vault's page says same-origin, so no other page of ours gets hold of its window.
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be null
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_SAFE = {"GET", "HEAD"}


class Gate:
    """ASGI middleware around the whole application.

    Args:
        names: of this server, as they may stand in `Host`, without a port.
        public_url: of a reverse proxy in front, which speaks TLS for us.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str], settings: Settings) -> None:
        self._app = app
        self._names = frozenset(names)
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._judged(HTTPConnection(scope))
        if refusal is not None:
            await refused(refusal)(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, _with_headers(send))

    def _judged(self, connection: HTTPConnection) -> Refusal | None:
        if host_name(connection) not in self._names or len(connection.headers.getlist("Host")) != 1:
            return Refusal(400, "This server has another name.", "Open the address that `recall open` prints.")
        origin = connection.headers.get("Origin")
        if origin is not None and origin != own_origin(connection, self._settings):
            return Refusal(403, "Another page asks.", "Only this server's own pages may.")
        site = connection.headers.get("Sec-Fetch-Site", "none")
        if site not in {"same-origin", "none"} and not _leads_a_window_here(connection):
            return Refusal(403, "Another page asks.", "Only this server's own pages may.")
        if "Service-Worker" in connection.headers:
            return Refusal(403, "No script may stand between.", "")
        return None


def host_name(connection: HTTPConnection) -> str:
    """The name that the request is for, without its port; empty where it says none that can be one."""
    try:
        name = urlsplit(f"//{connection.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name


def is_private(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the browser came by TLS: to us, or to the proxy in front of us."""
    public = settings.public_url and urlsplit(settings.public_url).hostname
    return connection.scope["scheme"] in {"https", "wss"} or host_name(connection) == public


def own_origin(connection: HTTPConnection, settings: Settings) -> str:
    """What a browser calls the origin of a page that came from where this request is sent."""
    scheme = "https" if is_private(connection, settings) else "http"
    return f"{scheme}://{connection.headers.get('Host', '').lower()}"


def _leads_a_window_here(connection: HTTPConnection) -> bool:
    said = connection.headers
    return (
        connection.scope["type"] == "http"
        and connection.scope["method"] in _SAFE
        and said.get("Sec-Fetch-Mode") == "navigate"
        and said.get("Sec-Fetch-Dest") == "document"
    )


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            for name, value in PAGE_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
