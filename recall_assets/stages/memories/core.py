"""Core memory that can be counted: which machines the owner has, what they work on, with whom, and when.

    machines   desktop (Linux, Europe/Berlin), laptop
    projects   Orchard: 12 h on 4 days, last on 2026-03-09
    hours      mostly between 08:10 and 18:30
    people     Rosa Quill, Ada Birch

A block that the owner wrote is theirs: no run touches it. Everything else about the owner is theirs to write.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple
from uuid import UUID

from recall_assets.records import CoreBlock, Project

DAYS = 30  # before the newest day: older work is no longer who one is
_PROJECTS = 8
_PEOPLE = 12
_LIMIT = 5000


class Machine(NamedTuple):
    """A deployment as the owner knows it."""

    id: str
    name: str
    platform: str | None
    timezone: str


class Spell(NamedTuple):
    """A stretch of work; start and end by its machine's clock."""

    day: date
    project_id: UUID | None
    seconds: float
    start: datetime
    end: datetime


def core_blocks(
    machines: Sequence[Machine], projects: Iterable[Project], spells: Sequence[Spell], people: Sequence[str]
) -> list[CoreBlock]:
    """The blocks that can be counted, those with nothing to say left out.

    Args:
        spells: of at least the last 30 days, in any order.
        people: names, who was met most first.
    """
    newest = max((spell.day for spell in spells), default=date.min)
    recent = [spell for spell in spells if spell.day > newest - timedelta(days=DAYS)]
    blocks = {
        "machines": "\n".join(_machine(one) for one in machines),
        "projects": "\n".join(_projects({project.id: project.name for project in projects}, recent)),
        "hours": _hours(recent),
        "people": ", ".join(people[:_PEOPLE]),
    }
    return [CoreBlock(label, value[:_LIMIT]) for label, value in blocks.items() if value]


def _machine(one: Machine) -> str:
    told = ", ".join(filter(None, (one.platform, one.timezone)))
    return f"{one.name} ({one.id}): {told}" if one.name != one.id else f"{one.id}: {told}"


def _projects(names: Mapping[UUID, str], spells: Sequence[Spell]) -> list[str]:
    own: defaultdict[UUID, list[Spell]] = defaultdict(list)
    for spell in spells:
        if spell.project_id in names and spell.project_id is not None:
            own[spell.project_id].append(spell)
    ranked = sorted(own, key=lambda one: (-sum(spell.seconds for spell in own[one]), names[one]))
    return [
        f"{names[one]}: {sum(spell.seconds for spell in own[one]) / 3600:.1f} h on "
        f"{len({spell.day for spell in own[one]})} days, last on {max(spell.day for spell in own[one])}"
        for one in ranked[:_PROJECTS]
    ]


def _hours(spells: Sequence[Spell]) -> str:
    days: defaultdict[date, list[Spell]] = defaultdict(list)
    for spell in spells:
        days[spell.day].append(spell)
    if not days:
        return ""
    first = round(median(_minute(min(spell.start for spell in own)) for own in days.values()))
    last = round(median(_minute(max(spell.end for spell in own)) for own in days.values()))
    return f"mostly between {first // 60:02}:{first % 60:02} and {last // 60:02}:{last % 60:02}"


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
