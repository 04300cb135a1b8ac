"""How this machine becomes a deployment: a link, its one-time code, and credentials for the answer.

    https://192.168.1.5:8788/enrol#code=…&ca=<SHA-256>&identity=<Ed25519>[&id=laptop]
      │ GET /v1/ca, nobody trusted yet and nothing said ─► its SHA-256 is the link's? ─► trust it, and it alone
      │ POST /v1/enrol {code, id, zone}, TLS verified    ─► token, landing key
      └ the key is signed by the identity of the link?   ─► `credentials` are written, else nothing is

A link without `ca` leads to this machine (http) or to a name whose certificate this machine trusts anyway.
"""

import hashlib
import platform
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import ValidationError

from capture_agent.credentials import Credentials, write_credentials
from capture_agent.messages import EnrolmentAnswer, EnrolmentRequest
from capture_agent.protocol import PROTOCOL_VERSION, VERSION_HEADER
from capture_agent.seal import SealError, trusted_landing_key

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class EnrolmentError(Exception):
    """This machine cannot be enrolled so; the message says what to do."""


class TakenError(EnrolmentError):
    """The id is another deployment's; the link can still be used with another one."""


@dataclass(frozen=True, slots=True)
class Link:
    """What an enrolment link says; `authority` is the SHA-256 of a certificate, `identity` an Ed25519 public key."""

    server: str
    code: str
    identity: bytes
    authority: bytes | None
    deployment: str | None


def parse_link(text: str) -> Link:
    """What the link says.

    Raises:
        EnrolmentError: it is none, or would carry the code in clear over a network.
    """
    parts = urlsplit(text.strip())
    said = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    identity, authority = _digest(said.get("identity", "")), _digest(said.get("ca", ""))
    whole = "code" in said and identity is not None and (authority is None) == ("ca" not in said)
    if parts.path != "/enrol" or not parts.hostname or not whole or identity is None:
        raise EnrolmentError(
            "This is no whole enrolment link. `recall deployments invite` on the server prints one; "
            "in a shell it stands between quotes."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise EnrolmentError(
            "The link is not https. Without TLS only a server on this machine is spoken to: "
            "let it listen with `recall up --listen ADDRESS` and make a new link."
        )
    server = f"{parts.scheme}://{parts.netloc}"
    return Link(server, said["code"], identity, authority, said.get("id"))


def enrol(link: Link, path: Path, *, deployment: str, timezone: str, name: str | None = None) -> Credentials:
    """Exchanges the link's code for credentials, and writes them to `path`.

    Raises:
        TakenError: choose another id.
        EnrolmentError: the server is away, not the link's one, or refuses; nothing was written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # before the code is spent
    except OSError as error:
        raise EnrolmentError(f"{path.parent} cannot be made: {error.strerror}.") from error
    pem = None if link.authority is None else _authority(link.server, link.authority)
    try:
        wish = EnrolmentRequest(
            code=link.code, deployment=deployment, timezone=timezone, name=name, platform=_platform()
        )
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise EnrolmentError(
            f"This cannot be used: {wrong}. An id is 1 to 32 lower-case letters, digits and hyphens."
        ) from None
    answer = _exchange(link.server, pem, wish)
    try:
        trusted_landing_key(answer.landing_key, link.identity)
    except SealError as error:
        raise EnrolmentError(f"{error} Nothing was kept.") from error
    credentials = Credentials(
        url=link.server,
        deployment=answer.deployment,
        token=answer.token,
        identity=link.identity.hex(),
        landing_key=answer.landing_key,
        ca=pem,
    )
    write_credentials(path, credentials)
    return credentials


def trust(authority: str | None) -> ssl.SSLContext | bool:
    """What `httpx` shall verify servers with: that authority alone, or what this machine trusts."""
    return True if authority is None else ssl.create_default_context(cadata=authority)


def _digest(text: str) -> bytes | None:
    """The 32 bytes that the text says in hexadecimal, if it does."""
    try:
        return bytes.fromhex(text) if len(text) == 64 else None
    except ValueError:
        return None


def _authority(server: str, digest: bytes) -> str:
    """The certificate (PEM) of the server's authority, which has that SHA-256."""
    # Whoever answers is not trusted yet: nothing is said to it, and what it gives is compared with the link.
    answer = _asked(server, False, lambda client: client.get("/v1/ca"))
    try:
        der = ssl.PEM_cert_to_DER_cert(answer.text)
    except ValueError:
        der = b""
    if hashlib.sha256(der).digest() != digest:
        raise EnrolmentError(
            f"The server at {server} does not show the certificate that the link names. Either the link is of another "
            "server, or somebody stands between. Nothing was sent."
        )
    return ssl.DER_cert_to_PEM_cert(der)


def _exchange(server: str, authority: str | None, wish: EnrolmentRequest) -> EnrolmentAnswer:
    answer = _asked(server, trust(authority), lambda client: client.post("/v1/enrol", content=wish.model_dump_json()))
    try:
        if answer.is_success:
            return EnrolmentAnswer.model_validate_json(answer.content)
        said = answer.json()
        problem = f"{said['problem']} {said['remedy']}"
    except (ValueError, KeyError, TypeError):
        raise EnrolmentError(f"{server} answered {answer.status_code}, which Recall does not.") from None
    raise TakenError(problem) if answer.status_code == 409 else EnrolmentError(problem)


def _asked(server: str, verify: ssl.SSLContext | bool, ask: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
    local = urlsplit(server).hostname in LOOPBACK
    headers = {VERSION_HEADER: str(PROTOCOL_VERSION)}
    try:
        with httpx.Client(base_url=server, verify=verify, headers=headers, timeout=20, trust_env=not local) as client:
            return ask(client)
    except httpx.TransportError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise EnrolmentError(
                f"The certificate that {server} shows is not one to trust ({error}). Nothing was sent."
            ) from error
        raise EnrolmentError(f"{server} cannot be reached: {error}.") from error


def _platform() -> str:
    return f"{platform.system()} {platform.release()}"[:64]
