"""When each picture of a folder was taken, by what the picture or its name says.

    EXIF of a photograph or screenshot (JPEG, WebP)     2024:05:03 10:15:30, with its offset where it has one
    name, or folder and name                            Screenshot 2024-05-03 at 10.15.30 AM.png
                                                        2024-05-03/10-15-30.png     20240503_101530.webp
                                                        1714731330.png              (seconds or milliseconds of Unix)
    time of the file                                    only where asked for: copying changes it

Nothing is decoded here but a header; pixels are read by the intake alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from pathlib import Path

from PIL import Image, UnidentifiedImageError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_OTHER_IMAGES = frozenset({".bmp", ".gif", ".tif", ".tiff", ".heic", ".avif"})
_EXIF_FOLDER, _TAKEN, _TAKEN_OFFSET = 0x8769, 0x9003, 0x9011
_WRITTEN = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<month>\d\d)[-_.]?(?P<day>\d\d)"
    r"(?:\D{0,10}?)(?P<hour>\d{1,2})[-_.:h]?(?P<minute>\d\d)(?:[-_.:m]?(?P<second>\d\d))?"
    r"(?:[.,](?P<fraction>\d{1,6}))?\s*(?P<half>[AaPp][Mm])?(?P<utc>Z)?(?![A-Za-z0-9])"
)
_UNIX = re.compile(r"(?<!\d)(?P<seconds>1\d{9})(?P<millis>\d{3})?(?!\d)")


class DatedBy(StrEnum):
    """What told when a picture was taken."""

    EXIF = "EXIF"
    NAME = "name"
    FILE_TIME = "time of the file"


@dataclass(frozen=True, slots=True)
class DatedImage:
    """A picture, and when it was taken."""

    file: Path
    taken_at: datetime
    dated_by: DatedBy


@dataclass(frozen=True, slots=True)
class Undated:
    """A picture that cannot be imported, and why."""

    file: Path
    reason: str


def find_images(folder: Path, zone: tzinfo, *, by_file_time: bool = False) -> Iterator[DatedImage | Undated]:
    """Every picture below the folder, by its path.

    Args:
        zone: of times that say none.
        by_file_time: where nothing else tells, the time that the file system says counts.
    """
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        suffix = file.suffix.lower()
        if suffix in _OTHER_IMAGES:
            yield Undated(file, f"{suffix} files are not read; convert it to PNG, JPEG or WebP")
        elif suffix in SUFFIXES:
            yield _dated(file, folder, zone, by_file_time=by_file_time)


def _dated(file: Path, folder: Path, zone: tzinfo, *, by_file_time: bool) -> DatedImage | Undated:
    try:
        if taken := _exif_time(file, zone):
            return DatedImage(file, taken, DatedBy.EXIF)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError):
        return Undated(file, "it is no picture that can be read")
    below = file.relative_to(folder)
    for name in (file.stem, "/".join([*below.parts[-3:-1], file.stem])):
        if taken := time_in(name, zone):
            return DatedImage(file, taken, DatedBy.NAME)
    if by_file_time:
        return DatedImage(file, datetime.fromtimestamp(file.stat().st_mtime, zone), DatedBy.FILE_TIME)
    return Undated(file, "neither EXIF nor its name says when it was taken")


def time_in(name: str, zone: tzinfo) -> datetime | None:
    """The first time that a name says; None where it says none that there was."""
    for match in _WRITTEN.finditer(name):
        if moment := _moment(match.groupdict(), zone):
            return moment
    if unix := _UNIX.search(name):
        millis = int(unix["seconds"]) * 1000 + int(unix["millis"] or 0)
        return datetime.fromtimestamp(millis / 1000, UTC).astimezone(zone)
    return None


def _moment(said: dict[str, str | None], zone: tzinfo) -> datetime | None:
    hour, half = int(said["hour"] or 0), (said["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(
            int(said["year"] or 0),
            int(said["month"] or 0),
            int(said["day"] or 0),
            hour,
            int(said["minute"] or 0),
            int(said["second"] or 0),
            int((said["fraction"] or "").ljust(6, "0")),
            tzinfo=UTC if said["utc"] else zone,
        )
    except ValueError:
        return None


def _exif_time(file: Path, zone: tzinfo) -> datetime | None:
    """From the header alone; a PNG would have to be decoded for it, and no screenshot program writes it there."""
    with Image.open(file, formats=["WEBP", "PNG", "JPEG"]) as image:
        if image.format == "PNG":
            return None
        taken = image.getexif().get_ifd(_EXIF_FOLDER)
    said, offset = taken.get(_TAKEN), str(taken.get(_TAKEN_OFFSET) or "")
    if not said:
        return None
    try:
        moment = datetime.strptime(str(said).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=_offset(offset) or zone)


def _offset(said: str) -> timezone | None:
    match = re.fullmatch(r"([+-])(\d\d):(\d\d)", said.strip("\x00 "))
    if match is None:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(ahead if match[1] == "+" else -ahead) if ahead <= timedelta(hours=14) else None
