"""The frame viewer: a picture with its words over it, in the reel of its day.

GET /frames/{id}?at=x,y,width,height&at=...   boxes to mark, where a search found it
                ?q=                           words to mark, of a sentence that rests on it
GET /frames/{id}/reel                         what the slider moves through
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import StringConstraints
from sqlalchemy import Connection, Engine

from recall_assets.records import Box, Status
from recall_assets.server.charts.lanes import Stretch
from recall_assets.server.refusal import Refusal
from recall_assets.server.views.overlay import overlay_of
from recall_assets.server.views.rendering import colour, page, seconds_clock
from recall_assets.store.timeline.frames import ReelFrame, ShownFrame, read_frame, read_reel

_WHY_NO_PICTURE = {
    Status.PENDING: "It is not looked through yet: its picture lies sealed in the landing.",
    Status.ERROR: "It could not be read, so its picture stays sealed.",
    Status.SKIPPED: "It was left out by order: nothing of it is kept.",
    Status.DONE: "Its picture is no longer kept; its text is.",
}
_Rectangle = Annotated[str, StringConstraints(pattern=r"^\d{1,5}(,\d{1,5}){3}$")]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a frame stands in the reel of its monitor and day."""

    at: int
    frames: Sequence[ReelFrame]

    @property
    def stretches(self) -> list[tuple[Stretch, str, str]]:
        """The activities along the slider: where, in which colour, since when."""
        total = max(len(self.frames), 1)
        found, reached = [], 0
        for _, group in groupby(self.frames, key=lambda one: one.activity_id):
            own = list(group)
            place = Stretch(round(100 * reached / total, 3), round(100 * len(own) / total, 3))
            found.append((place, colour(own[0].project), f"{own[0].captured_at:%H:%M}"))
            reached += len(own)
        return found


def add_frame_pages(router: APIRouter, engine: Engine) -> None:
    """Adds the routes."""

    @router.get("/frames/{frame_id}")
    def frame_page(
        request: Request, frame_id: UUID, at: Annotated[list[_Rectangle], Query(default_factory=list)], q: str = ""
    ) -> Response:
        with engine.connect() as connection:
            shown = _known(connection, frame_id)
            reel = read_reel(connection, shown.deployment_id, shown.day, shown.monitor)
        stands_at = next((number for number, one in enumerate(reel) if one.id == frame_id), None)
        values = {
            "shown": shown,
            "overlay": overlay_of(shown.layout, q, {Box(*map(int, one.split(","))) for one in at}),
            "stage": None if stands_at is None else Stage(stands_at, reel),
            # Of a frame without a picture too: from there one comes to the pictures around it.
            "earlier": max((one for one in reel if _place(one) < _place(shown)), key=_place, default=None),
            "later": min((one for one in reel if _place(one) > _place(shown)), key=_place, default=None),
            "why_no_picture": _WHY_NO_PICTURE[Status(shown.status)],
        }
        return page(request, "frame.html", values)

    @router.get("/frames/{frame_id}/reel")
    def reel_of(frame_id: UUID) -> Response:
        with engine.connect() as connection:
            shown = _known(connection, frame_id)
            reel = read_reel(connection, shown.deployment_id, shown.day, shown.monitor)
        frames = [[str(one.id), seconds_clock(one.captured_at), str(one.activity_id or "")] for one in reel]
        return JSONResponse({"frames": frames})


def _place(one: ReelFrame | ShownFrame) -> tuple[datetime, UUID]:
    return one.captured_at, one.id


def _known(connection: Connection, frame_id: UUID) -> ShownFrame:
    shown = read_frame(connection, frame_id)
    if shown is None:
        raise Refusal(404, "There is no such frame.", "It may have been forgotten by order.")
    return shown
