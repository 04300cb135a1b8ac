"""What somebody asked to forget, in their words, as criteria.

    from "yesterday 9:00"  to "now"  machine laptop  app firefox  project Orchard ─► ForgetCriteria

Nothing is forgotten by chance: at least one condition, names that exist, and never what comes later than now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from recall_assets.errors import InputError, UnknownIdError
from recall_assets.records import ForgetCriteria
from recall_assets.stages.forgetting import words_of
from recall_assets.stages.said_times import begin_of, end_of
from recall_assets.store import deployments, projects

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions as they were typed; what is empty is no condition."""

    begin: str = ""
    end: str = ""
    machines: Sequence[str] = ()
    app: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    project: str = field(default="", repr=False)  # its name or id
    text: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return self == Asked()


def criteria_of(connection: Connection, asked: Asked, now: datetime) -> ForgetCriteria:
    """What that means, now; aware times in the zone of `now`.

    Raises:
        InputError: nothing is said, or what is said cannot be.
        UnknownIdError: there is no such machine or project.
    """
    if asked.is_empty:
        raise InputError("Nothing says what to forget.", "Give a time, a machine, an app, a URL, a project or a text.")
    begin = begin_of(asked.begin, now) if asked.begin else None
    end = min(end_of(asked.end, now), now) if asked.end else now
    if begin is not None and begin >= end:
        raise InputError(f"{begin:%Y-%m-%d %H:%M} is not before {end:%Y-%m-%d %H:%M}.", "Give an earlier beginning.")
    known = {one.id for one in deployments.read_all(connection)}
    for machine in asked.machines:
        if machine not in known:
            raise UnknownIdError(f"There is no machine {machine!r}.", f"One of {', '.join(sorted(known)) or 'none'}.")
    return ForgetCriteria(
        end,
        begin,
        tuple(sorted({*asked.machines})),
        app=_words(asked.app, "app"),
        url=_words(asked.url, "URL"),
        project_id=_project(connection, asked.project) if asked.project else None,
        text=_words(asked.text, "text"),
    )


def _words(said: str, what: str) -> str | None:
    if not said:
        return None
    if not words_of(said) or len(said) > _LONGEST:
        raise InputError(f"The {what} holds no word, or too many.", f"Give words, at most {_LONGEST} characters.")
    return said


def _project(connection: Connection, said: str) -> UUID:
    living = projects.read_all(connection)
    try:
        wanted = projects.living_id(connection, UUID(said))
        found = [one for one in living if one.id == wanted]
    except ValueError:
        found = [one for one in living if one.name.casefold() == said.strip().casefold()]
    if len(found) != 1:
        raise UnknownIdError(
            f"{'No project' if not found else 'More than one project'} is called {said!r}.",
            "`recall projects` lists them; give its name or its id.",
        )
    return found[0].id
