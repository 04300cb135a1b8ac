"""Redacted images of frames, whole or small.

GET /v1/frames/{id}/image              the stored WebP, kept by no cache
GET /v1/frames/{id}/image?width=320    a thumbnail, made on the way, kept by the browser for an hour

Only the frame store is read, and nothing but filled pixels is there.
"""

import hashlib
import io
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from PIL import Image
from sqlalchemy import Engine

from recall_assets.server.refusal import Refusal
from recall_assets.settings import Home
from recall_assets.store import frame_files
from recall_assets.store.timeline.frames import image_ref

Width = Literal["160", "320", "640", "960"]
_KEPT_THUMBNAILS = 512  # of some 10 kB each


def add_images(router: APIRouter, engine: Engine, home: Home) -> None:
    """Adds the route."""

    @lru_cache(maxsize=_KEPT_THUMBNAILS)
    def small(ref: str, _sha256: bytes, width: int) -> bytes:
        return thumbnail(frame_files.read(home, ref), width)

    @router.get("/v1/frames/{frame_id}/image", summary="The redacted image of a frame")
    def image(request: Request, frame_id: UUID, width: Annotated[Width | None, Query()] = None) -> Response:
        with engine.connect() as connection:
            stored = image_ref(connection, frame_id)
        if stored is None:
            raise Refusal(404, "There is no image of this frame.", "It is not read yet, or its image was let go.")
        if width is None:
            return Response(frame_files.read(home, stored.ref), media_type="image/webp")
        tag = f'"{hashlib.sha256(stored.sha256 + width.encode()).hexdigest()[:32]}"'
        kept = {"Cache-Control": "private, max-age=3600", "ETag": tag, "Vary": "Cookie"}
        if request.headers.get("If-None-Match") == tag:
            return Response(None, 304, kept)
        return Response(small(stored.ref, stored.sha256, int(width)), media_type="image/webp", headers=kept)


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
