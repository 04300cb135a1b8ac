"""What a machine saw and heard, and what was read in it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from recall_assets.records.boxes import Box

# Parent of every derived id that has no row as its parent: uuid5(RECALL_NAMESPACE, natural key).
RECALL_NAMESPACE = UUID("b9a2f7a4-6f0e-5c53-9d0f-6f2c1e7d4a10")


class Status(IntEnum):
    """How far a stage is with a row; the only status codes in Recall."""

    PENDING = 0
    DONE = 1
    ERROR = 2
    SKIPPED = 3


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
class Retention:
    """How long images are kept; the text on them, and what was made of it, stays. None: without limit."""

    images: timedelta | None = timedelta(days=90)  # every one
    keyframes: timedelta | None = None  # then one an activity
    bytes: int | None = None  # all of them together; beyond it the oldest go sooner


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A frame's image; frames that show the same share one, so a day may have several of the same `ref`."""

    ref: str
    bytes: int
    captured_at: datetime
    stood: timedelta
    activity_id: UUID | None = None
    described: bool = False  # by a model that was shown it
    cited: bool = False  # by a sentence of its activity


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
