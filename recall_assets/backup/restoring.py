"""Brings a backup into an empty home: nothing is written before every file is what it was.

manifest ─► digests ─► home empty? ─► settings ─► keys, images ─► databases, if empty ─► rows counted ─► migrated
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from recall_assets.backup.manifest import Manifest, damaged, read_manifest
from recall_assets.errors import InputError, RecallError
from recall_assets.settings import Home
from recall_assets.store import backup, frame_files
from recall_assets.store.schema import is_empty, migrate, revision

_NOT_EMPTY = ("frames", "landing", "keys/identity", "keys/vault/pins.json")


class NotRestoredError(RecallError):
    """What was restored is not what the backup says."""


def check(folder: Path) -> Manifest:
    """The manifest of a backup whose every file is what it was.

    Raises:
        InputError: it is no backup, or a file of it is missing or changed.
    """
    manifest = read_manifest(folder)
    if wrong := damaged(folder, manifest):
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise InputError(f"The backup is damaged: {shown}.", "Use another copy of it; nothing was restored.")
    return manifest


def check_home(home: Home) -> None:
    """Nothing, if a backup may be put into this home.

    Raises:
        InputError: it holds something already.
    """
    for name in _NOT_EMPTY:
        path = home.path / name
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise InputError(
                f"{home.path} is not empty: there is {name}.",
                "Point RECALL_HOME at a new folder, then restore into it.",
            )


def put_settings(home: Home, folder: Path) -> None:
    """`recall.toml`, where the backup has one: it says where images and rows belong."""
    if (source := folder / home.settings_file.name).exists():
        _copy(source, home.settings_file)


def put_files(home: Home, folder: Path, manifest: Manifest, progress: Callable[[int, int], None]) -> None:
    """Keys and images where they belong, for the owner alone.

    Raises:
        InputError: there are images already.
        EngineError: the bucket for images is away or refuses.
    """
    if next(frame_files.refs(home), None) is not None:
        raise InputError(f"There are images in {home.images or home.frames} already.", "Restore to an empty place.")
    names = [name for name in manifest.files if name.startswith(("frames/", "keys/"))]
    for done, name in enumerate(sorted(names), 1):
        if name.startswith("frames/"):
            frame_files.put(home, name.removeprefix("frames/"), (folder / name).read_bytes())
        else:
            _copy(folder / name, home.path / name)
        progress(done, len(names))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def put_rows(engine: Engine, folder: Path, manifest: Manifest) -> int:
    """Both databases as they were, brought to this Recall's schema; how much was lost with the landing's keys.

    Raises:
        InputError: the database holds something already.
        NotRestoredError: a table has other rows than the manifest says.
    """
    if not is_empty(engine):
        raise InputError("The database holds tables of Recall already.", "Restore into one that has none.")
    backup.restore(engine, folder / "recall.dump", folder / "dagster.dump")
    if revision(engine) != manifest.revision:
        raise NotRestoredError(f"The dump has revision {revision(engine)}, the manifest says {manifest.revision}.")
    migrate(engine, dump_folder=None)
    with engine.begin() as connection:
        found = backup.count_rows(connection)
        if wrong := {name: rows for name, rows in manifest.rows.items() if found.get(name, rows) != rows}:
            raise NotRestoredError(
                f"Tables have other rows than the backup says: {', '.join(sorted(wrong))}.", "Try another copy of it."
            )
        return backup.leave_landing(connection)
