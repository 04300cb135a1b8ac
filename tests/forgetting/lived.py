"""Two days on two machines with everything that is made of them: what orders to forget are tried on.

laptop    orchard (windows a b c) in the morning, the cellar (x y z) behind it      both days
desktop   the cellar on the first day, orchard on the second

No word of the cellar's windows stands in the orchard's.
"""

from datetime import date, timedelta
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, Engine, update

from recall_assets.language_model.days import summarised
from recall_assets.records import DeploymentDay, Frame, MemoryKind, Provenance
from recall_assets.remembering import count_core
from recall_assets.settings import Home, Settings
from recall_assets.stages.day_summaries.day import day_of
from recall_assets.stages.memories import day_of as memorable_day_of
from recall_assets.stages.memories import memories_of
from recall_assets.store import (
    activities,
    day_summaries,
    frame_files,
    frames,
    memories,
    partitions,
    projects,
    secrets,
    tables,
)
from tests.days import DAY, MORNING, drawn
from tests.graph import land_read
from tests.indexed import make_findable
from tests.remade import materialise

NEXT_DAY = DAY + timedelta(days=1)
LATER = MORNING + timedelta(days=9)
CELLAR = ("cellar", "Cellar", "landlord", "CEL-2031", "Rosa Quill")
_ORCHARD_THEN_CELLAR = "aabbcc" * 3 + "." * 40 + "xyz" * 6
_MADE = Provenance("test")
SEEN = {
    DAY: [*drawn(_ORCHARD_THEN_CELLAR), *drawn("xyz" * 6, deployment="desktop")],
    NEXT_DAY: [
        *drawn(_ORCHARD_THEN_CELLAR, begin=MORNING + timedelta(1)),
        *drawn("aabbcc" * 3, deployment="desktop", begin=MORNING + timedelta(1)),
    ],
}


def live(database: Engine, settings: Settings) -> None:
    """Both days land, and are made."""
    for day, seen in SEEN.items():
        with database.begin() as connection:
            land_read(connection, seen)
            _draw_images(connection, settings.home, seen)
        make(database, settings, day)


def make(database: Engine, settings: Settings, day: date) -> None:
    """What the graph makes of a date, from the frames that are here: activities to core memory."""
    with database.begin() as connection:
        scopes = partitions.with_frames(connection, day, day)
        seen = [frame for scope in scopes for frame in frames.read_day(connection, scope)]
        if seen:
            materialise(connection, seen)
        known = projects.read_all(connection)
        whole = activities.read_day(connection, day)
        memorable = memorable_day_of(day, whole, seen, known, [])
        found = memories_of(memorable, [*MemoryKind], secrets.found_on(connection, day))
        memories.replace_day(connection, day, [*MemoryKind], found, _MADE)
        count_core(connection, _MADE)
    every: list[DeploymentDay | date] = [*scopes, day]
    for scope in every:
        with database.connect() as connection:
            own = activities.read_day(connection, scope)
            told = day_of(own, known, seen, []) if own else None
        summary, _ = summarised(database, settings, scope, told, None)
        with database.begin() as connection:
            day_summaries.replace_day(connection, scope, summary, _MADE)
    make_findable(database, day, *(scope.deployment_id for scope in scopes))


def images(home: Home) -> set[str]:
    """The files of the frame store, by their references."""
    return {path.relative_to(home.frames).as_posix() for path in home.frames.rglob("*") if path.is_file()}


def _draw_images(connection: Connection, home: Home, seen: list[Frame]) -> None:
    """An image for each frame, but for those that show the same screen as one before."""
    refs: dict[object, str] = {}
    for (machine, day), of_day in groupby(seen, key=lambda frame: (frame.deployment_id, frame.day)):
        for place, frame in enumerate(of_day):
            if frame.same_as is None:
                pixels = np.full((8, 8, 3), place, np.uint8)
                refs[frame.id] = frame_files.write(home, frame.id, DeploymentDay(machine, day), pixels).ref
            ref = refs[frame.id] = refs[frame.same_as or frame.id]
            stored = update(tables.frames).where(tables.frames.c.id == frame.id)
            connection.execute(stored.values(image_ref=ref, image_bytes=60))
