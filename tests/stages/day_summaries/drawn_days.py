"""Days written down a line an activity, as inputs of sentences and summaries.

laptop 09:00-09:40 Orchard coding  SHOP-12 Total differs - Tracker - Browser | a line / another || next frame
│                  │ '-': none     │ title of its windows                     │ lines of frame 1   │ of frame 2
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from uuid import UUID, uuid5

from recall_assets.records import (
    RECALL_NAMESPACE,
    Activity,
    DaySummary,
    DeploymentDay,
    Frame,
    Project,
    Transcript,
)
from recall_assets.stages.day_summaries import summarise
from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.sentences import describe

DAY = date(2026, 3, 4)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing holds, activities described."""

    activities: list[Activity]
    projects: list[Project]
    frames: list[Frame]


def drawn(picture: str, offset: timedelta = timedelta(hours=1)) -> Drawn:
    """The day that the picture shows; its times are those of the machines' clocks at `offset`."""
    frames: list[Frame] = []
    activities: list[Activity] = []
    names: dict[str, UUID] = {}
    for number, line in enumerate(filter(None, map(str.strip, picture.splitlines()))):
        head, _, shown = line.partition(" |")
        screens = shown.split(" || ")
        deployment, span, project, label, title = head.split(None, 4)
        start, end = (_at(clock, offset) for clock in span.split("-"))
        own = _frames(f"{number}", deployment, title, screens, start, end, offset)
        frames += own
        project_id = None if project == "-" else names.setdefault(project, id_of(project))
        ids = tuple(frame.id for frame in own)
        activity = Activity(id_of(f"activity {number}"), deployment, DAY, start, end, ids, label, project_id=project_id)
        activities.append(describe(activity, own))
    projects = [Project(project_id, name, DAY, DAY) for name, project_id in names.items()]
    return Drawn(activities, projects, frames)


def summary_of(
    scope: DeploymentDay | date,
    activities: Sequence[Activity],
    projects: Sequence[Project],
    frames: Sequence[Frame],
    transcripts: Sequence[Transcript] = (),
) -> DaySummary | None:
    """The summary of a machine's day, or of a date over all; None of one without activities."""
    on = scope.day if isinstance(scope, DeploymentDay) else scope
    machine = scope.deployment_id if isinstance(scope, DeploymentDay) else None
    own = [one for one in activities if one.day == on and machine in (None, one.deployment_id)]
    return summarise(scope, day_of(own, projects, frames, transcripts)) if own else None


def id_of(name: str) -> UUID:
    """The id of what tests call by this name."""
    return uuid5(RECALL_NAMESPACE, name)


def screen(
    name: str,
    text: str,
    at: datetime,
    seconds: float = 60,
    *,
    title: str | None = None,
    url: str | None = None,
    app: str | None = "browser",
    deployment: str = "laptop",
    offset: timedelta = timedelta(0),
    new_text: str | None = None,
) -> Frame:
    """One frame; all of its text is new where nothing else is said."""
    return Frame(
        id=id_of(f"frame {name}"),
        deployment_id=deployment,
        captured_at=at,
        seen_until=at + timedelta(seconds=seconds),
        utc_offset=offset,
        day=DAY,
        app_name=app,
        window_title=title,
        url=url,
        text=text,
        new_text=text if new_text is None else new_text,
    )


def _frames(
    name: str, deployment: str, title: str, screens: list[str], start: datetime, end: datetime, offset: timedelta
) -> list[Frame]:
    step = (end - start) / len(screens)
    frames = []
    seen: set[str] = set()
    for number, drawing in enumerate(screens):
        lines = [line.strip() for line in drawing.split(" / ") if line.strip()]
        new = "\n".join(line for line in lines if line not in seen)
        seen.update(lines)
        frames.append(
            screen(
                f"{name}/{number}",
                "\n".join(lines),
                start + number * step,
                step.total_seconds(),
                title=title,
                deployment=deployment,
                offset=offset,
                new_text=new,
            )
        )
    return frames


def _at(clock: str, offset: timedelta) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock), timezone(offset)).astimezone(UTC)
