"""What enrolment gave this machine, for the owner's eyes only: whom to send to, as whom, and the first key to seal to.

    enrolment ─► credentials (0600, or a systemd credential) ─► run ◄─ enrolled again: a running agent takes them

A file that others can read is refused: the token in it lets anyone send as this machine. It is not written again;
a landing key that follows the first one lies beside the spool. Asking a server for credentials is `enrolment`.
"""

import os
import stat
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from capture_agent.messages import LandingKeyAnswer
from capture_agent.places import stamps
from capture_agent.protocol import DeploymentId, Digest


class CredentialsError(Exception):
    """There are no credentials that may be used; the message says what to do."""


class Credentials(BaseModel):
    """One machine's standing with one server."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str
    deployment: DeploymentId
    token: str = Field(min_length=32, repr=False)
    identity: Digest  # the server's Ed25519 key, pinned at enrolment
    landing_key: LandingKeyAnswer
    ca: str | None = None  # PEM of the certificate authority that alone is trusted for this server; None: the system's


def read_credentials(path: Path) -> Credentials:
    """The credentials of this machine.

    Raises:
        CredentialsError: there are none, others can read them, or they are not whole.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except FileNotFoundError:
        raise CredentialsError("This machine is not enrolled. Enrol it:  recall-agent enrol LINK") from None
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}.") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise CredentialsError(f"Others can read {path}. Close it:  chmod 600 {path}")
    try:
        return Credentials.model_validate_json(content)
    except ValidationError:
        raise CredentialsError(f"{path} is not whole. Enrol again:  recall-agent enrol LINK") from None


def write_credentials(path: Path, credentials: Credentials) -> None:
    """Puts them on the disk, whole or not at all, 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(credentials.model_dump_json(indent=2).encode())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class KnownCredentials:
    """The credentials of a running agent: what it was started with, or what this machine was given since.

    Another deployment's or another server's are not taken: what waits in the spool is sealed as and for the former.
    `problem` then says that the agent must be started again.
    """

    def __init__(self, path: Path, given: Credentials) -> None:
        self._path, self._given = path, given
        self._stamps = stamps(path)
        self.problem: str | None = None

    def __call__(self) -> Credentials:
        return self._given

    def follow(self) -> bool:
        """Looks whether the file has changed; whether others hold from now on."""
        known, self._stamps = self._stamps, stamps(self._path)
        if known == self._stamps:
            return False
        try:
            read, former = read_credentials(self._path), self._given
        except CredentialsError as error:
            self.problem = f"{error} Until then the agent that runs uses the former ones."
            return False
        if (read.deployment, read.identity) != (former.deployment, former.identity):
            self.problem = (
                f"This machine was enrolled as {read.deployment} at {read.url}; the agent that runs still captures "
                f"{former.deployment} for {former.url}. End it and start it again."
            )
            return False
        self._given, self.problem = read, None
        return read != former
