"""A file system of its own that can be made full at once, and be given its room back.

size     ├──── used ────┤── free ──┤         leave(0): to the last byte         give_back(): as at first
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAGE = 4096


class SmallDisk:
    """A folder; where this user may mount there, a disk."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._size = folder, size
        self.mounted = False

    def leave(self, free_bytes: int) -> None:
        """From now on so much is free."""
        stat = os.statvfs(self._folder)
        self._remount(stat.f_frsize * (stat.f_blocks - stat.f_bfree) + free_bytes)

    def give_back(self) -> None:
        """Everything is free again that is not used."""
        self._remount(self._size)

    def _remount(self, size: int) -> None:
        # Whatever was written between the look and this makes it too small to be taken: a little more, then.
        for more in range(20):
            size = max(size, _PAGE)  # 0 were without a limit, and cannot be limited again
            command = ["mount", "-o", f"remount,size={size + more * 500_000}", str(self._folder)]
            if subprocess.run(command, capture_output=True).returncode == 0:
                return
        raise AssertionError(f"{self._folder} cannot be given another size")


@contextmanager
def small_disk(folder: Path, size: int, mode: str = "700") -> Iterator[SmallDisk]:
    """The folder as a file system of `size` bytes, for as long as the block."""
    folder.mkdir(parents=True, exist_ok=True)
    disk = SmallDisk(folder, size)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode={mode}", "tmpfs", str(folder)]
    with suppress(OSError):
        disk.mounted = subprocess.run(command, capture_output=True).returncode == 0
    try:
        yield disk
    finally:
        if disk.mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
