"""Where the server listens: always on loopback in clear, and on one address with TLS where the owner says so.

127.0.0.1, [::1]:8787  http     this machine: pages, commands, a local agent
ADDR[:8788]            https    other machines: agents; `recall up --listen ADDR`

192.168.1.5, box.local:9000, [fd00::5]:8788, 0.0.0.0 (every address of this machine)
"""

import ipaddress
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import psutil

from recall_assets.errors import AlreadyRunningError, SettingsError
from recall_assets.server.certificates import ServerCertificate, own_names, server_certificate
from recall_assets.settings import Home, Settings

TLS_PORT = 8788


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host (name or address, without brackets) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """What `ADDR[:PORT]` says.

    Raises:
        SettingsError: it is no address.
    """
    bare = text.count(":") > 1 and not text.startswith("[")  # an IPv6 address without brackets and port
    try:
        if "/" in text or "@" in text:
            raise ValueError("only an address and a port")
        parts = urlsplit(f"//[{text}]" if bare else f"//{text}")
        if not parts.hostname:
            raise ValueError("no host")
        port = TLS_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is no address to listen on: {error}.", "Say e.g. --listen 192.168.1.5 or --listen 0.0.0.0:8788."
        ) from None
    return Endpoint(parts.hostname, port)


def open_listener(endpoint: Endpoint) -> socket.socket:
    """A socket that listens there.

    Raises:
        SettingsError: this machine has no such address.
        AlreadyRunningError: the port is in use there.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            endpoint.host, endpoint.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise SettingsError(
            f"{endpoint.host} is not known here: {error}.", "Name an address of this machine."
        ) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise AlreadyRunningError(
            f"{endpoint} cannot be listened on: {error.strerror}.",
            "Stop the program that listens there, or choose another: RECALL_SERVER_PORT; --listen for other machines.",
        ) from error
    listener.listen(128)  # before the address is told, so that the first request waits instead of failing
    return listener


def open_loopback(port: int) -> list[socket.socket]:
    """Sockets that listen on every address that `localhost` means here, all on one port; 0: any free one.

    A browser that opens `localhost` tries ::1 first, so who listened there would be given links to log in.

    Raises:
        AlreadyRunningError: the port is in use on one of them.
    """
    first = open_listener(Endpoint("127.0.0.1", port))
    if not _has_ipv6_loopback():
        return [first]
    try:
        return [first, open_listener(Endpoint("::1", first.getsockname()[1]))]
    except AlreadyRunningError:
        first.close()
        if port:
            raise
        return open_loopback(port)


def certificate_of(home: Home, endpoint: Endpoint, now: datetime) -> ServerCertificate:
    """The certificate to serve with there: for the host itself, and for whatever else leads to it.

    Raises:
        SettingsError: the home's authority may not sign for the host.
    """
    if _is_any(endpoint.host):
        return server_certificate(home, ["localhost"], now, besides=[*machine_addresses(), *own_names()])
    return server_certificate(home, [endpoint.host], now, besides=own_names())


def first_reached(endpoint: Endpoint) -> Endpoint:
    """Where a link leads: the endpoint itself, or this machine's first address where it listens on all."""
    if not _is_any(endpoint.host):
        return endpoint
    return Endpoint(next(iter(machine_addresses()), "localhost"), endpoint.port)


def machine_addresses() -> list[str]:
    """This machine's addresses that other machines may reach, IPv4 first."""
    found = []
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family in {socket.AF_INET, socket.AF_INET6}:
                address = ipaddress.ip_address(each.address.partition("%")[0])
                if not (address.is_loopback or address.is_link_local):
                    found.append(address)
    return [str(address) for address in sorted(found, key=lambda address: (address.version, address))]


def answered_names(settings: Settings) -> list[str]:
    """The names in `Host` that are answered: this machine's own, where it listens, and the name in front of it."""
    names = {"localhost", "127.0.0.1", settings.vault_rp_id}
    if settings.listen:
        host = parse_endpoint(settings.listen).host
        names.update(own_names(), machine_addresses() if _is_any(host) else [host])
    if settings.public_url:
        names.add(urlsplit(settings.public_url).hostname or "")
    return sorted(f"[{name}]" if ":" in name else name for name in names)


def _has_ipv6_loopback() -> bool:
    return any(each.address == "::1" for addresses in psutil.net_if_addrs().values() for each in addresses)


def _is_any(host: str) -> bool:
    return host in {"0.0.0.0", "::"}  # noqa: S104
