"""Makes a backup: what waits is read first, then one moment of the database, then the images that it names.

pending envelopes ─► read, or sealed to the vault ─► what is still sealed is counted, not copied
database ─► one moment: dump, images by reference ─► each file copied and compared with the moment's digest
keys ─► identity, TLS, pins of the vault; never a key of the landing ─► manifest, last
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Engine

from capture_agent.messages import AgentReport
from recall_assets.backup.manifest import NAME, Held, Manifest, Spooled, digest_of
from recall_assets.errors import InputError, RecallError
from recall_assets.intake.hearing import hear_partition
from recall_assets.intake.partition import read_partition
from recall_assets.records import Provenance, Status
from recall_assets.settings import Home, Settings
from recall_assets.store import backup, frame_files, partitions, retention
from recall_assets.store.backup import Moment

# Of keys/, what a restored home needs; what is not named here stays where it is.
_KEYS = ("identity", "vault", "tls")
_TRIES = 3
Progress = Callable[[str, int, int], None]


class ImagesChangedError(RecallError):
    """Images were changed while they were copied, again and again."""


def drain(engine: Engine, settings: Settings, *, text: Provenance, sound: Provenance, progress: Progress) -> None:
    """Reads what waits in the landing; what cannot be read is sealed to the vault, where there is one.

    Raises:
        EngineError: workers cannot start; nothing was lost.
    """
    # Whatever was tried once is given up: a backup has no key to try it with again.
    giving_up = settings.model_copy(update={"unreadable_attempts": 1, "unreadable_fate": "vault"})
    with engine.connect() as connection:
        waiting = [partitions.with_status(connection, status) for status in (Status.PENDING, Status.ERROR)]
        heard = partitions.with_sound_of(connection, Status.PENDING)
    for partition in sorted({*waiting[0], *waiting[1]}):
        told = partial(progress, f"reading {partition.partition_key}")
        read_partition(engine, settings.home, giving_up, partition, text, recompute=False, progress=told)
    for partition in heard:
        told = partial(progress, f"hearing {partition.partition_key}")
        hear_partition(engine, settings.home, settings, partition, sound, recompute=False, progress=told)


def make(engine: Engine, home: Home, folder: Path, progress: Progress) -> Manifest:
    """A whole backup in a folder that `make_folder` made.

    Raises:
        DatabaseError: the database could not be dumped.
        ImagesChangedError: images changed all the time; try when less is read.
    """
    made_at = datetime.now(UTC)
    files: dict[str, Held] = {}
    with retention.hold_images(engine):
        for last in (False,) * (_TRIES - 1) + (True,):
            dump = folder / "recall.dump"
            dump.unlink(missing_ok=True)
            with backup.moment(engine, dump) as moment:
                changed, missing = _copy_images(home, folder, moment, files, progress)
            if not changed:
                break
            if last:
                raise ImagesChangedError(f"{changed} images changed while they were copied.", "Try when less is read.")
    backup.dump_dagster(engine, folder / "dagster.dump")
    _copy_keys(home, folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        files.setdefault(name, digest_of(file))
    manifest = Manifest(
        made_at=made_at,
        revision=moment.revision,
        files=files,
        rows=moment.rows,
        images_missing=missing,
        unread_frames=moment.unread_frames,
        unheard_sound=moment.unheard_sound,
        waiting_for_vault=moment.waiting_for_vault,
        spooled=_spooled(moment),
    )
    unfinished = folder / f".{NAME}"
    unfinished.write_text(manifest.model_dump_json(indent=1), "utf-8")
    unfinished.replace(folder / NAME)
    return manifest


def make_folder(folder: Path) -> None:
    """An empty folder for the owner alone.

    Raises:
        InputError: it is not empty, or cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} is not empty.", "Give each backup a folder of its own.")
        folder.chmod(0o700)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.", "Name a folder of yours.") from error


def _copy_images(
    home: Home, folder: Path, moment: Moment, files: dict[str, Held], progress: Progress
) -> tuple[int, int]:
    """How many images are not what the moment says, and how many are not there; the others are copied."""
    changed = missing = 0
    for done, (ref, sha256) in enumerate(sorted(moment.images.items()), 1):
        name = f"frames/{ref}"
        target = folder / name
        if name not in files or files[name].sha256 != (sha256 or b"").hex():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                target.write_bytes(frame_files.read(home, ref))
            except InputError:
                missing += 1
                continue
            files[name] = digest_of(target)
            changed += sha256 is not None and files[name].sha256 != sha256.hex()
        progress("copying images", done, len(moment.images))
    return changed, missing


def _copy_keys(home: Home, folder: Path) -> None:
    for name in _KEYS:
        source = home.keys / name
        if source.is_dir():
            shutil.copytree(source, folder / "keys" / name)
        elif source.is_file():
            (folder / "keys").mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(source, folder / "keys" / name)
    if home.settings_file.exists():
        shutil.copyfile(home.settings_file, folder / home.settings_file.name)


def _spooled(moment: Moment) -> tuple[Spooled, ...]:
    found = []
    for deployment, said in sorted(moment.reported.items()):
        try:
            report = AgentReport.model_validate(said)
        except ValidationError:
            continue
        if report.spooled_items:
            found.append(Spooled(deployment=deployment, items=report.spooled_items, at=report.at))
    return tuple(found)
