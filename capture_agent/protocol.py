"""How frames and sound go from agents to the server; this module and `messages` are what both sides import.

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


class Strict(BaseModel):
    """Fields as declared and no other; an error quotes no value."""

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


class _Spanned(Strict):
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


class WindowMetadata(Strict):
    """A window with visible content on the frame's monitor; `rect` on the whole screen."""

    app: ScreenText
    title: ScreenText
    rect: Rect
    active: bool = False
    url: ScreenText | None = None


class FrameMetadata(Strict):
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


class AudioMetadata(Strict):
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


class ItemOutcome(Strict):
    """The answer to one item; `id` is null where the header's id could not be read."""

    id: UUID | None
    outcome: Outcome
    reason: str | None = None


class BatchAnswer(Strict):
    """The outcomes of a batch, in the order of its items."""

    outcomes: tuple[ItemOutcome, ...]


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
