"""Resources: the documents, pages, files and repositories of a day, with how long they were in front of somebody.

frames at one place ─► seconds ≥ LEAST_SECONDS ─► title, address or path, the lines that stood there
names of repositories in titles and addresses ─► a repository, with the files of it that were open
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from recall_assets.records import Memory, MemoryKind, Resource, Source, SourceKind
from recall_assets.stages.activities.known_names import named_by
from recall_assets.stages.activities.mentions import mentions
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.memories.places import Place
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.passages import Passage
from recall_assets.stages.sentences.worth import worth

LEAST_SECONDS = 30.0  # what was passed through is no resource
_LINES = 3
_WORDS = 60
_LEAST_WORTH = 0.8  # a button or a line of code says nothing of what holds it
_FILES_NAMED = 8


def resources(day: Day) -> Iterator[Memory]:
    """What was open long enough to be found again, longest first."""
    at: defaultdict[str, list[UUID]] = defaultdict(list)
    for one, place in day.places.items():
        at[place.key].append(one)
    told = _lines_at(day)
    seconds = {key: day.seconds(ids) for key, ids in at.items()}
    for key in sorted(at, key=lambda key: (-seconds[key], key)):
        if seconds[key] >= LEAST_SECONDS:
            yield _resource(day, at[key], seconds[key], told.get(key, []))
    yield from _repositories(day)


def _resource(day: Day, frame_ids: list[UUID], seconds: float, lines: list[Passage]) -> Memory:
    titles = Counter[Place]()
    for one in frame_ids:
        titles[day.places[one]] += 1
    place = max(titles, key=lambda place: (titles[place], place))
    chosen = choose([one for one in lines if worth(one.text) >= _LEAST_WORTH], _LINES, longest_words=_WORDS)
    topic = topic_of(MemoryKind.RESOURCE, f"{place.kind}/{place.key}")
    where = place.uri or place.path or ""
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=place.title if place.title in where else f"{place.title} — {where}",
        details="\n".join(passage.text for passage in chosen),
        particulars=Resource(place.kind, place.title, place.uri, place.path),
        valid_from=day.first(frame_ids),
        sources=_sources(day, frame_ids, chosen),
        day=day.date,
        deployment_id=day.machine(frame_ids),
        tree_path=day.path(frame_ids),
        seconds=round(seconds, 1),
        times=len({day.activity_of[one].id for one in frame_ids}),
    )


def _lines_at(day: Day) -> dict[str, list[Passage]]:
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in day.passages:
        if home := day.home(passage):
            found[home.key].append(passage)
    return found


def _sources(day: Day, frame_ids: list[UUID], chosen: list[Passage]) -> tuple[Source, ...]:
    activities = dict.fromkeys(day.activity_of[one].id for one in frame_ids)
    frames = [source for passage in chosen for source in shown_on(day.home_frames(passage))[:1]]
    return tuple(
        dict.fromkeys((*(Source(SourceKind.ACTIVITY, one) for one in activities), *frames, *shown_on(frame_ids)))
    )


def _repositories(day: Day) -> Iterator[Memory]:
    at: defaultdict[str, list[UUID]] = defaultdict(list)
    for one, frame in day.frames.items():
        exact = [*mentions(frame.window_title or ""), *named_by(frame.url or "")]
        for name in {mention.value for mention in exact if mention.kind == "repository"}:
            at[name].append(one)
    for name, frame_ids in sorted(at.items()):
        seconds = day.seconds(frame_ids)
        if seconds < LEAST_SECONDS:
            continue
        files = Counter(day.places[one].title for one in frame_ids if one in day.places and day.places[one].path)
        topic = topic_of(MemoryKind.RESOURCE, f"repository/{name}")
        named = ", ".join(title for title, _ in files.most_common(_FILES_NAMED))
        yield Memory(
            id=memory_id(topic, day.date),
            topic=topic,
            summary=f"Repository {name}",
            details=f"Open in it: {named}" if named else "",
            particulars=Resource("repository", name),
            valid_from=day.first(frame_ids),
            sources=_sources(day, frame_ids, []),
            day=day.date,
            deployment_id=day.machine(frame_ids),
            tree_path=day.path(frame_ids),
            seconds=round(seconds, 1),
            times=len({day.activity_of[one].id for one in frame_ids}),
        )
