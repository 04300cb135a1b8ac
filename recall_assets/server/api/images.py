"""Redacted images of frames, whole or small.

GET /v1/frames/{id}/image              the stored WebP, kept by no cache
GET /v1/frames/{id}/image?width=320    a thumbnail, made on the way, kept by the browser for an hour

Only the frame store is read, and nothing but filled pixels is there.
"""

import hashlib
import io
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from PIL import Image

from recall_assets.errors import UnknownIdError
from recall_assets.server.api.reading import Reading, Set
from recall_assets.server.api.routing import new_router
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Home
from recall_assets.store import frame_files
from recall_assets.store.timeline.frames import image_ref, was_let_go

Width = Literal["160", "320", "640", "960"]
_KEPT_THUMBNAILS = 512  # of some 10 kB each
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/webp": {}}, "description": "The redacted image."},
    304: {"description": "A smaller one, as the browser has it."},
    410: {"description": "It is no longer kept: see `recall deployments retention`."},
}


router = new_router()


@router.get("/frames/{frame_id}/image", response_class=Response, responses=_ANSWERS)
def read_image(
    request: Request,
    connection: Reading,
    settings: Set,
    frame_id: UUID,
    width: Annotated[Width | None, Query(description="Of a smaller one.")] = None,
) -> Response:
    """The redacted image of a frame."""
    stored = image_ref(connection, frame_id)
    if stored is None and was_let_go(connection, frame_id):
        raise Refusal(410, "The image of that frame is no longer kept.", "Its text is: /v1/frames/{id} has it.")
    if stored is None:
        raise UnknownIdError("There is no image of that frame.", "It is not read yet, or there is no such frame.")
    if width is None:
        return Response(frame_files.read(settings.home, stored.ref), media_type="image/webp")
    tag = f'"{hashlib.sha256(stored.sha256 + width.encode()).hexdigest()[:32]}"'
    kept = {"Cache-Control": "private, max-age=3600", "ETag": tag, "Vary": "Cookie"}
    if request.headers.get("If-None-Match") == tag:
        return Response(None, 304, kept)
    small = _small(settings.home, stored.ref, stored.sha256, int(width))
    return Response(small, media_type="image/webp", headers=kept)


@lru_cache(maxsize=_KEPT_THUMBNAILS)
def _small(home: Home, ref: str, _sha256: bytes, width: int) -> bytes:
    return thumbnail(frame_files.read(home, ref), width)


def thumbnail(image: bytes, width: int) -> bytes:
    """WebP of an image, scaled down to a width; as it is where it is no wider."""
    with Image.open(io.BytesIO(image), formats=["WEBP"]) as opened:
        if opened.width <= width:
            return image
        scaled = opened.convert("RGB").resize(
            (width, max(1, round(opened.height * width / opened.width))), Image.Resampling.BOX, reducing_gap=2.0
        )
    buffer = io.BytesIO()
    scaled.save(buffer, format="WEBP", quality=78, method=2)
    return buffer.getvalue()
