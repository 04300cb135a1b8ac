"""Tickets: those that had a page or a title of the day, with what they are called and how they stand.

"LED-412 Total differs - Tracker"   in a title or address, which are exact  ─► LED-412, "Total differs"
Status │ In progress                beside or below a field's usual name      ─► Status: In progress
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from recall_assets.records import Concept, Frame, Memory, MemoryKind, Source, SourceKind
from recall_assets.stages.activities.known_names import named_by
from recall_assets.stages.activities.mentions import mentions
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.sentences.titles import subject_of

_FIELD = re.compile(
    r"^(?P<name>status|state|priority|severity|assignee|assigned to|reporter|author|reviewer|milestone|due|due date"
    r"|deadline|estimate|sprint|fix version|resolution|labels?)\s*:?(?:\s+(?P<value>\S.*))?$",
    re.IGNORECASE,
)
_LONGEST_VALUE = 40
_CELL = re.compile(r"\s{2,}|\t")


def tickets(day: Day) -> Iterator[Memory]:
    """The tickets that were open, by their names."""
    at: defaultdict[str, list[UUID]] = defaultdict(list)
    for one, frame in day.frames.items():
        exact = [*mentions(frame.window_title or ""), *named_by(frame.url or "")]
        for name in {mention.value for mention in exact if mention.kind == "ticket"}:
            at[name].append(one)
    for name, ids in sorted(at.items()):
        yield _ticket(day, name, ids)


def fields_on(frame: Frame) -> dict[str, str]:
    """The fields of a ticket as a frame shows them, name to value."""
    cells = [cell.strip() for line in frame.text.splitlines() for cell in _CELL.split(line) if cell.strip()]
    found: dict[str, str] = {}
    for cell, following in zip(cells, [*cells[1:], ""], strict=True):
        field = _FIELD.match(cell)
        if field is None:
            continue
        value = field["value"] or ("" if _FIELD.match(following) else following)
        if value and len(value) <= _LONGEST_VALUE and value[0].isalnum():
            found.setdefault(field["name"].capitalize(), value)
    return found


def _ticket(day: Day, name: str, ids: Sequence[UUID]) -> Memory:
    titles = Counter(title for one in ids if (title := _title(day.frames[one], name)))
    title = titles.most_common(1)[0][0] if titles else ""
    fields: dict[str, str] = {}
    for one in ids:  # as they stood last
        fields |= fields_on(day.frames[one]) if _title(day.frames[one], name) else {}
    activities = dict.fromkeys(day.activity_of[one].id for one in ids)
    place = next((day.places[one] for one in ids if one in day.places), None)
    topic = topic_of(MemoryKind.SEMANTIC, f"ticket/{name}")
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{name}: {title}" if title else f"Ticket {name}",
        details="\n".join(f"{field}: {value}" for field, value in fields.items()),
        particulars=Concept(name, "ticket", (place.uri or place.path or place.title) if place else name),
        valid_from=day.first(ids),
        sources=(*(Source(SourceKind.ACTIVITY, one) for one in activities), *shown_on(ids)),
        day=day.date,
        deployment_id=day.machine(ids),
        tree_path=day.path(ids),
        seconds=round(day.seconds(ids), 1),
        times=len(activities),
    )


def _title(frame: Frame, name: str) -> str:
    """What the ticket is called, where the window's title begins with it."""
    subject = subject_of(frame)
    return subject[len(name) :].strip(" :-–—") if subject.startswith(name) else ""
