"""Days drawn as text: one letter a window, one column ten seconds.

    "aaab..bb"     a    an editor in window a for 30 s, a new frame each column
                   b    window b
                   .    nothing: no frame; the screen of before stands still
                   _    an idle frame: the screen of before again, with nobody there (idle_seconds grows)
                   A    window a again, its text unchanged (a moved pointer)

`WINDOWS` says what each letter shows; windows a, b, c belong together by repository and words, so do x, y, z.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

from recall_assets.records import RECALL_NAMESPACE, Box, Frame, Window

COLUMN = timedelta(seconds=10)
DAY = date(2026, 3, 4)
MORNING = datetime(2026, 3, 4, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a window shows: program, title, address, text."""

    app: str
    title: str
    url: str | None
    text: str


WINDOWS: Mapping[str, Shown] = {
    "a": Shown("code", "graft.py - orchard - Code", None, "def graft(branch, rootstock): return scion.join(branch)"),
    "b": Shown("xterm", "ada@mill: ~/src/orchard", None, "pytest graft rootstock branch ORC-12 passed scion"),
    "c": Shown("firefox", "ORC-12 Grafting fails - Tracker - Firefox", "https://tracker.example/orchard/ORC-12",
               "ORC-12 Grafting fails when the rootstock is wet, reported by Ada Birch: branch scion"),
    "x": Shown("evince", "lease-CEL-2031.pdf - Document Viewer", None, "lease of the wine cellar landlord deposit"),
    "y": Shown("firefox", "Cellar lease - Mail - Firefox", "https://mail.example/inbox/77",
               "Rosa Quill wrote: the landlord wants the deposit for the wine cellar before the lease starts"),
    "z": Shown("soffice", "cellar-budget.ods - Calc", None, "cellar rent deposit landlord shelves lease wine monthly"),
}  # fmt: skip


def drawn(columns: str, *, deployment: str = "laptop", begin: datetime = MORNING) -> list[Frame]:
    """The frames of a drawn day; a frame's id follows from its deployment and time, so that a longer drawing extends.

    Args:
        columns: as the module says; spaces and line breaks are ignored.
        deployment: that saw it.
        begin: time of the first column.
    """
    frames: list[Frame] = []
    last = ""
    idle = 0.0
    drawing = "".join(columns.split())
    for column, letter in enumerate(drawing):
        if letter == ".":
            continue
        idle = idle + COLUMN.total_seconds() if letter == "_" else 0.0
        last = last if letter == "_" else letter.lower()
        still = len(drawing[column + 1 :]) - len(drawing[column + 1 :].lstrip("."))
        at = begin + column * COLUMN
        fresh = f" line {column}" if letter.islower() else ""
        frames.append(
            frame(WINDOWS[last], at, at + (still + 1) * COLUMN, deployment=deployment, idle_seconds=idle, extra=fresh)
        )
    return frames


def frame(
    shown: Shown,
    captured_at: datetime,
    seen_until: datetime,
    *,
    deployment: str = "laptop",
    idle_seconds: float | None = None,
    extra: str = "",
    monitor: int = 0,
    trigger: str = "change",
) -> Frame:
    """One frame of a window that fills its monitor."""
    window = Window(shown.app, shown.title, Box(0, 0, 1920, 1080), True, shown.url)
    return Frame(
        id=uuid5(RECALL_NAMESPACE, f"{deployment}/{captured_at.isoformat()}/{monitor}"),
        deployment_id=deployment,
        captured_at=captured_at,
        seen_until=seen_until,
        utc_offset=captured_at.utcoffset() or timedelta(0),
        day=captured_at.date(),
        monitor=monitor,
        app_name=shown.app,
        window_title=shown.title,
        url=shown.url,
        windows=(window,),
        idle_seconds=idle_seconds,
        trigger=trigger,
        text=shown.text + extra,
    )
