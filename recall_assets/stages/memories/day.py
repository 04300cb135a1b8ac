"""One day to be remembered, over all machines, with the lookups that every kind of memory needs.

    frames ─┬─► place ─► stays
            └─► passages ─► the place at home for each: where it stands on the largest share of the frames
    activities ─► project of a frame

What stands in a window behind another one is so not told as if the front one had said it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import cached_property
from uuid import UUID, uuid5

from recall_assets.records import (
    RECALL_NAMESPACE,
    Activity,
    Frame,
    MemoryKind,
    Project,
    Source,
    SourceKind,
    Transcript,
)
from recall_assets.stages.memories.places import Place, place_of, stays
from recall_assets.stages.sentences.panels import Titles
from recall_assets.stages.sentences.passages import Passage, passages_of

# A place with few frames shows by chance what stands behind it on all of them.
_FEW = 4


@dataclass(frozen=True)
class Day:
    """A date over all deployments; frames are those of its activities, in order of time."""

    date: date
    activities: tuple[Activity, ...]
    frames: Mapping[UUID, Frame]
    projects: Mapping[UUID, Project]
    transcripts: tuple[Transcript, ...]

    @cached_property
    def places(self) -> Mapping[UUID, Place]:
        """What each frame held open, of frames that did."""
        found = {one: place_of(frame) for one, frame in self.frames.items()}
        return {one: place for one, place in found.items() if place is not None}

    @cached_property
    def stays(self) -> Mapping[UUID, float]:
        """Seconds that each frame was looked at."""
        return stays(self.activities, self.frames)

    @cached_property
    def activity_of(self) -> Mapping[UUID, Activity]:
        """The activity of each frame."""
        return {frame_id: activity for activity in self.activities for frame_id in activity.frame_ids}

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The distinct passages of each deployment's screens, in order of first appearance."""
        found: list[Passage] = []
        for machine in sorted({frame.deployment_id for frame in self.frames.values()}):
            own = [frame for frame in self.frames.values() if frame.deployment_id == machine]
            found += passages_of(own, Titles(own, ()))
        return tuple(found)

    def home(self, passage: Passage) -> Place | None:
        """The place whose frames show the passage most regularly; None where it stands beside none."""
        shown = Counter(self.places[one].key for one in passage.frame_ids if one in self.places)
        if not shown:
            return None
        best = max(shown, key=lambda key: (shown[key] / (self._frames_at[key] + _FEW), shown[key], key))
        return self._by_key[best]

    def home_frames(self, passage: Passage) -> tuple[UUID, ...]:
        """The frames of the passage at its home; all of them where it has none."""
        home = self.home(passage)
        if home is None:
            return passage.frame_ids
        return tuple(one for one in passage.frame_ids if one in self.places and self.places[one].key == home.key)

    def path(self, frame_ids: Iterable[UUID]) -> tuple[str, ...]:
        """The project in which these frames were seen longest, as a path; empty where that is none."""
        seconds: defaultdict[str, float] = defaultdict(float)
        for one in frame_ids:
            activity = self.activity_of.get(one)
            project = self.projects.get(activity.project_id) if activity and activity.project_id else None
            seconds[project.name if project else ""] += 1 + self.stays.get(one, 0.0)
        best = max(sorted(seconds), key=lambda name: seconds[name], default="")
        return (best,) if best else ()

    def first(self, frame_ids: Sequence[UUID]) -> datetime:
        """When the first of these frames was captured, on its machine's clock."""
        frame = min((self.frames[one] for one in frame_ids), key=lambda frame: (frame.captured_at, frame.id))
        return frame.captured_at.astimezone(timezone(frame.utc_offset))

    def seconds(self, frame_ids: Iterable[UUID]) -> float:
        """How long these frames were looked at together."""
        return sum(self.stays.get(one, 0.0) for one in set(frame_ids))

    def machine(self, frame_ids: Iterable[UUID]) -> str | None:
        """The deployment of all these frames; None where there are several."""
        machines = {self.frames[one].deployment_id for one in frame_ids}
        return machines.pop() if len(machines) == 1 else None

    @cached_property
    def _frames_at(self) -> Mapping[str, int]:
        return Counter(place.key for place in self.places.values())

    @cached_property
    def _by_key(self) -> Mapping[str, Place]:
        return {place.key: place for place in self.places.values()}


def day_of(
    day: date,
    activities: Sequence[Activity],
    frames: Iterable[Frame],
    projects: Iterable[Project],
    transcripts: Sequence[Transcript],
) -> Day:
    """The day that these make; frames of no activity are left out."""
    ordered = tuple(sorted(activities, key=lambda one: (one.start_at, one.deployment_id, one.id)))
    owned = {frame_id for activity in ordered for frame_id in activity.frame_ids}
    kept = sorted((f for f in frames if f.id in owned), key=lambda f: (f.captured_at, f.deployment_id, f.monitor, f.id))
    return Day(day, ordered, {f.id: f for f in kept}, {project.id: project for project in projects}, tuple(transcripts))


def topic_of(kind: MemoryKind, key: str) -> UUID:
    """What a memory is about: the same for the same kind and key on any day and machine."""
    return uuid5(RECALL_NAMESPACE, f"memory/{kind.value}/{key.casefold()}")


def memory_id(topic: UUID, day: date) -> UUID:
    """The id of what a day left about a topic."""
    return uuid5(topic, day.isoformat())


def shown_on(frame_ids: Sequence[UUID]) -> tuple[Source, ...]:
    """The first and the last of these frames as sources."""
    ends = dict.fromkeys((frame_ids[0], frame_ids[-1])) if frame_ids else {}
    return tuple(Source(SourceKind.FRAME, one) for one in ends)
