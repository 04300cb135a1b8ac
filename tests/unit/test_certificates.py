"""The home's own authority: for private names and addresses only, renewed in time, pinned by its digest."""

import socket
import ssl
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from recall_assets.errors import SettingsError
from recall_assets.server import certificates
from recall_assets.server.certificates import RENEW_BEFORE, SERVER_LIFETIME, server_certificate
from recall_assets.settings import Home

NOW = datetime.now(UTC)
NAMES = ("192.168.7.5", "box.local", "fd00::5")


def _handshake(home: Home, asked: str) -> None:
    """A client that trusts the home's authority alone speaks to a server under that name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(home.keys / "tls" / "server.pem")
    client = ssl.create_default_context(cadata=(home.keys / "tls" / "ca.pem").read_text())
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            context.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(ours, server_hostname=asked).close()
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_reaches_every_name(home: Home, name: str) -> None:
    server_certificate(home, NAMES, NOW)
    _handshake(home, name)


@pytest.mark.parametrize("name", ["192.168.7.6", "other.local"])
def test_a_name_that_is_not_the_servers_is_refused(home: Home, name: str) -> None:
    server_certificate(home, NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _handshake(home, name)


@pytest.mark.parametrize("name", ["bank.example", "192.0.2.7", "2001:db8::1"])
def test_the_authority_is_good_for_nothing_outside_private_networks(home: Home, name: str) -> None:
    server_certificate(home, NAMES, NOW)
    with pytest.raises(SettingsError, match="may not sign"):
        server_certificate(home, [name], NOW)
    _forge(home, [name])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        _handshake(home, name)


def test_an_address_outside_private_networks_is_allowed_where_the_authority_was_made_for_it(home: Home) -> None:
    server_certificate(home, ["203.0.113.9"], NOW)
    _handshake(home, "203.0.113.9")


def test_the_certificate_is_made_anew_for_other_names_and_before_it_ends_under_the_same_authority(home: Home) -> None:
    first = server_certificate(home, NAMES, NOW)
    almost = NOW + SERVER_LIFETIME - RENEW_BEFORE - timedelta(minutes=1)
    assert server_certificate(home, reversed(NAMES), almost) == first
    later = server_certificate(home, NAMES, almost + timedelta(minutes=2))
    other = server_certificate(home, ["10.0.0.1"], NOW)
    assert later.not_after > first.not_after
    assert other.names == ("10.0.0.1",)
    assert first.authority == later.authority == other.authority


def test_a_name_that_is_only_welcome_is_left_out_where_the_authority_may_not_sign_for_it(home: Home) -> None:
    server_certificate(home, NAMES, NOW, besides=["oldname"])
    later = server_certificate(home, NAMES, NOW, besides=["newname", "newname.local"])
    assert later.names == tuple(sorted([*NAMES, "newname.local"]))


def test_an_authority_that_ends_is_told(home: Home) -> None:
    server_certificate(home, NAMES, NOW - certificates.AUTHORITY_LIFETIME + RENEW_BEFORE)
    with pytest.raises(SettingsError, match="expired"):
        server_certificate(home, NAMES, NOW)


def _forge(home: Home, names: Iterable[str]) -> None:
    """What somebody with the authority's key would make."""
    folder = home.keys / "tls"
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    until = NOW + timedelta(days=1)
    certificates._write_pair(folder / "server.pem", authority, key, [*names], NOW - timedelta(days=1), until)  # type: ignore[arg-type]
