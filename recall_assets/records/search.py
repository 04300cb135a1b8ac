"""What can be found, and what a search found."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from recall_assets.records.boxes import Box


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

    kind: str  # day, project, activity, frame, transcript, memory
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
