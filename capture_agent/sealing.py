"""From pixels that may be kept to a sealed item: encoded, described, sealed; nothing of it in clear on any disk.

    pixels ─► WebP, lossless ─ over 300 KB? ─► WebP, quality 60 ─┐
    windows, active window, idle ─► FrameMetadata ───────────────┴─► seal ─► header + envelope

Lossless WebP at quality 50 and method 1 takes about 100 ms and 10 to 40 KB for 1920x1080 of flat user interface; a
photo that fills the screen would be megabytes, and text on it is read as well at quality 60.
"""

import ctypes
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from PIL import Image
from uuid_utils.compat import uuid7

from capture_agent.changes import Keep
from capture_agent.desktop import Monitor, Pixels, Window
from capture_agent.protocol import Binding, FrameMetadata, Kind, WindowMetadata
from capture_agent.screens.geometry import overlap
from capture_agent.screens.pixels import words
from capture_agent.seal import LandingKey, Sealed, seal

LOSSLESS_BYTES = 300_000
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
_LONGEST_TEXT = 16_384
_MOST_WINDOWS = 500


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom this machine seals: its deployment and the key of its content tags."""

    deployment: str
    tag_key: bytes


def encode(pixels: Pixels) -> bytes:
    """The image as a WebP file without any metadata."""
    image = _image(pixels)
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=True, quality=50, method=1)
    if file.tell() > LOSSLESS_BYTES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=60, method=1)
    return file.getvalue()


def _image(pixels: Pixels) -> Image.Image:
    height, width = pixels.shape[:2]
    whole = words(pixels)
    if whole is None:
        return Image.fromarray(pixels)
    return Image.frombuffer("RGB", (width, height), whole, "raw", "BGRX", 0, 1)


def seal_frame(keep: Keep, monitor: Monitor, windows: Iterable[Window], to: LandingKey, identity: Identity) -> Sealed:
    """A kept look as an item with an id of its own; `windows` are those that may be named, of all monitors."""
    look = keep.look
    offset = timedelta(minutes=(look.at.utcoffset() or timedelta()) // timedelta(minutes=1))
    binding = Binding(Kind.FRAME, identity.deployment, _new_id(keep), look.at, offset, monitor.index)
    metadata = _described(keep, monitor, tuple(windows))
    image = encode(look.pixels)
    _give_memory_back()
    return seal(binding, look.at, metadata, image, to=to, tag_key=identity.tag_key)


def _give_memory_back() -> None:
    """The encoder takes 50 MB for a moment, which the C library would keep for the next time; glibc alone does so."""
    if _TRIM is not None:
        _TRIM(0)


def _described(keep: Keep, monitor: Monitor, windows: tuple[Window, ...]) -> FrameMetadata:
    active = next((window for window in windows if window.active), None)
    height, width = keep.look.pixels.shape[:2]
    return FrameMetadata(
        app=_shortened(active.app) if active else None,
        title=_shortened(active.title) if active else None,
        url=_shortened(active.url) if active else None,
        windows=tuple(
            WindowMetadata(
                app=window.app[:_LONGEST_TEXT],
                title=window.title[:_LONGEST_TEXT],
                rect=window.rect,
                active=window.active,
                url=_shortened(window.url),
            )
            for window in windows
            if overlap(window.rect, monitor.rect)
        )[:_MOST_WINDOWS],
        monitor_rect=monitor.rect,
        idle_seconds=None if keep.look.idle is None else keep.look.idle.total_seconds(),
        trigger=keep.trigger,
        width=width,
        height=height,
    )


def _shortened(text: str | None) -> str | None:
    return None if text is None else text[:_LONGEST_TEXT]


def _new_id(keep: Keep) -> UUID:
    return uuid7(nanoseconds=int(keep.look.at.timestamp() * 1_000_000) * 1000)
