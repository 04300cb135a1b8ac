"""A drawn day for a model: three activities, told by screens of which one may be anything."""

import json
from typing import Any

from sqlalchemy import Engine

from recall_assets.records import Assignment, DeploymentDay, Provenance
from recall_assets.stages.day_summaries.day import Day, day_of
from recall_assets.store import activities, projects
from tests.graph import land_read
from tests.stages.day_summaries.drawn_days import DAY, drawn
from tests.vision.endpoint import completion

CODE = Provenance("test")
ROOF = "The roof of the barn costs 9,000 EUR and is due on 20 March."
GOOD = (
    ("Most of the morning went into the offer for the roof of the barn, which costs 9,000 EUR.", ["a1"]),
    ("The ladder that Lena Voss ordered is 4 m long.", ["a2"]),
    ("The grafting test failed 3 times before it passed.", ["a3"]),
)


def day(screen: str = ROOF) -> Day:
    """The day; its first screen says this."""
    told = drawn(
        f"""
        laptop 09:00-10:40 Barn planning  Offer for the roof - Mail | {screen} / Rosa Quill wants it before Easter.
        laptop 10:40-11:00 Barn shopping  Ladders - Shop | The ladder that Lena Voss ordered is 4 m long.
        laptop 11:00-12:00 Orchard coding  graft.py - Code | The grafting test failed 3 times before it passed.
        """
    )
    return day_of(told.activities, told.projects, told.frames)


def store(database: Engine, told: Day) -> None:
    """The day as rows: frames that were read, activities, projects."""
    with database.begin() as connection:
        land_read(connection, [frame for own in told.frames.values() for frame in own])
        activities.replace_day(connection, DeploymentDay("laptop", DAY), told.activities, CODE)
        projects.save(connection, Assignment(told.activities, tuple(told.projects.values())), DAY, CODE)


def answer(*sentences: tuple[Any, Any]) -> str:
    """What a model says, in the form that it was asked for."""
    return json.dumps({"sentences": [{"text": text, "sources": sources} for text, sources in sentences]})


def answering(*sentences: tuple[Any, Any]) -> bytes:
    """The same as an endpoint's body."""
    return completion(answer(*sentences))
