"""A private folder in memory, for programs that read their input from files: no screen touches a disk.

/dev/shm/recall-<pid>-x7f3 (0700)     made when an engine starts, emptied after each call, removed at the end
                                      what a killed process left is removed by the next one
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from recall_assets.errors import EngineError

_MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs"}
_PREFIX = "recall-"


class MemoryFolder:
    """A folder on a memory file system that only this process and what it starts should look into."""

    def __init__(self, *candidates: Path) -> None:
        """Makes it below the first candidate that lies in memory.

        Raises:
            EngineError: there is no memory file system here that we may write to.
        """
        places = candidates or (Path("/dev/shm"), Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere")))  # noqa: S108
        root = next((place for place in places if _in_memory(place) and os.access(place, os.W_OK)), None)
        if root is None:
            raise EngineError(
                "This engine writes images to files, and there is no folder in memory for them.",
                "Mount a tmpfs at /dev/shm, or choose another ocr_engine.",
            )
        _remove_left_behind(root)
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=root))  # 0700
        atexit.register(shutil.rmtree, self.path, ignore_errors=True)

    @contextmanager
    def as_temporary_folder(self) -> Iterator[None]:
        """Temporary files of this process come here while the block runs; none is left at its end."""
        before, tempfile.tempdir = tempfile.tempdir, str(self.path)
        try:
            yield
        finally:
            tempfile.tempdir = before
            for entry in self.path.iterdir():
                entry.unlink(missing_ok=True)


def _in_memory(place: Path) -> bool:
    if not place.is_dir():
        return False
    mounts = {Path(mount.mountpoint): mount.fstype for mount in psutil.disk_partitions(all=True)}
    resolved = place.resolve()
    holder = next((path for path in (resolved, *resolved.parents) if path in mounts), None)
    return holder is not None and mounts[holder] in _MEMORY_FILE_SYSTEMS


def _remove_left_behind(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*-*"):
        pid = folder.name.split("-")[1]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not psutil.pid_exists(int(pid)) and folder.stat().st_uid == os.getuid():
                shutil.rmtree(folder)
