"""Whether there is room where home and database lie; what fills those volumes asks here first.

free   ▕███████████████████████░░░░░░░░▏ 0
         accepted, read         └ spare_disk_bytes: uploads are refused with 507 and no run begins, so that
                                  PostgreSQL can go on writing its log; agents spool, and come again by themselves
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from recall_assets.settings import Settings

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """What is free on the fuller one of the volumes, and what must stay so."""

    folder: Path
    free_bytes: int
    spare_bytes: int

    @property
    def is_short(self) -> bool:
        """Whether nothing more may be taken in."""
        return self.free_bytes < self.spare_bytes

    def __str__(self) -> str:
        free, spare = self.free_bytes // _MEGABYTE, self.spare_bytes // _MEGABYTE
        return f"{free} MB are free at {self.folder}, and {spare} MB shall stay so"


REMEDY = "Make room there, or lower spare_disk_bytes; what waits then comes by itself."


def room(settings: Settings) -> Room:
    """How things stand now."""
    home = settings.home.path
    database = home / "pg" / "data"  # where another server holds the data, this is not there
    folders = [home, *([database.resolve()] if database.exists() else [])]
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    fuller = min(folders, key=lambda folder: free[folder])
    return Room(fuller, free[fuller], settings.spare_disk_bytes)
