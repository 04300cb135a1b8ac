"""Writes what rows of another system become: redacted, sealed, a batch in one transaction, each row read back.

    items of a table ─► 200 rows ─► redact ─► insert what is new ─► secrets sealed ─► compare ─► commit
                                              └ known: nothing        └ killed here: the batch is written again, once

An import that was interrupted goes on under its own id; one that finds nothing new leaves no trace.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine

from recall_assets.importers.drafts import Draft, Item, plain
from recall_assets.intake.imported import ClearValue, Redactor
from recall_assets.records import DeploymentDay
from recall_assets.sealer import Clear, keep
from recall_assets.settings import Home
from recall_assets.stages.ocr_text import new_lines, seen_lines
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import imports, landing, ocr_text
from recall_assets.store.imported_texts import VERBATIM
from recall_assets.store.imports import ImportedRow
from recall_assets.store.secrets import Secret
from recall_assets.store.settings import lower_partitions_start

BATCH = 200
_Sealed = tuple[Secret, Clear]


@dataclass(frozen=True, slots=True)
class Into:
    """The import that rows belong to, whose the secrets of rows of no machine are, and whether values are sealed."""

    import_id: UUID
    deployment_id: str
    seals: bool = True


@dataclass(slots=True)
class Result:
    """Rows by target: new, known from before, and those whose place a row of ours has (archived)."""

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    sealed: int = 0  # values that stood in texts


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """A draft without its secrets, and the rows of those that were met for the first time."""

    row: ImportedRow
    deployment_id: str
    met: tuple[_Sealed, ...] = field(repr=False)
    sealed: _Sealed | None = field(default=None, repr=False)


def write(
    engine: Engine,
    home: Home,
    items: Iterable[Item],
    into: Into,
    redactor: Redactor,
    begin: Callable[[Connection], None],
    advance: Callable[[int], None],
) -> Result:
    """Writes every draft that is not here yet.

    Args:
        begin: called in a transaction before its first row is written.
        advance: called with how many rows of the source are done.
    """
    result = Result()
    for batch in _batches(items):
        drafts = [outcome for item in batch for outcome in item.outcomes if isinstance(outcome, Draft)]
        cleaned = [_clean(draft, into, redactor) for draft in drafts]
        with engine.begin() as connection:
            noted = imports.known(connection, [(one.row.key, one.row.target) for one in cleaned])
            new = [one for one in cleaned if (one.row.key, one.row.target) not in noted]
            result.known.update(one.row.target for one in cleaned if (one.row.key, one.row.target) in noted)
            if new:
                begin(connection)
                _write_batch(connection, home, new, into, result)
        advance(sum(item.is_row for item in batch))
    return result


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Some rows of one table."""
    batch: list[Item] = []
    for item in items:
        if batch and (len(batch) == BATCH or batch[0].table != item.table or batch[0].is_row != item.is_row):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _clean(draft: Draft, into: Into, redactor: Redactor) -> _Cleaned:
    met: list[ClearValue] = []

    def clean(values: dict[str, Any]) -> dict[str, Any]:
        return {name: one if name in VERBATIM else redactor.clean(one, met) for name, one in values.items()}

    values = clean(dict(draft.values))
    satellites = tuple((name, clean(dict(of))) for name, of in draft.satellites)
    if draft.target == "memories":
        content = "\0".join((values["kind"], values["summary"], values["details"]))
        values["content_hash"] = hashlib.sha256(content.encode()).digest()
    deployment_id = draft.deployment_id or into.deployment_id
    row = ImportedRow(draft.target, values, satellites)
    sealed = None
    if draft.sealed:
        (clear,) = draft.sealed
        sealed = (_secret(values, deployment_id), Clear(clear.value))
    frame_id = draft.key if draft.target == "frames" else None
    found = tuple(
        (_found(into, draft, place, clear, deployment_id, frame_id), Clear(clear.value))
        for place, clear in enumerate(met if into.seals else ())
    )
    return _Cleaned(row, deployment_id, found, sealed)


def _secret(values: dict[str, Any], deployment_id: str) -> Secret:
    names = ("id", "place", "kind", "rule", "detector_version", "frame_id", "imported_from")
    return Secret(deployment_id=deployment_id, **{name: values[name] for name in names})


def _found(
    into: Into, draft: Draft, place: int, clear: ClearValue, deployment_id: str, frame_id: UUID | None
) -> Secret:
    return Secret(
        id=uuid5(draft.key, f"found/{place}"),
        deployment_id=deployment_id,
        place="imported",
        kind=clear.kind,
        rule=clear.rule,
        detector_version=DETECTOR_VERSION,
        frame_id=frame_id,
        imported_from=into.import_id,
    )


def _write_batch(connection: Connection, home: Home, new: Sequence[_Cleaned], into: Into, result: Result) -> None:
    frames = [one.row for one in new if one.row.target == "frames"]
    if frames:
        landing.hold_landing(connection)
        _fill_new_texts(connection, frames)
        lower_partitions_start(connection, min(row.values["day"] for row in frames))
    sealed = [one.sealed for one in new if one.sealed is not None]
    plain_rows = [one.row for one in new if one.sealed is None]
    memories = [row for row in plain_rows if row.target == "memories"]
    others = [row for row in plain_rows if row.target != "memories"]
    written = [imports.insert(connection, into.import_id, others)]
    found = [pair for one in new for pair in one.met]
    keep(connection, home, [*sealed, *found], datetime.now(UTC))
    imports.note(connection, into.import_id, [one.row for one in new if one.sealed is not None])
    if memories:
        written.append(imports.insert(connection, into.import_id, memories))
    result.new["secrets"] += len(sealed)
    result.sealed += len(found)
    for batch in written:
        result.new += batch.new
        result.taken.update(row.target for row in batch.taken)
        _archive(connection, batch.taken, into)


def _archive(connection: Connection, taken: Sequence[ImportedRow], into: Into) -> None:
    """Rows whose place is taken are kept for the record."""
    if not taken:
        return
    rows = []
    for row in taken:
        key = uuid5(row.key, "taken")
        body = {"row": plain(row.values), "with": [[name, plain(of)] for name, of in row.satellites]}
        values = {
            "id": key,
            "import_id": into.import_id,
            "kind": row.target,
            "legacy_id": str(row.key),
            "body": body,
        }
        rows.append(ImportedRow("legacy_archive", values))
    imports.insert(connection, into.import_id, rows)
    imports.note(connection, into.import_id, taken, stored=False)


def _fill_new_texts(connection: Connection, frames: Sequence[ImportedRow]) -> None:
    """Sets of each frame's text what its window did not show before that day."""
    by_day: defaultdict[DeploymentDay, list[ImportedRow]] = defaultdict(list)
    for row in frames:
        if row.satellites:
            by_day[DeploymentDay(row.values["deployment_id"], row.values["day"])].append(row)
    for partition, rows in by_day.items():
        windows = {_window(row) for row in rows}
        seen: defaultdict[tuple[str | None, str | None], set[str]] = defaultdict(set)
        for past in ocr_text.seen_in(connection, partition, windows):
            seen[past.app, past.title] |= seen_lines(past.new_text)
        for row in rows:
            ((_, text),) = row.satellites
            assert isinstance(text, dict)
            text["new_text"] = new_lines(text["text"], seen[_window(row)])
            seen[_window(row)] |= seen_lines(text["text"])


def _window(row: ImportedRow) -> tuple[str | None, str | None]:
    return row.values["app_name"], row.values["window_title"]
