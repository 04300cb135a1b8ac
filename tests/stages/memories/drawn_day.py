"""Days of the memory tests: windows with a text, a minute each, all in one activity a run of one machine."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import uuid5

from recall_assets.records import RECALL_NAMESPACE, Activity, Frame, Project, Transcript
from recall_assets.stages.memories import Day, day_of
from tests.days import Shown, frame

DAY = date(2026, 3, 4)
MORNING = datetime(2026, 3, 4, 9, tzinfo=UTC)
ORCHARD = Project(uuid5(RECALL_NAMESPACE, "project/orchard"), "Orchard", DAY, DAY)


def page(title: str, text: str, url: str = "https://docs.example/vat") -> Shown:
    return Shown("firefox", f"{title} - Handbook - Firefox", url, text)


def terminal(*lines: str, folder: str = "~/src/shop", title: str | None = None) -> Shown:
    return Shown("xterm", title or f"ada@mill: {folder}", None, "\n".join(f"ada@mill:{folder}$ {one}" for one in lines))


def editor(name: str, text: str) -> Shown:
    return Shown("mousepad", f"{name} - Mousepad", None, text)


def day(
    *shown: Shown | None,
    on: date = DAY,
    machine: str = "laptop",
    said: Sequence[Transcript] = (),
    project: Project | None = ORCHARD,
) -> Day:
    """A window a minute; None begins another activity."""
    begin = MORNING + timedelta(days=(on - DAY).days)
    frames: list[Frame] = []
    cut: list[Activity] = []
    numbered = [(place, one) for place, one in enumerate(shown)]
    for empty, run in groupby(numbered, key=lambda item: item[1] is None):
        if empty:
            continue
        own = [
            frame(one, begin + timedelta(minutes=place), begin + timedelta(minutes=place + 1), deployment=machine)
            for place, one in run
            if one is not None
        ]
        frames += own
        cut.append(
            Activity(
                uuid5(RECALL_NAMESPACE, f"activity/{own[0].id}"),
                machine,
                on,
                own[0].captured_at,
                own[-1].seen_until,
                tuple(one.id for one in own),
                "coding",
                "Rounding of the total",
                project_id=project.id if project else None,
                active_seconds=60.0 * len(own),
            )
        )
    return day_of(on, cut, frames, [project] if project else [], said)
