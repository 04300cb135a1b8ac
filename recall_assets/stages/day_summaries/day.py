"""One day to be summarised, with the lookups that every part of the summary needs.

laptop   |aaaa|  |bbbbbb|
desktop        |cccc|            an instant on two machines counts once: |aaaa|bbbbbbb| + what c adds
         07:44 ───────── 12:10   times as the deployment's own clock showed them
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

from recall_assets.records import Activity, Frame, Project, Transcript
from recall_assets.stages.sentences.description import said_during


@dataclass(frozen=True, slots=True)
class Day:
    """Activities in order of time, with their frames, speech, projects and UTC offsets; at least one activity."""

    activities: tuple[Activity, ...]
    projects: Mapping[UUID, Project]
    frames: Mapping[UUID, tuple[Frame, ...]]  # of each activity, in order of time
    offsets: Mapping[UUID, timedelta]  # of each activity
    transcripts: Mapping[UUID, tuple[Transcript, ...]]  # of each activity, in order of time

    def project_of(self, activity: Activity) -> Project | None:
        """The activity's project; None without one."""
        return self.projects.get(activity.project_id) if activity.project_id else None

    def start(self, activity: Activity) -> datetime:
        """When it started, on its deployment's own clock."""
        return activity.start_at.astimezone(timezone(self.offsets[activity.id]))

    def end(self, activity: Activity) -> datetime:
        """When it ended, on its deployment's own clock."""
        return activity.end_at.astimezone(timezone(self.offsets[activity.id]))


def day_of(
    activities: Iterable[Activity],
    projects: Iterable[Project],
    frames: Iterable[Frame],
    transcripts: Sequence[Transcript] = (),
) -> Day:
    """The day that these make; frames and speech of no activity are left out."""
    ordered = tuple(sorted(activities, key=lambda activity: (activity.start_at, activity.deployment_id, activity.id)))
    by_id = {frame.id: frame for frame in frames}
    own = {activity.id: _in_time(activity.frame_ids, by_id) for activity in ordered}
    said = {activity.id: tuple(said_during(activity, transcripts)) for activity in ordered}
    offsets = _offsets(ordered, own, by_id.values())
    return Day(ordered, {project.id: project for project in projects}, own, offsets, said)


def union_length(activities: Iterable[Activity]) -> timedelta:
    """The time that the activities cover together; what two machines share counts once."""
    return covered((activity.start_at, activity.end_at) for activity in activities)


def covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """The length of the union of the spans [start, end)."""
    length = timedelta()
    reached: datetime | None = None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        length += max(end - begin, timedelta())
        reached = end if reached is None else max(reached, end)
    return length


def _in_time(ids: Sequence[UUID], by_id: Mapping[UUID, Frame]) -> tuple[Frame, ...]:
    known = [by_id[frame_id] for frame_id in ids if frame_id in by_id]
    return tuple(sorted(known, key=lambda frame: (frame.captured_at, frame.monitor, frame.id)))


def _offsets(
    activities: Sequence[Activity], own: Mapping[UUID, Sequence[Frame]], frames: Iterable[Frame]
) -> dict[UUID, timedelta]:
    """Each activity's offset: of its first frame, else of any frame of its deployment, else that of its times."""
    known = {frame.deployment_id: frame.utc_offset for frame in frames}
    return {
        activity.id: own[activity.id][0].utc_offset
        if own[activity.id]
        else known.get(activity.deployment_id, activity.start_at.utcoffset() or timedelta())
        for activity in activities
    }
