"""The frame store: redacted images as files, named by us, readable by the owner alone; or as objects of a bucket.

    frames/<yyyy>/<mm>/<dd>/<deployment>/<frame id>.webp
        pixels ─► WebP (pixels alone, no metadata) ─┬► .tmp, fsync ─► rename ─► fsync of the folder
                                                    └► `store.frame_bucket`, where the home has a bucket for images

Only filled pixels may come here; whoever calls has read, scanned and filled before. Rows live in `store.frames`.
"""

import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
from PIL import Image

from recall_assets.errors import InputError
from recall_assets.home import Home
from recall_assets.records import DeploymentDay
from recall_assets.store import frame_bucket

LOSSLESS_UP_TO_BYTES = 300_000
_REF = re.compile(r"\d{4}/\d{2}/\d{2}/[a-z0-9][a-z0-9-]{0,31}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.webp")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A stored image: where below the frame store, digest of the file's bytes, their number."""

    ref: str
    sha256: bytes
    bytes: int


def encode(pixels: npt.NDArray[np.uint8]) -> bytes:
    """WebP of an image uint8[h, w, 3] and of nothing else: lossless up to 300 kB, above that at quality 60."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    for options in ({"lossless": True, "quality": 50, "method": 1}, {"quality": 60, "method": 1}):
        buffer = io.BytesIO()
        image.save(buffer, format="WEBP", exif=b"", xmp=b"", icc_profile=b"", **options)
        if buffer.tell() <= LOSSLESS_UP_TO_BYTES:
            break
    return buffer.getvalue()


def ref_of(frame_id: UUID, day: DeploymentDay) -> str:
    """Where a frame's image lies below the frame store, once it is written."""
    return f"{day.day:%Y/%m/%d}/{day.deployment_id}/{frame_id}.webp"


def write(home: Home, frame_id: UUID, day: DeploymentDay, pixels: npt.NDArray[np.uint8]) -> ImageFile:
    """The redacted image, durably stored; written again it replaces the former one in one step.

    Args:
        pixels: uint8[h, w, 3], already filled.

    Raises:
        EngineError: the bucket is away or refuses.
    """
    ref = ref_of(frame_id, day)
    content = encode(pixels)
    put(home, ref, content)
    return ImageFile(ref, hashlib.sha256(content).digest(), len(content))


def put(home: Home, ref: str, content: bytes) -> None:
    """Stores the bytes of an image durably, as `write` and a restored backup do.

    Raises:
        InputError: the reference is not one of ours.
        EngineError: the bucket is away or refuses.
    """
    path = _path(home, ref)
    if home.images is not None:
        frame_bucket.put(home.images, ref, content)
        return
    _make_folders(home.frames, path.parent)
    unfinished = path.with_suffix(".tmp")
    # O_EXCL is left out on purpose: a file that a killed process left behind is overwritten.
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    unfinished.replace(path)
    _sync_folder(path.parent)


def read(home: Home, ref: str) -> bytes:
    """The bytes of a stored image.

    Raises:
        InputError: the reference is not one of ours, or its image is gone.
        EngineError: the bucket is away or refuses.
    """
    path = _path(home, ref)
    gone = InputError("A stored image is gone.", "Run `recall doctor`.")
    if home.images is not None:
        content = frame_bucket.get(home.images, ref)
        if content is None:
            raise gone
        return content
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise gone from None


def refs(home: Home) -> Iterator[str]:
    """The reference of every image that is stored, in no order.

    Raises:
        EngineError: the bucket is away or refuses.
    """
    if home.images is not None:
        yield from frame_bucket.refs(home.images)
    else:
        yield from (path.relative_to(home.frames).as_posix() for path in home.frames.rglob("*.webp"))


def check_reachable(home: Home) -> None:
    """Nothing, where images can be asked for; a run that begins is to fail whole, not frame by frame.

    Raises:
        EngineError: the bucket is away or refuses.
    """
    if home.images is not None:
        next(refs(home), None)


def read_pixels(home: Home, ref: str) -> npt.NDArray[np.uint8]:
    """A stored image as uint8[h, w, 3], to be scanned or filled again.

    Raises:
        InputError: as for `read`.
    """
    with Image.open(io.BytesIO(read(home, ref)), formats=["WEBP"]) as image:
        return np.array(image.convert("RGB"))


def delete(home: Home, ref: str) -> None:
    """Removes a stored image; one that is gone already is no error."""
    path = _path(home, ref)
    if home.images is not None:
        frame_bucket.delete(home.images, ref)
        return
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync_folder(path.parent)


def delete_all(home: Home, refs: Iterable[str]) -> None:
    """Removes stored images, and what a killed writer left of them; those that are gone already are no error.

    Raises:
        EngineError: the bucket is away or refuses.
    """
    folders = set()
    for ref in refs:
        path = _path(home, ref)
        if home.images is not None:
            frame_bucket.delete(home.images, ref)
            continue
        path.unlink(missing_ok=True)
        path.with_suffix(".tmp").unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        if folder.is_dir():
            _sync_folder(folder)


def _path(home: Home, ref: str) -> Path:
    if not _REF.fullmatch(ref):
        raise InputError("A reference to a stored image is not one of ours.", "Run `recall doctor`.")
    return home.path / "frames" / ref


def _make_folders(root: Path, folder: Path) -> None:
    """Makes each missing folder 0700 and its entry durable, from the root down."""
    missing = [part for part in (folder, *folder.parents) if part.is_relative_to(root) and not part.exists()]
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(part.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folder; its rename is durable by the file system's journal
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
