"""People: two capitalised words that something on the screen treats as a person, not as a company or a place.

Rosa Quill  14 Mar, 09:02        wrote something: a date or time follows        ┐
Assignee │ Rosa Quill            stands where only persons stand                  ├─► Rosa Quill
rosa.quill@cellar.example        has an address of that name                      ┘
Harbour Freight                  none of these                                     ─► nobody
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from uuid import UUID

from recall_assets.records import Concept, Memory, MemoryKind, Source, SourceKind
from recall_assets.stages.activities.known_names import nearest
from recall_assets.stages.activities.mentions import mentions
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.sentences.passages import Passage
from recall_assets.stages.sentences.worth import worth

LEAST_FRAMES = 2
_LEAST_WROTE = 2  # different lines: a note may begin with two capitals once
_QUOTES = 2
_PLACES = 4

_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
_WROTE = re.compile(
    rf"^\W*(?:\d{{1,2}}[:.]\d\d|\d{{1,2}}\.?\s?{_MONTH}|{_MONTH}[a-z]*\s\d|\d{{4}}-\d\d-\d\d|today\b|yesterday\b|wrote\b"
    r"|commented\b|opened\b|approved\b|asked\b|<\S+@)",
    re.IGNORECASE,
)
_WHERE_PERSONS_STAND = re.compile(
    r"^\W*(?:from|to|cc|by|assignee|assigned to|reporter|reported by|author|reviewers?|organi[sz]er|sender|owner"
    r"|attendees|participants|contact|direct messages)\W*$",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_CELL = re.compile(r"\s{2,}|\t")


def people(day: Day) -> Iterator[Memory]:
    """The persons of a day by name, with their address, where they were met, and what was said of them."""
    seen: defaultdict[str, list[UUID]] = defaultdict(list)
    wrote: defaultdict[str, set[str]] = defaultdict(set)
    known: set[str] = set()
    mails: defaultdict[str, Counter[str]] = defaultdict(Counter)
    addresses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one, frame in day.frames.items():
        for local, host in _MAIL.findall(frame.text):
            mails[local.casefold()][f"{local}@{host}"] += 1
        for before, line in pairwise(["", *_cells(frame.text)]):
            for name in [mention.value for mention in mentions(line) if mention.kind == "person"]:
                if not seen[name] or seen[name][-1] != one:
                    seen[name].append(one)
                if _WROTE.match(line.partition(name)[2]):
                    wrote[name].add(line)
                if line == name and _WHERE_PERSONS_STAND.match(before):
                    known.add(name)
    for name in seen:
        for local, found in mails.items():
            if _is_of(local, name):
                addresses[name] += found
                known.add(name)
    known |= {name for name, lines in wrote.items() if len(lines) >= _LEAST_WROTE}
    counted = frozenset(name for name in known if len(seen[name]) >= LEAST_FRAMES)
    for name in sorted(counted):
        more_often = frozenset(other for other in counted if len(seen[other]) > len(seen[name]))
        if nearest(name, more_often) is None:  # else a misreading of that one
            yield _person(day, name, seen[name], addresses[name])


def _cells(text: str) -> list[str]:
    return [cell.strip() for line in text.splitlines() for cell in _CELL.split(line) if cell.strip()]


def _is_of(local: str, name: str) -> bool:
    """Whether the part of an address before the @ is made of this name: `rosa.quill`, `rquill`, `quillr`."""
    first, last = name.casefold().split(" ", 1)
    bare = re.sub(r"[^a-zà-ÿ]", "", local)
    return bare in {first + last, last + first, first[0] + last, last + first[0], first + last[0]}


def _person(day: Day, name: str, ids: Sequence[UUID], mails: Counter[str]) -> Memory:
    activities = Counter(day.activity_of[one].id for one in ids)
    places = Counter(day.places[one].title for one in ids if one in day.places)
    projects = dict.fromkeys(path[0] for one in ids if (path := day.path([one])))
    told = _told_of(day, name)
    mail = mails.most_common(1)[0][0] if mails else None
    lines = [f"E-mail: {mail}"] if mail else []
    lines += [f"Met in: {', '.join(title for title, _ in places.most_common(_PLACES))}"] if places else []
    lines += [passage.text for passage in told]
    topic = topic_of(MemoryKind.SEMANTIC, f"person/{name}")
    rests = [Source(SourceKind.ACTIVITY, one) for one, _ in activities.most_common()]
    rests += [source for passage in told for source in shown_on(passage.frame_ids)[:1]]
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{name}, in {', '.join(projects)}" if projects else name,
        details="\n".join(lines),
        particulars=Concept(name, "person", "names beside what they wrote, fields and addresses"),
        valid_from=day.first(ids),
        sources=tuple(dict.fromkeys((*rests, *shown_on(ids)))),
        day=day.date,
        deployment_id=day.machine(ids),
        times=len(activities),
        confidence=0.9 if mail else 0.7,
    )


def _told_of(day: Day, name: str) -> list[Passage]:
    """The sentences with the full name in them that are most worth keeping."""
    told = [passage for passage in day.passages if name in passage.text and worth(passage.text) >= 1]
    return sorted(told, key=lambda passage: (-worth(passage.text), passage.text))[:_QUOTES]
