"""Sealed items that wait on this disk until the server has them: plain files, one each, in the order of capture.

    put ─► room? ─► N.part ─ write, fsync ─► rename ─ fsync of the folder ─► acknowledged ─► batch ─► settle: deleted
            │ no: `thinning` gives up what shows little, counted

    spool/000000000042.frame.<µs>.<monitor>.<id>.<key id>        0600; the bytes that travel, header and envelope

All that is asked of an item before it travels stands in its name, so a start reads the folder and no file. The number
orders items although clocks jump. A later message that a frame still stood takes the place of the earlier one. What a
crash leaves is a `.part`, which the next start removes, or a whole item: items are acknowledged only when both file and
name are on the disk. One process writes (`agent` holds a lock); its threads share this object.
"""

import json
import os
import threading
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from capture_agent.protocol import HEADER, ItemHeader, Kind, pack_item, unpack_batch
from capture_agent.thinning import Waiting, thin
from capture_agent.upload import Outgoing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = "counts.json"
# Thinning frees a little more than is needed, so that it does not come with every frame.
_SLACK = 50


class SpoolError(Exception):
    """An item could not be put on the disk and is not kept; the message says why and what to do."""


class Spool:
    """The items of one machine.

    Args:
        folder: made if it is missing, 0700.
        budget: bytes that items may take.

    Raises:
        SpoolError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder = folder
        self.budget = budget
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name == "posix":
                folder.chmod(0o700)
            self._items = {item.number: item for item in self._found()}
        except OSError as error:
            raise SpoolError(f"{folder} cannot be used as spool: {error.strerror}.") from error
        self._next = max(self._items, default=0) + 1
        self._bytes = sum(item.size for item in self._items.values())
        self.thinned, self.damaged = self._counts()

    def put(self, header: ItemHeader, envelope: bytes = b"", key_id: str = "") -> None:
        """Keeps an item; when this returns it is on the disk.

        Raises:
            SpoolError: it is not, for the disk is full or fails.
        """
        content = pack_item(header, envelope)
        self._make_room(len(content))
        with self._lock:
            number, self._next = self._next, self._next + 1
        monitor = header.monitor if header.kind is Kind.FRAME else 0
        item = Waiting(number, header.kind, header.id, header.captured_at, len(content), monitor, key_id)
        try:
            self._write(self._folder / _name(item), content)
        except OSError as error:
            raise SpoolError(f"Nothing can be written to {self._folder}: {error.strerror}. Make room there.") from error
        with self._lock:
            older = self._messages_of(item) if item.kind is Kind.SEEN else []
            self._add(item)
        self._remove(older)

    def batch(self, most_bytes: int, most_items: int, *, but: Collection[int] = ()) -> list[Waiting]:
        """The oldest items that fit, at least one if there is any; those numbered in `but` are passed over."""
        chosen: list[Waiting] = []
        size = 0
        with self._lock:
            for item in self._items.values():
                if item.number in but:
                    continue
                if chosen and (len(chosen) == most_items or size + item.size > most_bytes):
                    break
                chosen.append(item)
                size += item.size
        return chosen

    def read(self, item: Waiting) -> Outgoing | None:
        """An item as it travels; None where it cannot be read; what is damaged is put aside, counted."""
        path = self._folder / _name(item)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            ((header, envelope),) = unpack_batch(content)
            return Outgoing(HEADER.validate_json(header), envelope)
        except ValueError:
            with suppress(OSError):
                path.rename(path.with_name(f"{path.name}.damaged"))
            self._forget([item])
            self.damaged += 1
            self._note_counts()
            return None

    def settle(self, item: Waiting) -> None:
        """The server has it: it is deleted here."""
        self._remove([item])

    def waiting(self) -> list[Waiting]:
        """All items, oldest first."""
        with self._lock:
            return list(self._items.values())

    @property
    def size(self) -> int:
        """What all items take, in bytes."""
        return self._bytes

    def _make_room(self, size: int) -> None:
        with self._lock:
            missing = self._bytes + size - self.budget
            gone = thin(self._items.values(), missing + self.budget // _SLACK) if missing > 0 else []
        if gone:
            self._remove(gone)
            self.thinned += sum(item.kind is not Kind.SEEN for item in gone)
            self._note_counts()
        if self._bytes + size > self.budget:
            raise SpoolError(f"One item of {size} bytes is more than the spool may hold; raise [spool] megabytes.")

    def _write(self, path: Path, content: bytes) -> None:
        part = path.with_name(f"{path.name}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
            _sync_folder(self._folder)
        except OSError:
            for leftover in (part, path):  # what is not acknowledged must not be sent either
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
            raise

    def _messages_of(self, item: Waiting) -> list[Waiting]:
        return [other for other in self._items.values() if other.kind is Kind.SEEN and other.id == item.id]

    def _add(self, item: Waiting) -> None:
        self._items[item.number] = item
        self._bytes += item.size

    def _remove(self, items: list[Waiting]) -> None:
        for item in items:
            with suppress(OSError):
                (self._folder / _name(item)).unlink(missing_ok=True)
        self._forget(items)

    def _forget(self, items: list[Waiting]) -> None:
        with self._lock:
            for item in items:
                if self._items.pop(item.number, None) is not None:
                    self._bytes -= item.size

    def _found(self) -> list[Waiting]:
        """What the last process left, in order; halves are removed."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".part"):
                    Path(entry.path).unlink()
                elif item := _named(entry.name, entry.stat().st_size):
                    found.append(item)
        return sorted(found, key=lambda item: item.number)

    def _counts(self) -> tuple[int, int]:
        try:
            counts = json.loads((self._folder / _COUNTS).read_text())
            return int(counts["thinned"]), int(counts["damaged"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0

    def _note_counts(self) -> None:
        part = self._folder / f"{_COUNTS}.part"
        with suppress(OSError):
            part.write_text(json.dumps({"thinned": self.thinned, "damaged": self.damaged}))
            part.rename(self._folder / _COUNTS)


def _name(item: Waiting) -> str:
    microseconds = (item.captured_at - _EPOCH) // timedelta(microseconds=1)
    parts = (f"{item.number:012d}", item.kind.value, microseconds, item.monitor, item.id.hex, item.key_id or "-")
    return ".".join(map(str, parts))


def _named(name: str, size: int) -> Waiting | None:
    """The item of a file; None where the file is none of ours."""
    try:
        number, kind, microseconds, monitor, identity, key_id = name.split(".")
        captured_at = _EPOCH + timedelta(microseconds=int(microseconds))
        key_id = "" if key_id == "-" else key_id
        return Waiting(int(number), Kind(kind), UUID(hex=identity), captured_at, size, int(monitor), key_id)
    except (ValueError, OverflowError):
        return None


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows syncs names with the file system's own journal
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
