"""What takes room on the disk, by kind, in bytes: for doctor, metrics and alarms alike.

images          rows of frames name each once        text, index, and the rest   PostgreSQL, of the database
landing         files that wait to be read           events                      PostgreSQL, of Dagster's database
dumps, logs     files of the home
"""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from recall_assets.settings import Home
from recall_assets.store.condition import database_bytes
from recall_assets.store.retention import image_bytes


def disk_use(connection: Connection, home: Home) -> Mapping[str, int]:
    """Bytes by kind, in the order in which they are told."""
    own, dagster = database_bytes(connection)
    return {
        "images": image_bytes(connection),
        "database": own,
        "events": dagster,
        "landing": _bytes_below(home.landing),
        "dumps": _bytes_below(home.dumps),
        "logs": _bytes_below(home.logs) + _bytes_below(home.dagster),
    }


def told(use: Mapping[str, int]) -> str:
    """The kinds with their sizes, `images 120 MB, database 42 MB`; what takes less than a megabyte is left out."""
    return ", ".join(f"{kind} {_size(size)}" for kind, size in use.items() if size >= 1e6) or "next to nothing"


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _bytes_below(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size  # noqa: PTH118  (many files: no objects for them)
            except FileNotFoundError:  # went since
                continue
    return total
