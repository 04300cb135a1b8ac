"""Files that only the owner may read, written whole or not at all.

name.part (0600) ─ fsync ─► rename ─► fsync of the folder
"""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """The whole file or none, on the disk before it has its name."""
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Returns when the disk has the names that the folder holds now."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
