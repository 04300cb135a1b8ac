"""Looks again at what imports wrote, with today's rules: only ever more is taken out.

    imports that older rules have scanned ─► every text learnt ─► every text cleaned ─┐ one transaction
              rows, digests, sealed secrets; their days arrive again, an erasure is due ◄┘

All of it or nothing: a value that was masked beside its label could not be known where it stands without one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine
from uuid_utils.compat import uuid7

from recall_assets.intake.imported import ClearValue, Redactor
from recall_assets.process_memory import no_core_dumps
from recall_assets.records import DeploymentDay
from recall_assets.sealer import Clear, keep
from recall_assets.settings import Home
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import deployments, erasure, imported_texts, imports, landing
from recall_assets.store.imported_texts import ImportedText
from recall_assets.store.secrets import Secret


@dataclass(frozen=True, slots=True)
class ImportsScanned:
    """What a scan of imports did; `partitions` are those of which something must be made again."""

    imports: int = 0
    changed: int = 0  # rows
    secrets: int = 0
    partitions: tuple[DeploymentDay, ...] = ()


def rescan_imports(
    engine: Engine, home: Home, run_id: UUID | None, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> ImportsScanned:
    """Scans all texts of the imports that another detector has scanned; what it finds leaves the rows.

    Args:
        progress: called with how many of how many imports are done.

    Raises:
        AlreadyRunningError: something is being imported.
    """
    with engine.connect() as connection:
        if not imported_texts.outdated(connection, DETECTOR_VERSION):
            return ImportsScanned()
    no_core_dumps()
    with imports.alone(engine), engine.begin() as connection:
        older = imported_texts.outdated(connection, DETECTOR_VERSION)
        redactor = Redactor()
        for done, import_id in enumerate(older):
            progress(done, 2 * len(older))
            for row in imported_texts.read(connection, import_id):
                redactor.learn(row.texts)
        changed: list[ImportedText] = []
        found: list[tuple[Secret, Clear]] = []
        for done, import_id in enumerate(older, len(older)):
            progress(done, 2 * len(older))
            for row in imported_texts.read(connection, import_id):
                met: list[ClearValue] = []
                cleaned = replace(row, texts=redactor.clean(row.texts, met))
                if cleaned != row:
                    changed.append(cleaned)
                found += [(_secret(connection, row, clear, import_id, run_id), Clear(clear.value)) for clear in met]
            imported_texts.mark_scanned(connection, import_id, DETECTOR_VERSION)
        partitions = _replace(connection, changed)
        added = keep(connection, home, found, datetime.now(UTC)).added
    return ImportsScanned(len(older), len(changed), added, tuple(partitions))


def _replace(connection: Connection, changed: list[ImportedText]) -> list[DeploymentDay]:
    if not changed:
        return []
    imported_texts.replace(connection, changed)
    partitions = imported_texts.partitions_of(connection, changed)
    landing.hold_landing(connection)
    imported_texts.arrive_again(connection, partitions)
    erasure.order(connection)
    return partitions


def _secret(
    connection: Connection, row: ImportedText, clear: ClearValue, import_id: UUID, run_id: UUID | None
) -> Secret:
    return Secret(
        id=uuid7(),
        deployment_id=row.deployment_id or min(one.id for one in deployments.read_all(connection)),
        place="imported",
        kind=clear.kind,
        rule=clear.rule,
        detector_version=DETECTOR_VERSION,
        frame_id=row.frame_id,
        imported_from=import_id,
        run_id=run_id,
    )
