"""What of a day can be found: its activities with what was seen and said in them, and its summary.

    activity 1 ─ passage ─ passage ─ passage ─ spoken        a passage: what came up in a window, some sentences
    activity 2 ─ passage ─ passage                           and lines together; no panels, tabs, half-typed lines
    (between)  ─ passage
    day summary

A document that was open for an hour is some passages, not 700 frames.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from recall_assets.records import (
    Activity,
    DaySummary,
    Document,
    Episode,
    Frame,
    Memory,
    Procedure,
    Project,
    Resource,
    Transcript,
)
from recall_assets.stages.addresses import split_address
from recall_assets.stages.sentences.panels import Titles
from recall_assets.stages.sentences.passages import Passage, passages_of

# A passage longer than that is several: the model for vectors sees its beginning only.
MOST_WORDS = 90


def documents_of_day(
    frames: Sequence[Frame],
    activities: Sequence[Activity],
    transcripts: Sequence[Transcript],
    summary: DaySummary | None,
    projects: Sequence[Project],
) -> list[Document]:
    """The documents of a deployment's day, each activity followed by its own; `frames` are read ones, by time."""
    names = {project.id: project.name for project in projects}
    within: defaultdict[UUID | None, list[Frame]] = defaultdict(list)
    for frame in frames:
        within[frame.activity_id].append(frame)
    documents = []
    for activity in activities:
        shown = within.pop(activity.id, [])
        documents.append(_activity(activity, shown, names))
        documents += _passages(shown, Titles(frames, shown), in_activity=True)
        documents += [_spoken(one, in_activity=True) for one in transcripts if _during(one, activity)]
    for left in within.values():
        documents += _passages(left, Titles(frames, left), in_activity=False)
    documents += [_spoken(one) for one in transcripts if not any(_during(one, activity) for activity in activities)]
    spans = [
        *((one.captured_at, one.seen_until) for one in frames),
        *((one.start_at, one.end_at) for one in activities),
    ]
    if summary is not None and spans:  # a day that showed no text has activities alone
        start_at, end_at = min(start for start, _ in spans), max(end for _, end in spans)
        documents.append(document_of_summary(summary, start_at, end_at))
    return documents


def document_of_summary(summary: DaySummary, start_at: datetime, end_at: datetime) -> Document:
    """The summary of a day that was seen from `start_at` to `end_at`."""
    return Document("day", summary.id, start_at, end_at, summary.day.isoformat(), summary.summary)


def document_of_project(project: Project, start_at: datetime, end_at: datetime) -> Document:
    """A project that was worked on from `start_at` to `end_at`."""
    return Document("project", project.id, start_at, end_at, project.name, project.summary)


def document_of_memory(memory: Memory) -> Document:
    """A memory, on the day that told of it last."""
    own = memory.particulars
    span = (own.occurred_at, own.ended_at) if isinstance(own, Episode) else (memory.valid_from, memory.valid_from)
    place = (own.uri, own.path) if isinstance(own, Resource) else ()
    steps = own.steps if isinstance(own, Procedure) else ()
    text = "\n".join(filter(None, (" ".join(memory.tree_path), memory.details, *steps, *place)))
    host = split_address(place[0]).hostname if place else None
    return Document("memory", memory.id, *span, memory.summary, text, hosts=(host,) if host else ())


def _activity(activity: Activity, shown: Sequence[Frame], names: dict[UUID, str]) -> Document:
    project = names.get(activity.project_id) if activity.project_id else None
    text = "\n".join(filter(None, (project, activity.label, activity.summary)))
    span = activity.start_at, activity.end_at
    return Document("activity", activity.id, *span, activity.title, text, True, _apps(shown), _hosts(shown))


def _spoken(said: Transcript, *, in_activity: bool = False) -> Document:
    return Document("transcript", said.id, said.started_at, said.ended_at, said.speaker or "", said.text, in_activity)


def _during(said: Transcript, activity: Activity) -> bool:
    return activity.start_at <= said.started_at < activity.end_at


def _passages(frames: Sequence[Frame], titles: Titles, *, in_activity: bool) -> Iterator[Document]:
    """The distinct sentences of these frames, as they came up in a window, some together."""
    by_id = {frame.id: frame for frame in frames}
    shown: defaultdict[tuple[str, str], list[Passage]] = defaultdict(list)  # the windows in order of first appearance
    for passage in passages_of(frames, titles):
        first = by_id[passage.frame_ids[0]]
        shown[first.app_name or "", first.window_title or ""].append(passage)
    stretches = [stretch for passages in shown.values() for stretch in _stretches(passages)]
    for stretch in sorted(stretches, key=lambda one: by_id[one[0].frame_ids[0]].captured_at):
        yield _seen(stretch, by_id, in_activity=in_activity)


def _seen(stretch: Sequence[Passage], by_id: Mapping[UUID, Frame], *, in_activity: bool) -> Document:
    """A stretch as it stood on the frame that shows most of it."""
    times = Counter(id_ for passage in stretch for id_ in passage.frame_ids)
    most = max(times.values())
    frame = by_id[next(id_ for id_, count in times.items() if count == most)]
    first = by_id[stretch[0].frame_ids[0]]
    end_at = max(by_id[id_].seen_until for id_ in times)
    text = "\n".join(passage.text for passage in stretch)
    title = first.window_title or ""
    return Document(
        "frame", frame.id, first.captured_at, end_at, title, text, in_activity, _apps([first]), _hosts([first])
    )


def _stretches(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    """Passages in their order, at most MOST_WORDS together where one of them is no longer by itself."""
    stretch: list[Passage] = []
    words = 0
    for passage in passages:
        length = passage.text.count(" ") + 1
        if stretch and words + length > MOST_WORDS:
            yield stretch
            stretch, words = [], 0
        stretch.append(passage)
        words += length
    if stretch:
        yield stretch


def _apps(frames: Iterable[Frame]) -> tuple[str, ...]:
    return tuple(sorted({frame.app_name.lower() for frame in frames if frame.app_name}))


def _hosts(frames: Iterable[Frame]) -> tuple[str, ...]:
    return tuple(sorted({host for frame in frames if (host := split_address(frame.url).hostname)}))
