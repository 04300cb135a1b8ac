"""Stylesheet and scripts of the owner's pages: nothing of the owner's is in them, so they need no login.

GET /static/<digest>/<name>     the digest is of the content, so a browser may keep it for good
"""

from fastapi import APIRouter, Response

from recall_assets.server.refusal import Refusal
from recall_assets.server.views.rendering import STATIC, STATIC_TYPES

router = APIRouter()
_FILES = {path.name: path for path in STATIC.iterdir() if path.suffix in STATIC_TYPES}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/static/{digest}/{name}")
def static_file(digest: str, name: str) -> Response:
    """One file, whichever digest was asked for."""
    path = _FILES.get(name)
    if path is None:
        raise Refusal(404, "There is no such file.", "Load the page again.")
    return Response(path.read_bytes(), media_type=STATIC_TYPES[path.suffix], headers=_KEPT)
