"""Why it says so: from any sentence, activity, summary or frame down to what it was made from, and up to the run.

GET /why/{id}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from recall_assets.errors import InputError
from recall_assets.server.refusal import Refusal
from recall_assets.server.views.rendering import page
from recall_assets.store.lineage import Lineage, find, trace
from recall_assets.store.lineage_rows import Row

_MOST_FRAMES = 6
_PAGES = {"activity": "/activities/{}", "project": "/projects/{}", "frame": "/frames/{}"}


@dataclass(frozen=True, slots=True)
class Branch:
    """A row with what lies beyond it; `more` frames are left out."""

    row: Row
    link: str | None
    branches: tuple["Branch", ...]
    frames: tuple[Row, ...]
    more: int


def add_lineage_page(router: APIRouter, engine: Engine) -> None:
    """Adds the route."""

    @router.get("/why/{row_id}")
    def why_page(request: Request, row_id: UUID) -> Response:
        with engine.connect() as connection:
            try:
                found = trace(connection, *find(connection, str(row_id)))
            except InputError:
                raise Refusal(404, "Nothing has this id.", "Its day may have been made again since.") from None
        row = found.rows[found.root]
        values = {
            "row": row,
            "down": branch_of(found, found.made_from, found.root, {found.root}),
            "up": branch_of(found, found.made_of_it, found.root, {found.root}),
        }
        return page(request, "why.html", values)


def branch_of(found: Lineage, edges: Mapping[UUID, tuple[UUID, ...]], row_id: UUID, shown: set[UUID]) -> Branch:
    """The row and what its edges lead to; what is reached twice is shown once, but for the frames of sentences."""
    row = found.rows[row_id]
    branches, frames = [], []
    for other in edges.get(row_id, ()):
        is_frame = found.rows[other].kind == "frame"
        if other in shown and not (is_frame and row.kind == "sentence"):
            continue
        shown.add(other)
        if is_frame:
            frames.append(found.rows[other])
        else:
            branches.append(branch_of(found, edges, other, shown))
    link = _PAGES[row.kind].format(row.id) if row.kind in _PAGES else None
    if row.kind == "day_summary":
        link = f"/day/{row.at}"
    return Branch(row, link, tuple(branches), tuple(frames[:_MOST_FRAMES]), max(len(frames) - _MOST_FRAMES, 0))
