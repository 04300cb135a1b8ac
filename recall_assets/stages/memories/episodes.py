"""Episodes: what happened when, one an activity, with the most telling of what stood there or was said.

activity 09:05-09:45 coding "LED-412 …" ─► summary: title and project     sources: the activity,
passages at home in it ─► up to six ─► details                            a frame or transcript a line
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from recall_assets.records import Activity, Episode, Memory, MemoryKind, Source, SourceKind
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.description import closed, said_during
from recall_assets.stages.sentences.passages import Passage, said_by, spoken_passages

SHORTEST = timedelta(minutes=2)
OWNER = "owner"
_LINES = 6
_WORDS = 140


def episodes(day: Day) -> Iterator[Memory]:
    """One memory an activity that lasted, in order of time."""
    for activity in day.activities:
        lines = _lines(day, activity)
        if activity.end_at - activity.start_at >= SHORTEST or lines:
            yield _episode(day, activity, lines)


def _lines(day: Day, activity: Activity) -> list[Passage]:
    """What stood there and was at home there, then what was said."""
    own = set(activity.frame_ids)
    shown = [passage for passage in day.passages if own.intersection(day.home_frames(passage))]
    chosen = choose([*shown, *spoken_passages(said_during(activity, day.transcripts))], _LINES, longest_words=_WORDS)
    starts = {one: frame.captured_at for one, frame in day.frames.items()}
    return sorted(chosen, key=lambda one: one.said.started_at if one.said else starts[one.frame_ids[0]])


def _episode(day: Day, activity: Activity, lines: Sequence[Passage]) -> Memory:
    project = day.projects.get(activity.project_id) if activity.project_id else None
    title = activity.title or activity.label.replace("-", " ")
    topic = topic_of(MemoryKind.EPISODIC, str(activity.id))
    rests = [Source(SourceKind.ACTIVITY, activity.id)]
    for line in lines:
        if line.said:
            rests.append(Source(SourceKind.TRANSCRIPT, line.said.id))
        else:
            own = [one for one in day.home_frames(line) if one in set(activity.frame_ids)]
            rests += shown_on(own)[:1]
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{title} ({activity.label.replace('-', ' ')}{f', {project.name}' if project else ''})",
        details="\n".join(_told(line) for line in lines),
        particulars=Episode(activity.start_at, activity.end_at, OWNER, activity.label),
        valid_from=activity.start_at,
        sources=tuple(dict.fromkeys(rests)),
        day=day.date,
        deployment_id=activity.deployment_id,
        tree_path=(project.name,) if project else (),
        seconds=round(activity.active_seconds, 1),
    )


def _told(line: Passage) -> str:
    return closed(f"{line.text.rstrip(' .')} ({said_by(line.said)})") if line.said else closed(line.text)
