"""Looks again at what is stored, with today's rules or with values found since: only ever more is taken out.

    stored words, titles ─► workers detect ─► known values ─► mask ─► fill the stored image again ─► rows

An image is filled before its rows change, so a kill in between leaves more black than text, never the other way.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection, Engine
from uuid_utils.compat import uuid7

from recall_assets.engines.workers import Workers
from recall_assets.errors import EngineError
from recall_assets.intake.masking import Found, KnownInRun, Masked, mask
from recall_assets.intake.worker import Answer, FilledImage, FillTask, Scanned, ScanTask, Task
from recall_assets.records import Box, DeploymentDay, Provenance, Word
from recall_assets.sealer import Clear, keep
from recall_assets.settings import Home
from recall_assets.stages.ocr_text import pack_layout, unpack_layout
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import erasure, ocr_text
from recall_assets.store.ocr_text import StoredFrame
from recall_assets.store.secrets import Secret

# Frames whose texts are in memory at once.
BATCH = 512


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan of stored frames did; `changed` frames hold more marks than before."""

    scanned: int = 0
    changed: int = 0
    secrets: int = 0


def scrub(
    engine: Engine,
    home: Home,
    workers: Workers[Task, Answer],
    partition: DeploymentDay,
    provenance: Provenance,
    frame_ids: Sequence[UUID],
    known: KnownInRun,
    *,
    seen: Mapping[UUID, Sequence[Word]] = MappingProxyType({}),
) -> ScanReport:
    """Scans the stored texts of these frames, and takes out what the rules or `known` find.

    Args:
        seen: words in clear that stand in a frame's stored image; scanned in place of the stored ones.

    Raises:
        EngineError: a stored image could not be filled; its rows are as they were.
    """
    changed = added = 0
    for start in range(0, len(frame_ids), BATCH):
        with engine.begin() as connection:
            by_id = ocr_text.stored(connection, frame_ids[start : start + BATCH])
        readable = {id_: frame for id_, frame in by_id.items() if frame.layout is not None}
        masked = _masked(workers, readable, known, seen)
        hits = {id_: item for id_, item in masked.items() if item.found}
        images = _refill(workers, partition, readable, hits)
        with engine.begin() as connection:
            ocr_text.mark_scanned(connection, [id_ for id_ in readable if id_ not in hits], DETECTOR_VERSION)
            for id_, item in hits.items():
                image = images.get(readable[id_].image_ref or "")
                _rewrite(connection, readable[id_], item, image, provenance)
                rows = secret_rows(id_, partition, item.found, provenance, {} if image is None else image.crops)
                added += keep(connection, home, rows, datetime.now(UTC)).added
        changed += len(hits)
    if changed:
        with engine.begin() as connection:
            erasure.order(connection)
    return ScanReport(len(frame_ids), changed, added)


def secret_rows(
    frame_id: UUID,
    partition: DeploymentDay,
    found: Sequence[Found],
    provenance: Provenance,
    crops: Mapping[tuple[Box, ...], bytes],
) -> list[tuple[Secret, Clear]]:
    """Rows of what was found on a frame, each with what it is.

    Args:
        crops: image files of what lay under boxes.
    """
    return [
        (
            Secret(
                id=uuid7(),
                deployment_id=partition.deployment_id,
                place=item.place,
                kind=item.kind,
                rule=item.rule,
                detector_version=DETECTOR_VERSION,
                frame_id=frame_id,
                boxes=item.boxes,
                run_id=provenance.run_id,
            ),
            Clear(item.value, crops.get(item.boxes)),
        )
        for item in found
    ]


def _masked(
    workers: Workers[Task, Answer],
    readable: dict[UUID, StoredFrame],
    known: KnownInRun,
    seen: Mapping[UUID, Sequence[Word]],
) -> dict[UUID, Masked]:
    lanes: list[list[Task]] = []
    for id_, frame in readable.items():
        lanes.append([ScanTask(id_, tuple(seen.get(id_) or unpack_layout(frame.layout or {})), frame.told)])
    words: dict[UUID, tuple[Word, ...]] = {}
    scanned: dict[UUID, Scanned] = {}
    for task, answer in workers.run(lanes):
        if not isinstance(task, ScanTask) or not isinstance(answer, Scanned):
            raise EngineError("Stored text could not be scanned.", "Run it again; nothing was changed.")
        words[task.frame_id], scanned[task.frame_id] = task.words, answer
        known.learn(task.words, task.told, answer)
    masked = {}
    for id_, answer in scanned.items():
        width, height = (readable[id_].layout or {})["size"]
        told = readable[id_].told
        masked[id_] = mask(words[id_], told, answer, known=known, stored=(), width=width, height=height)
    return masked


def _refill(
    workers: Workers[Task, Answer],
    partition: DeploymentDay,
    readable: dict[UUID, StoredFrame],
    hits: dict[UUID, Masked],
) -> dict[str, FilledImage]:
    """The stored images of the hits, by reference, with the boxes of all frames that share one.

    A frame whose image was let go has nothing to fill.
    """
    boxes: defaultdict[str, set[Box]] = defaultdict(set)
    crops: defaultdict[str, set[tuple[Box, ...]]] = defaultdict(set)
    for id_, item in hits.items():
        if (ref := readable[id_].image_ref) is not None:
            boxes[ref] |= set(item.boxes)
            crops[ref] |= {found.boxes for found in item.found if found.boxes}
    sharing = {frame.image_ref: frame for frame in readable.values()}
    lanes: list[list[Task]] = [
        # The file is named after the frame that it was first stored for.
        [FillTask(sharing[ref], UUID(PurePosixPath(ref).stem), partition, tuple(found), frozenset(crops[ref]))]
        for ref, found in boxes.items()
        if found
    ]
    images: dict[str, FilledImage] = {}
    for task, answer in workers.run(lanes):
        if not isinstance(task, FillTask) or not isinstance(answer, FilledImage):
            raise EngineError("A stored image could not be filled again.", "Run it again; its text was not changed.")
        assert isinstance(task.frame, StoredFrame)
        images[task.frame.image_ref or ""] = answer
    return images


def _rewrite(
    connection: Connection, frame: StoredFrame, item: Masked, image: FilledImage | None, provenance: Provenance
) -> None:
    text = item.text
    before, was_new = set(frame.text.splitlines()), set(frame.new_text.splitlines())
    fresh = "\n".join(line for line in text.splitlines() if line in was_new or line not in before)
    width, height = (frame.layout or {})["size"]
    row = ocr_text.TextRescanned(
        frame.id, text, fresh, pack_layout(item.words, width=width, height=height), DETECTOR_VERSION
    )
    ocr_text.rewrite(connection, row, item.told, provenance)
    if image is not None and frame.image_ref is not None:
        ocr_text.replace_image(connection, frame.image_ref, image.file.sha256, image.file.bytes, image.phash64)
