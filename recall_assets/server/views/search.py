"""The search page: what was typed, hits with what was asked for marked, and facets that narrow it.

GET /search?q=rate limiter app:firefox
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, Engine

from recall_assets.errors import InputError
from recall_assets.records import Hit
from recall_assets.search import search, with_boxes
from recall_assets.server.views.rendering import page
from recall_assets.stages.search import Query, parse
from recall_assets.store.timeline.rows import Machine, ProjectTag, home_zone, machines, project_tags

MOST_HITS = 40
_FILTER = re.compile(
    r'\b(?P<key>kind|project|machine|deployment):(?:"(?P<quoted>[^"]*)"|(?P<value>\S+))', re.IGNORECASE
)
_LINKS = {"activity": "/activities/{}", "project": "/projects/{}", "frame": "/frames/{}", "memory": "/why/{}"}


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as the page shows it; `pieces` are parts of the snippet, each with whether it was asked for."""

    hit: Hit
    link: str
    picture: str | None
    pieces: tuple[tuple[str, bool], ...]
    project: ProjectTag | None
    machine: Machine | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that narrows the search to `count` of the hits, or, where it is set already, widens it again."""

    name: str
    count: int
    link: str
    is_set: bool


def add_search_page(router: APIRouter, engine: Engine) -> None:
    """Adds the route."""

    @router.get("/search")
    def search_page(request: Request, q: str = "") -> Response:
        typed = q.strip()[:1000]
        problem: InputError | None = None
        hits: list[Hit] = []
        asked = Query()
        with engine.connect() as connection:
            zone = ZoneInfo(home_zone(connection))
            try:
                today = datetime.now(zone).date()
                asked = parse(typed, today)
                hits = search(connection, typed, today=today, limit=MOST_HITS)
            except InputError as error:
                problem = error
            found = _found(connection, hits, typed, zone)
        facets = {
            "Kind": facets_of(typed, "kind", [one.hit.kind for one in found]),
            "Project": facets_of(typed, "project", [one.project.name for one in found if one.project]),
            "Machine": facets_of(typed, "machine", [one.hit.deployment_id for one in found if one.hit.deployment_id]),
        }
        values = {"typed": typed, "found": found, "facets": facets, "problem": problem, "most": MOST_HITS}
        return page(request, "search.html", {**values, "asked": asked, "when": asked.when})


def facets_of(typed: str, key: str, values: Sequence[str]) -> list[Facet]:
    """The values of the hits as filters, the most frequent first; what is set stays, to be taken away."""
    keys = {"machine", "deployment"} if key == "machine" else {key}
    rest = _FILTER.sub(lambda found: "" if found["key"].lower() in keys else found[0], typed)
    given = {
        (found["quoted"] or found["value"] or "").casefold()
        for found in _FILTER.finditer(typed)
        if found["key"].lower() in keys
    }
    facets = []
    for value, count in Counter(values).most_common(8):
        is_set = value.casefold() in given
        written = f'{key}:"{value}"' if re.search(r"\s", value) else f"{key}:{value}"
        asked = rest.strip() if is_set else f"{rest.strip()} {written}".strip()
        facets.append(Facet(value, count, f"/search?{urlencode({'q': re.sub(r' +', ' ', asked)})}", is_set))
    return facets if len(facets) > 1 or given else []


def pieces_of(hit: Hit) -> tuple[tuple[str, bool], ...]:
    """The snippet in parts, each with whether it was asked for."""
    pieces, reached = [], 0
    for start, end in sorted(hit.highlights):
        if start < reached or end <= start:
            continue
        pieces += [(hit.snippet[reached:start], False), (hit.snippet[start:end], True)]
        reached = end
    return tuple((text, marked) for text, marked in [*pieces, (hit.snippet[reached:], False)] if text)


def _found(connection: Connection, hits: Sequence[Hit], typed: str, home: ZoneInfo) -> list[Found]:
    tags, known = project_tags(connection), machines(connection)
    found = []
    for hit in with_boxes(connection, hits):
        machine = known.get(hit.deployment_id or "")
        zone = ZoneInfo(machine.timezone) if machine else home
        picture = _picture(hit)
        start = hit.start_at.astimezone(zone)
        found.append(
            Found(
                hit,
                _link(hit, start, picture),
                picture,
                pieces_of(hit),
                tags.get(hit.project_id) if hit.project_id else None,
                machine,
                start,
                hit.end_at.astimezone(zone),
            )
        )
    return found


def _picture(hit: Hit) -> str | None:
    if hit.frame_id is None:
        return None
    places = [("at", f"{box.x},{box.y},{box.width},{box.height}") for box in hit.boxes]
    return f"/frames/{hit.frame_id}" + (f"?{urlencode(places, safe=',')}" if places else "")


def _link(hit: Hit, start: datetime, picture: str | None) -> str:
    if hit.kind == "frame" and picture:
        return picture
    if hit.kind in _LINKS:
        return _LINKS[hit.kind].format(hit.id)
    if hit.kind == "transcript" and hit.activity_id:
        return f"/activities/{hit.activity_id}#{hit.id}"
    return picture or (f"/activities/{hit.activity_id}" if hit.activity_id else f"/day/{start.date()}")
