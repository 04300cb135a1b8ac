"""The frozen nouns of Recall, in the order in which they come to be.

    DeploymentDay ─ Frame ─ Word ─ Finding ─ Activity ─ Project ─ DaySummary ─ Memory ─ Hit     Edit: the owner's
                                │    every sentence and memory ─► Source ─► what it was made from
                                └─ Sealed ─ Epoch ─ EpochSeal ─ Slot ─ ChainEntry

No behaviour beyond what follows from the fields themselves; no I/O, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID

# Parent of every derived id that has no row as its parent: uuid5(RECALL_NAMESPACE, natural key).
RECALL_NAMESPACE = UUID("b9a2f7a4-6f0e-5c53-9d0f-6f2c1e7d4a10")


class Status(IntEnum):
    """How far a stage is with a row; the only status codes in Recall."""

    PENDING = 0
    DONE = 1
    ERROR = 2
    SKIPPED = 3


class Box(NamedTuple):
    """A rectangle in pixels of the image it belongs to; x and y are its top left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, order=True)
class DeploymentDay:
    """One partition: a deployment's calendar day, as its own clock showed it."""

    deployment_id: str
    day: date

    @property
    def partition_key(self) -> str:
        """Dagster's key of this partition, `2026-11-22|laptop`."""
        return f"{self.day.isoformat()}|{self.deployment_id}"

    @classmethod
    def from_partition_key(cls, key: str) -> "DeploymentDay":
        """The partition that a Dagster key names."""
        day, _, deployment_id = key.partition("|")
        return cls(deployment_id, date.fromisoformat(day))


@dataclass(frozen=True, slots=True)
class Review:
    """How soon a deployment's frames are reviewed after they landed.

    A run costs about four CPU-seconds to start, so frames are reviewed some at a time unless the owner says otherwise.
    """

    delay: timedelta | None = timedelta(minutes=5)  # none: when the owner asks
    on_mains: bool = False  # not while the machine runs on its battery
    night: tuple[time, time] | None = None  # only at hours [from, until) of the machine's clock


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """What reads a machine's screens: an engine's name, and languages such as `eng+deu`."""

    engine: str
    languages: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made a derived row: the code's version of that stage, and the Dagster run (none outside Dagster)."""

    code_version: str
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A window with visible content on a frame, topmost first in its list."""

    app: str
    title: str
    rect: Box
    active: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured image of one monitor; texts are redacted, and empty until the frame was read."""

    id: UUID
    deployment_id: str
    captured_at: datetime
    seen_until: datetime
    utc_offset: timedelta
    day: date
    monitor: int = 0
    app_name: str | None = None
    window_title: str | None = None
    url: str | None = None
    windows: tuple[Window, ...] = ()
    idle_seconds: float | None = None
    locked: bool = False
    trigger: str = "change"
    text: str = ""
    new_text: str = ""
    same_as: UUID | None = None
    activity_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word as an engine read it; `line` numbers the lines of a frame in reading order from 0."""

    text: str
    box: Box
    confidence: float  # 0..1
    line: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of speech in words, as an engine heard it; times in seconds from the beginning of the sound."""

    start: float
    end: float
    text: str = field(repr=False)
    confidence: float  # 0..1
    language: str  # ISO 639-1


@dataclass(frozen=True, slots=True)
class Transcript:
    """A sentence or a few that were said between two moments; `speaker` is `me`, `others`, or None where unknown."""

    id: UUID
    segment_id: UUID
    deployment_id: str
    day: date
    started_at: datetime
    ended_at: datetime
    text: str
    speaker: str | None = None
    language: str = "en"
    confidence: float = 1.0
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a text: characters [start, end) of it."""

    start: int
    end: int
    kind: str
    rule: str
    confidence: float  # 0..1


class GivenUp(StrEnum):
    """What became of a frame that could never be read."""

    SEALED = "sealed_unread"  # to the vault
    DELETED = "deleted_unread"  # as the owner set
    LOST = "lost"  # its envelope could not be opened


class SourceKind(StrEnum):
    """What a sentence (none of the last two) or a memory (no project) may rest on."""

    FRAME = "frame"
    TRANSCRIPT = "transcript"
    ACTIVITY = "activity"
    PROJECT = "project"
    SECRET = "secret"  # noqa: S105
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Source:
    """The row that a sentence or a memory rests on."""

    kind: SourceKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a summary; `kind` is `fact` (counted or quoted) or `inference`."""

    text: str
    sources: tuple[Source, ...]
    kind: str = "fact"


@dataclass(frozen=True, slots=True)
class Interruption:
    """A short stretch inside an activity that served something else."""

    start_at: datetime
    end_at: datetime
    app_name: str


@dataclass(frozen=True, slots=True)
class Activity:
    """A stretch of time [start_at, end_at) with one purpose on one deployment."""

    id: UUID
    deployment_id: str
    day: date
    start_at: datetime
    end_at: datetime
    frame_ids: tuple[UUID, ...]
    label: str = "other"
    title: str = ""
    title_source: str = "auto"  # or "owner"
    sentences: tuple[Sentence, ...] = ()
    summary_kind: str = "extractive"  # or "llm", or "owner"
    project_id: UUID | None = None
    project_score: float | None = None  # likeness to the project, or to the one suggested; none: not asked yet
    suggested_project_id: UUID | None = None
    active_seconds: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    interruptions: tuple[Interruption, ...] = ()
    locked: bool = False  # the owner edited it; no run re-cuts it

    @property
    def summary(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Project:
    """What activities belong to; its id never changes."""

    id: UUID
    name: str
    first_seen: date
    last_seen: date
    name_source: str = "auto"  # or "owner"
    summary: str = ""
    terms: Mapping[str, float] = field(default_factory=dict)
    status: str = "active"


@dataclass(frozen=True, slots=True)
class DocumentFrequency:
    """In how many of `documents` past activities each term stood; an empty one where there is no past."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectConstraint:
    """An order of the owner about projects that every run obeys.

    `must_link` and `cannot_link` tie an activity to a project or keep it out; `merge` makes `other_project_id` a part
    of `project_id`.
    """

    id: UUID
    kind: str
    project_id: UUID
    activity_id: UUID | None = None
    other_project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a run of `projects` decided for a day: its activities, the projects made or changed, old id to kept id."""

    activities: tuple[Activity, ...]
    projects: tuple[Project, ...]
    aliases: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that the owner changed.

    `subject` is the project or activity that it is about, `partitions` Dagster's keys of what is to be made again.
    """

    id: int
    at: datetime
    kind: str  # rename, merge, split, assign, reject, edit, undo
    told: str  # in words
    subject: UUID
    partitions: tuple[str, ...]
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DaySummary:
    """What a deployment's day held; without a deployment, what the person's day held over all machines."""

    id: UUID
    deployment_id: str | None
    day: date
    sentences: tuple[Sentence, ...]
    summary_kind: str = "extractive"
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found as one hit: a row, or a stretch of text of which this frame shows most."""

    kind: str  # as a hit's
    id: UUID  # of the row
    start_at: datetime
    end_at: datetime
    title: str = field(repr=False)
    text: str = field(repr=False)
    in_activity: bool = False  # it belongs to the activity that was last before it in its list
    apps: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """What a search found: a row of that kind, or several alike folded into one, over the time in which it stood."""

    kind: str  # day, project, activity, frame, transcript
    id: UUID
    deployment_id: str | None  # none: over all machines
    start_at: datetime
    end_at: datetime
    title: str
    snippet: str = field(repr=False)
    score: float  # of this search alone, the best first; 0..1
    highlights: tuple[tuple[int, int], ...] = ()  # characters [start, end) of the snippet that were asked for
    activity_id: UUID | None = None
    project_id: UUID | None = None
    frame_id: UUID | None = None  # where it can be seen
    boxes: tuple[Box, ...] = ()  # where it stood on that frame, in pixels of its image
    count: int = 1  # how many were folded into this one


class MemoryKind(StrEnum):
    """The kinds of memory that days leave behind; each has an asset and a table of its own."""

    EPISODIC = "episodic"
    SEMANTIC = "semantic"
    PROCEDURAL = "procedural"
    RESOURCE = "resource"
    KNOWLEDGE_VAULT = "knowledge_vault"

    @property
    def asset(self) -> str:
        """The asset and table of this kind."""
        return self.value if self is MemoryKind.KNOWLEDGE_VAULT else f"{self.value}_memory"


@dataclass(frozen=True, slots=True)
class Episode:
    """What happened when; `event_type` is the activity's label, `actor` who did it."""

    occurred_at: datetime
    ended_at: datetime
    actor: str
    event_type: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A person, ticket, term or fact by its name; `source` says for a reader where it stood."""

    name: str
    entry_type: str
    source: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """How something is done: `commands` that were typed, or `steps` that stood somewhere, in their order."""

    entry_type: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that was open: a page, document, file or repository."""

    kind: str
    title: str
    uri: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """That there is a secret, and where it stood; never its value."""

    entry_type: str  # the secret's kind
    source: str
    sensitivity: str  # low, medium, high
    secret_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A row of secrets, as far as a memory tells of it; on a frame or in a transcript."""

    id: UUID
    kind: str
    deployment_id: str
    at: datetime
    frame_id: UUID | None = None
    transcript_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a day left about one topic; of a topic's rows the newest is valid, or the one that the owner wrote.

    `seconds` and `times` are those of its day; `tree_path` leads to it, project first.
    """

    id: UUID
    topic: UUID
    summary: str
    particulars: Episode | Concept | Procedure | Resource | VaultEntry
    valid_from: datetime
    sources: tuple[Source, ...] = ()
    details: str = ""
    day: date | None = None  # none: the owner wrote it, or it was imported
    deployment_id: str | None = None  # none: everywhere
    tree_path: tuple[str, ...] = ()
    seconds: float = 0.0
    times: int = 1
    confidence: float = 1.0  # 0..1
    locked: bool = False  # the owner's words; no run changes them
    valid_to: datetime | None = None  # since then another row of the topic is valid
    summary_kind: str = "extractive"

    @property
    def kind(self) -> MemoryKind:
        """What kind of memory its particulars make it."""
        return _KIND_OF[type(self.particulars)]


_KIND_OF: Mapping[type, MemoryKind] = {
    Episode: MemoryKind.EPISODIC,
    Concept: MemoryKind.SEMANTIC,
    Procedure: MemoryKind.PROCEDURAL,
    Resource: MemoryKind.RESOURCE,
    VaultEntry: MemoryKind.KNOWLEDGE_VAULT,
}


@dataclass(frozen=True, slots=True)
class CoreBlock:
    """Who the owner is and what they prefer, under one label; `locked` where the owner wrote it."""

    label: str
    value: str
    char_limit: int = 5000
    version: int = 1
    locked: bool = False


class SlotKind(StrEnum):
    """What opens a slot of the vault."""

    FIDO2 = "fido2"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value sealed to the vault, the key that it was sealed to, and the crop under its boxes, sealed alike."""

    value: bytes
    key_id: bytes
    pixels: bytes | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """A key pair of the vault, as the server knows it: the public half, and how many values were sealed to it."""

    key_id: bytes
    suite: str
    public_key: bytes
    fingerprint: bytes
    created_at: datetime
    retired_at: datetime | None
    chain_head: bytes
    rows: int  # entries of the chain: seals and tombstones


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to open the vault: a key pair whose private half is wrapped by a security key or the recovery code."""

    id: UUID
    kind: SlotKind
    header: Mapping[str, object]  # authenticated together with `wrapped_private`
    public_key: bytes
    wrapped_private: bytes
    label: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EpochSeal:
    """An epoch's private key, sealed to one slot."""

    key_id: bytes
    slot_id: UUID
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """What was added to an epoch's chain: a sealed row, or, with a reason, its end by order."""

    secret_id: UUID
    digest: bytes  # SHA-256 of what was stored sealed
    reason: str | None = None
