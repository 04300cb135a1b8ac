"""What agents and the server tell each other beside frames and sound, as JSON.

POST /v1/enrol     EnrolmentRequest ─► EnrolmentAnswer      once, by an invitation's code
POST /v1/report    AgentReport ──────► AgentInstructions    every minute, and when the agent's state changes
"""

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from capture_agent.protocol import DeploymentId, Digest, KeyId, Line, Strict


class LandingKeyAnswer(Strict):
    """The key that envelopes are sealed to, signed by the server's identity key; every value in hexadecimal."""

    suite: int
    key_id: KeyId
    public_key: Digest
    identity: Digest  # Ed25519 public key, pinned at enrolment
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]

    @property
    def statement(self) -> bytes:
        """The bytes that `signature` is made over."""
        return landing_key_statement(self.suite, bytes.fromhex(self.public_key))


class EnrolmentRequest(Strict):
    """A machine's wish to become a deployment; `code` is the one-time code of the invitation."""

    code: Annotated[str, Field(min_length=16, max_length=128)]
    deployment: DeploymentId
    timezone: Annotated[Line, Field(min_length=1, max_length=64)]  # IANA
    name: Annotated[Line, Field(max_length=100)] | None = None
    platform: Annotated[Line, Field(max_length=64)]


class EnrolmentAnswer(Strict):
    """What the machine keeps: its token, in clear this once, and the key to seal to."""

    deployment: DeploymentId
    token: Annotated[str, Field(min_length=32)]
    landing_key: LandingKeyAnswer


class CaptureState(StrEnum):
    """What an agent is doing, as it says itself."""

    CAPTURING = "capturing"
    PAUSED = "paused"
    IDLE = "idle"
    LOCKED = "locked"
    OFF_HOURS = "off_hours"
    FAILED = "failed"
    STOPPED = "stopped"


class AgentReport(Strict):
    """How an agent stands; sent every minute and when its state changes. No text of the screen."""

    version: Annotated[Line, Field(max_length=64)]
    at: AwareDatetime
    state: CaptureState
    since: AwareDatetime  # when the state began
    last_kept_at: AwareDatetime | None = None
    last_uploaded_at: AwareDatetime | None = None
    spooled_items: Annotated[int, Field(ge=0)] = 0
    spooled_bytes: Annotated[int, Field(ge=0)] = 0
    spool_budget: Annotated[int, Field(ge=0)] = 0  # bytes that may wait there; 0: it does not say
    oldest_spooled_at: AwareDatetime | None = None
    # Both keep a landing key's private half alive on the server: the key that the agent seals to, as it has stored it
    # (an answer may be lost on its way), and all that something in its spool is sealed to.
    landing_key: KeyId | None = None
    spooled_keys: Annotated[tuple[KeyId, ...], Field(max_length=64)] = ()
    thinned: Annotated[int, Field(ge=0)] = 0  # frames that a full spool gave up, since enrolment
    refused: Annotated[int, Field(ge=0)] = 0  # items that the server rejected and that wait
    monitors: Annotated[int, Field(ge=0, le=255)] = 0
    on_battery: bool | None = None
    problem: Annotated[Line, Field(max_length=500)] | None = None  # one sentence with the remedy


class AgentInstructions(Strict):
    """The answer to a report: what the server wants of this agent from now on."""

    landing_key: LandingKeyAnswer  # the one to seal to; a successor after a rotation


def landing_key_statement(suite: int, public_key: bytes) -> bytes:
    """What the identity key signs and the key id is made of."""
    return b"recall-landing-pub/v1\0" + bytes([suite]) + b"\0" + public_key


def landing_key_id(suite: int, public_key: bytes) -> bytes:
    """The 16 bytes by which an envelope names the key that opens it."""
    return hashlib.sha256(landing_key_statement(suite, public_key)).digest()[:16]
