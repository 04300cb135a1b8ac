"""What all routes of the API have in common: where they lie, who may ask, how they refuse."""

from typing import Any

from fastapi import APIRouter, Depends

from recall_assets.server import access
from recall_assets.server.api.models import Problem

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "It cannot be done so; the remedy says how."},
    401: {"model": Problem, "description": "No token of scope api, and no session."},
    403: {"model": Problem, "description": "A token of another scope, or a browser's request from another page."},
    404: {"model": Problem, "description": "Nothing has that id."},
    422: {"model": Problem, "description": "A value is not what the description asks for."},
    503: {"model": Problem, "description": "The database or the disk failed; come again."},
}


def new_router() -> APIRouter:
    """A router for a part of the API."""
    return APIRouter(prefix="/v1", dependencies=[Depends(access.api)], responses=_REFUSALS)
