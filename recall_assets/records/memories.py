"""What is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from recall_assets.records.hierarchy import Source


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
    review: str | None = None  # what a language model made of a doubtful one: `secret`, `no_secret`


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
