"""Procedures that somebody wrote down: numbered lines, from 1 upward, that stood together on the screen.

Runbook of the migration            ─► its name: the line above that is no step, else what was open
1. switch the dashboard                ┐
2. begin, attach, commit               ├─► three or more in a row, from the frame that shows most of them
3. verify the counts                   ┘
Rollback: detach it again           ─► a line of the same document that says what to do otherwise goes with it
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from recall_assets.records import Frame, Memory, MemoryKind, Procedure, Source, SourceKind
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.memories.places import Place

LEAST_STEPS = 3
_NUMBERED = re.compile(r"^\W{0,2}(\d{1,2})\s?[.)]\s+(\S.{5,}?)\s*$")
_OTHERWISE = re.compile(
    r"^(?:rollback|roll back|undo|if (?:it|this|that) fails|on (?:error|failure)|fallback)\b.{8,}", re.I
)
_TITLE = re.compile(r"^[A-Z0-9][^=|{}]{3,80}$")
# A questionnaire or a list of search results is numbered, too.
_ASKED = re.compile(r"\?\s*$")


class Listed(NamedTuple):
    """Steps as one frame shows them; the heading is empty where nothing above them looks like one."""

    heading: str
    steps: tuple[str, ...]
    otherwise: tuple[str, ...]
    frame_id: UUID


def procedures_written(day: Day) -> Iterator[Memory]:
    """The numbered lists of a day that tell what to do, one a document."""
    found: defaultdict[str, list[Listed]] = defaultdict(list)
    for one, frame in day.frames.items():
        place = day.places.get(one)
        listed = steps_on(frame) if place else None
        if place and listed:
            found[place.key].append(listed)
    known = {place.key: place for place in day.places.values()}
    for key, lists in found.items():
        yield _procedure(day, known[key], lists)


def steps_on(frame: Frame) -> Listed | None:
    """The longest run of numbered lines on a frame, from 1; None where there is none of three that tells what to do."""
    lines = [" ".join(line.split()) for line in frame.text.splitlines()]
    best: list[str] = []
    heading = ""
    steps: list[str] = []
    above = ""
    for line in lines:
        numbered = _NUMBERED.match(line)
        if numbered and int(numbered.group(1)) == len(steps) + 1:
            steps.append(numbered.group(2))
        elif numbered and int(numbered.group(1)) == 1:
            steps = [numbered.group(2)]
        elif not numbered:
            above = line if _TITLE.match(line) and not steps else above
            continue
        if len(steps) > len(best):
            best, heading = list(steps), above
    if len(best) < LEAST_STEPS or sum(bool(_ASKED.search(step)) for step in best) > len(best) / 3:
        return None
    otherwise = tuple(dict.fromkeys(line for line in lines if _OTHERWISE.match(line)))
    return Listed(heading, tuple(best), otherwise, frame.id)


def _procedure(day: Day, place: Place, lists: Sequence[Listed]) -> Memory:
    most = max(len(one.steps) for one in lists)
    best = [one for one in lists if len(one.steps) == most][-1]  # as it stood last
    otherwise = next((one.otherwise for one in reversed(lists) if one.otherwise), ())
    topic = topic_of(MemoryKind.PROCEDURAL, f"steps/{place.key}")
    ids = [one.frame_id for one in lists]
    last = next((one.frame_id for one in reversed(lists) if one.otherwise), best.frame_id)
    activities = dict.fromkeys(day.activity_of[one].id for one in ids)
    steps = (*best.steps, *otherwise)
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=f"{best.heading or place.title}, in {len(best.steps)} steps ({place.title})",
        details="\n".join(steps),
        particulars=Procedure("steps", steps),
        valid_from=day.first(ids),
        sources=tuple(
            dict.fromkeys((*(Source(SourceKind.ACTIVITY, one) for one in activities), *shown_on((best.frame_id, last))))
        ),
        day=day.date,
        deployment_id=day.machine(ids),
        tree_path=day.path(ids),
        seconds=round(day.seconds(ids), 1),
        confidence=0.8,
    )
