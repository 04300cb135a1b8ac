"""Addresses that the owner names: what they mean, and what is told where they are none of this machine."""

import contextlib
import socket

import pytest

from recall_assets.errors import AlreadyRunningError, SettingsError
from recall_assets.server.listening import Endpoint, open_listener, open_loopback, parse_endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.5", "192.168.1.5", 8788),
        ("box.local:9000", "box.local", 9000),
        ("fd00::5", "fd00::5", 8788),
        ("[fd00::5]:443", "fd00::5", 443),
        ("0.0.0.0:0", "0.0.0.0", 0),
    ],
)
def test_an_address_and_its_port(text: str, host: str, port: int) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.host, endpoint.port) == (host, port)
    assert parse_endpoint(str(endpoint)) == endpoint


@pytest.mark.parametrize(
    "text", ["", "http://127.0.0.1", "127.0.0.1:port", "127.0.0.1:99999", "me@box", ":8788", "[fd00"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match="no address to listen on"):
        parse_endpoint(text)


def test_an_address_of_another_machine_and_a_port_in_use_are_told() -> None:
    with pytest.raises(AlreadyRunningError, match="cannot be listened on"):
        open_listener(Endpoint("192.0.2.1", 8788))
    with open_listener(Endpoint("127.0.0.1", 0)) as taken, pytest.raises(AlreadyRunningError):
        open_listener(Endpoint("127.0.0.1", taken.getsockname()[1]))


def test_every_address_that_localhost_means_is_listened_on_or_none() -> None:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(listener) for listener in open_loopback(0)]
        (port,) = {listener.getsockname()[1] for listener in held}
        means = {found[4][0] for found in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)}
        assert means <= {listener.getsockname()[0] for listener in held}
    with open_listener(Endpoint("::1", 0)) as other, pytest.raises(AlreadyRunningError):
        open_loopback(other.getsockname()[1])
