"""The landing on disk: sealed envelopes, one file each, named by the server.

    $RECALL_HOME/landing/<deployment>/<day>/<id>.sealed      <- `landing_ref` of the row, relative to landing/

    one transaction of ingest, one at a time (`hold_landing`):
      write file.part ─ fsync ─ rename ─ fsync folder ─► insert row ─► commit
                                      a failure removes the file ┘      └ killed here: the file stays without a row

A file without a row is written again when the sender repeats the item, which has the same name; `sweep` removes what
no sender came back for. Envelopes are sealed: nothing here can read one.
"""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, select

from capture_agent.protocol import Envelope, ProtocolError
from recall_assets.errors import LandingError
from recall_assets.settings import Home
from recall_assets.store.tables import audio_segments, frames

# Any number that no other advisory lock of this database has.
_LANDING_LOCK = 0x5245_4C41_4E44
# Long enough to notice that the home was started with the wrong database, in which every envelope looks stray.
STRAY_AFTER = timedelta(days=7)


def hold_landing(connection: Connection) -> None:
    """Waits until nobody else writes to the landing, and holds it to the end of the transaction.

    So arrival numbers are committed in their order, and a sensor that has seen one has seen all below it.
    """
    connection.execute(select(func.pg_advisory_xact_lock(_LANDING_LOCK)))


def landing_ref(deployment_id: str, day: date, item_id: UUID) -> str:
    """Where an item's envelope lies, relative to the landing."""
    return f"{deployment_id}/{day.isoformat()}/{item_id}.sealed"


def write_envelopes(home: Home, envelopes: Iterable[tuple[str, bytes]]) -> None:
    """Puts (ref, envelope) on the disk; when this returns, a power cut loses none of them."""
    folders = set()
    for ref, envelope in envelopes:
        path = home.landing / ref
        _make_folders(home.landing, path.parent)
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(envelope)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        folders.add(path.parent)
    for folder in folders:
        _sync_folder(folder)


def read_envelope(home: Home, ref: str) -> bytes:
    """The envelope at `ref`.

    Raises:
        LandingError: it is not there.
    """
    try:
        return (home.landing / ref).read_bytes()
    except OSError as error:
        raise LandingError(f"The landing file {ref} cannot be read: {error.strerror}.") from error


def delete_envelopes(home: Home, refs: Iterable[str]) -> None:
    """Removes envelopes; those that are gone already are no error."""
    for ref in refs:
        with contextlib.suppress(FileNotFoundError):
            (home.landing / ref).unlink()
        with contextlib.suppress(FileNotFoundError):
            (home.landing / ref).with_suffix(".part").unlink()


def count_by_key(home: Home) -> Counter[bytes]:
    """How many envelopes lie here by the id of the landing key that they are sealed to."""
    counts: Counter[bytes] = Counter()
    for path in _files(home.landing):
        with contextlib.suppress(FileNotFoundError, ProtocolError), path.open("rb") as file:
            counts[Envelope.from_bytes(file.read(Envelope.PREFIX_BYTES)).key_id] += 1
    return counts


def sweep(connection: Connection, home: Home) -> int:
    """How many files it removed that no row points at: half-written ones, read ones, and ones of `STRAY_AFTER`."""
    hold_landing(connection)
    columns = [(table.c.id, table.c.landing_ref) for table in (frames, audio_segments)]
    refs = {id_: ref for pair in columns for id_, ref in connection.execute(select(*pair))}
    stray_before = time.time() - STRAY_AFTER.total_seconds()
    removed = 0
    for path in _files(home.landing):
        ref = path.relative_to(home.landing).as_posix()
        item = UUID(path.stem)
        if refs.get(item) == ref and path.suffix == ".sealed":
            continue
        if path.suffix == ".part" or item in refs or path.stat().st_mtime < stray_before:
            path.unlink()
            removed += 1
    return removed


def _files(landing: Path) -> Iterator[Path]:
    for pattern in ("*/*/*.sealed", "*/*/*.part"):
        yield from landing.glob(pattern)


def _make_folders(landing: Path, folder: Path) -> None:
    for made in (folder.parent, folder):
        if not made.is_dir():
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
