"""A certificate authority of this home, and the server certificate that it signs, for agents on other machines.

    $RECALL_HOME/keys/tls/     0700
      ca.pem, ca.key           P-256, ten years; agents pin the SHA-256 of the certificate, from the enrolment link
      server.pem               key and certificate in one file, 90 days; made anew when a third is left, or other names

The authority may sign for names and addresses of private networks and of this machine alone (critical name
constraints), so that whoever trusts it in a browser does not trust it with the rest of the web.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from recall_assets.errors import SettingsError
from recall_assets.settings import Home
from recall_assets.vault.private_files import write_private

AUTHORITY_LIFETIME = timedelta(days=3650)
SERVER_LIFETIME = timedelta(days=90)
RENEW_BEFORE = SERVER_LIFETIME / 3
# Clocks of other machines may be behind.
_BACKDATED = timedelta(days=1)

_PRIVATE_NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"),
    *("100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128"),
)
# Names that no public authority gives away: RFC 6761, 6762, 8375, and what ICANN set aside for private use.
_PRIVATE_NAMES = ("localhost", "local", "home.arpa", "internal", "lan")


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate with its key in `path`; `authority` is the SHA-256 of the one that signed it, in hexadecimal."""

    path: Path
    names: tuple[str, ...]
    not_after: datetime
    authority: str


def own_names() -> list[str]:
    """The names by which this machine may be known in its own network."""
    name = socket.gethostname().lower()
    return sorted({"localhost", name, f"{name.partition('.')[0]}.local"})


def authority_certificate(home: Home) -> bytes | None:
    """The authority's certificate (PEM), if this home has one."""
    path = home.keys / "tls" / "ca.pem"
    return path.read_bytes() if path.exists() else None


def known_certificate(home: Home) -> ServerCertificate | None:
    """The server certificate that was made last."""
    path, authority = home.keys / "tls" / "server.pem", authority_certificate(home)
    if authority is None or not path.exists():
        return None
    made = x509.load_pem_x509_certificate(path.read_bytes())
    issuer = x509.load_pem_x509_certificate(authority)
    if made.issuer != issuer.subject:
        return None
    return ServerCertificate(path, _names_of(made), made.not_valid_after_utc, _fingerprint(issuer))


def server_certificate(
    home: Home, names: Iterable[str], now: datetime, *, besides: Iterable[str] = ()
) -> ServerCertificate:
    """A certificate for these names and addresses that is good for a while; makes it, and the authority, if need be.

    Args:
        besides: names that it holds too, as far as the authority may sign for them.

    Raises:
        SettingsError: the authority of this home may not sign for one of the names, or has expired.
    """
    needed, welcome = {*names}, {*besides}
    folder = home.keys / "tls"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / "ca.key").exists():
        _make_authority(folder, sorted(needed | welcome), now)
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    _check_may_sign(authority, needed, now, folder)
    wanted = tuple(sorted(needed | {name for name in welcome if _may_sign(authority, name)}))
    known = known_certificate(home)
    if known is not None and known.names == wanted and now < known.not_after - RENEW_BEFORE:
        return known
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    not_after = min(now + SERVER_LIFETIME, authority.not_valid_after_utc)
    _write_pair(folder / "server.pem", authority, key, wanted, now - _BACKDATED, not_after)
    made = known_certificate(home)
    assert made is not None
    return made


def _make_authority(folder: Path, names: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # The name holds a part of the serial number: browsers tell authorities apart by their names.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Recall on this network, {serial % 16**8:08x}")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), serial)
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))
    write_private(folder / "ca.key", _private_pem(key))


def _write_pair(
    path: Path,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    not_before: datetime,
    not_after: datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Recall server")])
    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        x509.CertificateBuilder(authority.subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    write_private(path, _private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """What an authority may sign for: private networks and names, and what else this machine is called now."""
    networks = [ipaddress.ip_network(network) for network in _PRIVATE_NETWORKS]
    addresses = [address for address in map(_address, names) if address is not None]
    outside = [a for a in addresses if not any(a in network for network in networks)]
    networks += [ipaddress.ip_network(address) for address in outside]
    known = {*_PRIVATE_NAMES, *(name for name in names if _address(name) is None)}
    return [*map(x509.DNSName, sorted(known)), *map(x509.IPAddress, networks)]


def _check_may_sign(authority: x509.Certificate, names: Iterable[str], now: datetime, folder: Path) -> None:
    anew = f"Move {folder} away and start again: every machine is then enrolled anew."
    if now >= authority.not_valid_after_utc - RENEW_BEFORE:
        raise SettingsError("The certificate authority of this home has expired, or is about to.", anew)
    for name in names:
        if not _may_sign(authority, name):
            raise SettingsError(f"The certificate authority of this home may not sign for {name}.", anew)


def _may_sign(authority: x509.Certificate, name: str) -> bool:
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    return any(_covers(tree, name) for tree in permitted)


def _covers(tree: x509.GeneralName, name: str) -> bool:
    address = _address(name)
    if isinstance(tree, x509.DNSName):
        return address is None and (name == tree.value or name.endswith(f".{tree.value}"))
    networks = ipaddress.IPv4Network | ipaddress.IPv6Network
    return address is not None and isinstance(tree.value, networks) and address in tree.value


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(sorted(str(name.value) for name in names))


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
