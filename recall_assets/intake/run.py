"""One run over a partition: what it works with, and what it carries from batch to batch."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from recall_assets.engines.workers import Workers
from recall_assets.intake.masking import KnownInRun
from recall_assets.intake.worker import Answer, Task
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.settings import Home, Settings

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
ReadingWorkers = Workers[Task, Answer]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a run over a partition did, in frames; `secrets` counts added rows.

    Of the stored images `reread` were read again, and `showing` of them still showed something. `without_image` frames
    were to be read again and keep the text that they have: their images were let go.
    """

    read: int = 0
    identical: int = 0
    failed: int = 0
    forgotten: int = 0
    secrets: int = 0
    reread: int = 0
    showing: int = 0
    without_image: int = 0


@dataclass(slots=True)
class Run:
    """A run over a partition, and its counts so far."""

    engine: Engine
    home: Home
    settings: Settings
    partition: DeploymentDay
    provenance: Provenance
    workers: ReadingWorkers
    known: KnownInRun = field(default_factory=KnownInRun)
    read: int = 0
    identical: int = 0
    failed: int = 0
    forgotten: int = 0
    secrets: int = 0
    reread: int = 0
    showing: int = 0
    without_image: int = 0

    def report(self) -> ReadReport:
        """The counts."""
        return ReadReport(**{name: getattr(self, name) for name in ReadReport.__slots__})
