"""Which IANA zone this machine's clock shows.

TZ ─► /etc/timezone ─► where /etc/localtime leads (Linux, macOS) ─► icu.dll (Windows 10 and later) ─► None
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_BELOW = "zoneinfo/"
_LONGEST_NAME = 128


def local_zone(root: Path = Path("/")) -> str | None:
    """The zone's name; None where the system does not tell it.

    Args:
        root: of the file system; another one for tests.
    """
    return next(filter(_exists, _told(root)), None)


def _told(root: Path) -> Iterator[str]:
    yield os.environ.get("TZ", "").removeprefix(":").rpartition(_BELOW)[2]
    named = root / "etc" / "timezone"
    if named.is_file():
        yield named.read_text("utf-8", "replace").strip()
    linked = root / "etc" / "localtime"
    if linked.is_symlink():
        yield str(linked.readlink()).rpartition(_BELOW)[2]
        yield str(linked.resolve()).rpartition(_BELOW)[2]
    if sys.platform == "win32":
        yield _of_windows()


def _exists(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _of_windows() -> str:
    """What ICU, which is part of Windows, calls the zone that is set."""
    name = ctypes.create_unicode_buffer(_LONGEST_NAME)
    status = ctypes.c_int(0)
    try:
        ctypes.CDLL("icu.dll").ucal_getDefaultTimeZone(name, _LONGEST_NAME, ctypes.byref(status))
    except OSError:
        return ""
    return name.value if status.value <= 0 else ""
