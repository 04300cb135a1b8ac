"""What agents and the server say to each other; the one module that both sides import.

    request   POST /v1/ingest    Authorization: Bearer <token>    Recall-Protocol: 1
              body = item item item ...          (BATCH_MEDIA_TYPE)
    item      u32 header length | u32 envelope length | header (JSON, in clear) | envelope (sealed)
    envelope  "RCLE" | u8 version | u8 suite | 16 bytes key id | HPKE: 32 bytes enc, ciphertext, 16 bytes tag
    content   u32 metadata length | metadata (JSON) | image or sound file, byte for byte
    answer    200 and one outcome per item, in the order of the items

All integers are big-endian. HPKE's `info` is the envelope's own first 22 bytes and the `Binding` of the item, so an
envelope opens only as the frame that it was sealed as: neither under another id, deployment, time, offset, monitor or
kind, nor with an edited prefix. What the header says in clear is all that ingest may judge; everything that the screen
showed (application, title, address, windows) is in the content.

Sealing is `seal`, opening is the server's; no keys and no I/O here.
"""

import hashlib
import json
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

PROTOCOL_VERSION = 1
# The server takes this version and the one before it.
SUPPORTED_VERSIONS = frozenset({1})
VERSION_HEADER = "Recall-Protocol"
BATCH_MEDIA_TYPE = "application/vnd.recall.batch"

MAX_BATCH_ITEMS = 256
MAX_HEADER_BYTES = 4096
# A report, or a request to be enrolled.
MAX_MESSAGE_BYTES = 16_384
# What a request may hold beyond the server's cap on envelopes: every header and its two lengths.
MAX_BATCH_OVERHEAD = MAX_BATCH_ITEMS * (MAX_HEADER_BYTES + 8)

ENVELOPE_MAGIC = b"RCLE"
ENVELOPE_VERSION = 1
# HPKE with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
SUITE_X25519_SHA256_AES256GCM = 1
_PREFIX = struct.Struct(">4sBB16s")
_LENGTH = struct.Struct(">I")
_LENGTHS = struct.Struct(">II")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ProtocolError(ValueError):
    """Bytes that are no batch, envelope or content; the message says where they end to be one."""


class Kind(StrEnum):
    """What an item carries."""

    FRAME = "frame"
    AUDIO = "audio"
    SEEN = "seen"


def _captured_id(value: UUID) -> UUID:
    if value.version not in {5, 7}:
        raise ValueError("must be a UUID of version 7, or of version 5 for imports")
    return value


def _storable(value: object) -> object:
    """One line that JSON, UTF-8, PostgreSQL and a terminal take: no control character, no half of a surrogate pair.

    A title is chosen by whoever wrote the page; with an escape sequence it could steer the terminal that shows it.
    """
    if not isinstance(value, str):
        return value
    return _CONTROL.sub(" ", value).encode("utf-8", "replace").decode("utf-8")


CapturedId = Annotated[UUID, AfterValidator(_captured_id)]
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]  # of a landing key
DeploymentId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ScreenText = Annotated[str, BeforeValidator(_storable), Field(max_length=16_384)]
Line = Annotated[str, BeforeValidator(_storable)]
Rect = tuple[int, int, int, int]  # x, y, width, height in pixels


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an envelope is sealed as; it opens as nothing else."""

    kind: Kind
    deployment: str
    id: UUID
    captured_at: datetime
    utc_offset: timedelta
    monitor: int = 0

    def canonical(self) -> bytes:
        """The same bytes on both sides: JSON with sorted keys; times as whole microseconds and minutes."""
        fields = {
            "captured_at_us": (self.captured_at - _EPOCH) // timedelta(microseconds=1),
            "deployment": self.deployment,
            "id": str(self.id),
            "kind": self.kind.value,
            "monitor": self.monitor,
            "utc_offset_minutes": self.utc_offset // timedelta(minutes=1),
        }
        return _canonical_json(fields)


class _Spanned(_Strict):
    """An item's identity and its time on the deployment's clock; `seen_until` is inclusive."""

    id: CapturedId
    deployment: DeploymentId
    captured_at: AwareDatetime
    seen_until: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.seen_until < self.captured_at:
            raise ValueError("seen_until lies before captured_at")
        return self


class SeenHeader(_Spanned):
    """The frame `id`, captured at `captured_at`, still stood on its monitor at `seen_until`; carries no envelope."""

    kind: Literal[Kind.SEEN] = Kind.SEEN


class _SealedHeader(_Spanned):
    utc_offset_minutes: Annotated[int, Field(strict=True, ge=-14 * 60, le=14 * 60)]
    envelope_bytes: Annotated[int, Field(strict=True, ge=0)]
    envelope_sha256: Digest
    content_tag: Digest

    @property
    def utc_offset(self) -> timedelta:
        return timedelta(minutes=self.utc_offset_minutes)


class FrameHeader(_SealedHeader):
    """A sealed frame of one monitor."""

    kind: Literal[Kind.FRAME] = Kind.FRAME
    monitor: Annotated[int, Field(strict=True, ge=0, le=255)] = 0

    @property
    def binding(self) -> Binding:
        return Binding(self.kind, self.deployment, self.id, self.captured_at, self.utc_offset, self.monitor)


class AudioHeader(_SealedHeader):
    """A sealed stretch of sound from `captured_at` to `seen_until`."""

    kind: Literal[Kind.AUDIO] = Kind.AUDIO

    @property
    def binding(self) -> Binding:
        return Binding(self.kind, self.deployment, self.id, self.captured_at, self.utc_offset)


SealedHeader = FrameHeader | AudioHeader
ItemHeader = FrameHeader | AudioHeader | SeenHeader
HEADER: TypeAdapter[ItemHeader] = TypeAdapter(
    Annotated[ItemHeader, Field(discriminator="kind")], config=ConfigDict(hide_input_in_errors=True)
)


class WindowMetadata(_Strict):
    """A window with visible content on the frame's monitor; `rect` on the whole screen."""

    app: ScreenText
    title: ScreenText
    rect: Rect
    active: bool = False
    url: ScreenText | None = None


class FrameMetadata(_Strict):
    """What the screen told about a frame; `app`, `title` and `url` are of the active window, wherever it is."""

    app: ScreenText | None = None
    title: ScreenText | None = None
    url: ScreenText | None = None
    windows: Annotated[tuple[WindowMetadata, ...], Field(max_length=500)] = ()  # topmost first
    monitor_rect: Rect | None = None
    idle_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None  # since the last input, at capture
    locked: bool = False
    trigger: Literal["change", "focus", "interval", "idle", "forced", "import"] = "change"
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None
    imported_id: ScreenText | None = None


class AudioMetadata(_Strict):
    """Where a stretch of sound came from; `mixed` is microphone and system sound in one file."""

    source: Literal["microphone", "system", "mixed"]
    imported_id: ScreenText | None = None


Metadata = FrameMetadata | AudioMetadata


class Outcome(StrEnum):
    """What became of an item. The sender deletes its copy on the first three, keeps and reports the others."""

    STORED = "stored"
    KNOWN = "known"
    FORGOTTEN = "forgotten"
    CONFLICT = "conflict"
    REJECTED = "rejected"

    @property
    def settled(self) -> bool:
        """Whether the sender may delete its copy."""
        return self in {Outcome.STORED, Outcome.KNOWN, Outcome.FORGOTTEN}


class ItemOutcome(_Strict):
    """The answer to one item; `id` is null where the header's id could not be read."""

    id: UUID | None
    outcome: Outcome
    reason: str | None = None


class BatchAnswer(_Strict):
    """The outcomes of a batch, in the order of its items."""

    outcomes: tuple[ItemOutcome, ...]


class LandingKeyAnswer(_Strict):
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


class EnrolmentRequest(_Strict):
    """A machine's wish to become a deployment; `code` is the one-time code of the invitation."""

    code: Annotated[str, Field(min_length=16, max_length=128)]
    deployment: DeploymentId
    timezone: Annotated[Line, Field(min_length=1, max_length=64)]  # IANA
    name: Annotated[Line, Field(max_length=100)] | None = None
    platform: Annotated[Line, Field(max_length=64)]


class EnrolmentAnswer(_Strict):
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


class AgentReport(_Strict):
    """How an agent stands; sent every minute and when its state changes. No text of the screen."""

    version: Annotated[Line, Field(max_length=64)]
    at: AwareDatetime
    state: CaptureState
    since: AwareDatetime  # when the state began
    last_kept_at: AwareDatetime | None = None
    last_uploaded_at: AwareDatetime | None = None
    spooled_items: Annotated[int, Field(ge=0)] = 0
    spooled_bytes: Annotated[int, Field(ge=0)] = 0
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


class AgentInstructions(_Strict):
    """The answer to a report: what the server wants of this agent from now on."""

    landing_key: LandingKeyAnswer  # the one to seal to; a successor after a rotation


def landing_key_statement(suite: int, public_key: bytes) -> bytes:
    """What the identity key signs and the key id is made of."""
    return b"recall-landing-pub/v1\0" + bytes([suite]) + b"\0" + public_key


def landing_key_id(suite: int, public_key: bytes) -> bytes:
    """The 16 bytes by which an envelope names the key that opens it."""
    return hashlib.sha256(landing_key_statement(suite, public_key)).digest()[:16]


# ── batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pack_item(header: ItemHeader, envelope: bytes = b"") -> bytes:
    """One item of a batch."""
    clear = header.model_dump_json().encode()
    return _LENGTHS.pack(len(clear), len(envelope)) + clear + envelope


def unpack_batch(body: bytes) -> list[tuple[bytes, bytes]]:
    """The items of a batch as (header, envelope), unjudged.

    Raises:
        ProtocolError: the body ends inside an item, a header is too long, or there are too many items.
    """
    items: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(body):
        if len(items) == MAX_BATCH_ITEMS:
            raise ProtocolError(f"more than {MAX_BATCH_ITEMS} items")
        if at + _LENGTHS.size > len(body):
            raise ProtocolError(f"the body ends inside item {len(items)}")
        header_bytes, envelope_bytes = _LENGTHS.unpack_from(body, at)
        if header_bytes > MAX_HEADER_BYTES:
            raise ProtocolError(f"the header of item {len(items)} is longer than {MAX_HEADER_BYTES} bytes")
        header_at = at + _LENGTHS.size
        envelope_at = header_at + header_bytes
        at = envelope_at + envelope_bytes
        if at > len(body):
            raise ProtocolError(f"the body ends inside item {len(items)}")
        items.append((body[header_at:envelope_at], body[envelope_at:at]))
    return items


# ── envelopes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of an envelope; `sealed` is HPKE's encapsulated key, ciphertext and tag."""

    PREFIX_BYTES: ClassVar = _PREFIX.size

    suite: int
    key_id: bytes
    sealed: bytes

    @property
    def prefix(self) -> bytes:
        return _PREFIX.pack(ENVELOPE_MAGIC, ENVELOPE_VERSION, self.suite, self.key_id)

    def info(self, binding: Binding) -> bytes:
        """HPKE's `info`: what this envelope is bound to."""
        return self.prefix + binding.canonical()

    def to_bytes(self) -> bytes:
        return self.prefix + self.sealed

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The parts of an envelope, unopened.

        Raises:
            ProtocolError: this is no envelope of a version and suite that this code knows.
        """
        if len(data) < _PREFIX.size or data[:4] != ENVELOPE_MAGIC:
            raise ProtocolError("this is no envelope")
        _, version, suite, key_id = _PREFIX.unpack_from(data)
        if version != ENVELOPE_VERSION or suite != SUITE_X25519_SHA256_AES256GCM:
            raise ProtocolError(f"envelope version {version}, suite {suite} is not known here")
        return cls(suite, key_id, data[_PREFIX.size :])


def pack_content(metadata: Metadata, payload: bytes) -> bytes:
    """The canonical plaintext of an envelope: the same frame gives the same bytes each time."""
    described = _canonical_json(metadata.model_dump(mode="json", exclude_none=True))
    return _LENGTH.pack(len(described)) + described + payload


def unpack_content(content: bytes) -> tuple[bytes, bytes]:
    """Metadata (JSON) and payload of an opened envelope.

    Raises:
        ProtocolError: the content ends inside its metadata.
    """
    if len(content) < _LENGTH.size:
        raise ProtocolError("the content is shorter than its length field")
    payload_at = _LENGTH.size + _LENGTH.unpack_from(content)[0]
    if payload_at > len(content):
        raise ProtocolError("the content ends inside its metadata")
    return content[_LENGTH.size : payload_at], content[payload_at:]


def _canonical_json(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
