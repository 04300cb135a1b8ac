"""The search's index of a day, made again: what can be found, its words, its vectors.

    rows of the day ─► documents ─► block ─┬─► stored
                       └ new texts ─► embedder ─ vectors; a text that was there keeps its own

A part is what a block holds: a deployment's day, a date's summary over all deployments, its memories, all projects.
Whoever has more to be found gives `index` its documents under a part of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
from sqlalchemy import Connection, Engine

from recall_assets.engines.embedding import Embedder
from recall_assets.records import DeploymentDay, Document, Provenance
from recall_assets.stages.search.blocks import block_of, embedded_text
from recall_assets.stages.search.documents import (
    document_of_memory,
    document_of_project,
    document_of_summary,
    documents_of_day,
)
from recall_assets.store import (
    activities,
    day_summaries,
    findable_memories,
    frames,
    projects,
    search_index,
    transcripts,
)
from recall_assets.store.search_index import IndexRows, Part, Vectors

_MOST_DUE = 30  # days of memories in one go: after an upgrade all of them are due


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was indexed: documents, different words, and how many texts had to be embedded."""

    documents: int = 0
    words: int = 0
    embedded: int = 0


def index_day(engine: Engine, partition: DeploymentDay, embedder: Embedder, provenance: Provenance) -> Indexed:
    """Indexes a deployment's day, and with it the day's summary and memories over all of them and the projects.

    A memory that another day told again, or the owner in other words, makes the block of its day due: some of those are
    made again too.
    """
    with engine.connect() as connection:
        documents = _of_day(connection, partition)
        person = _of_person(connection, partition)
        named = _of_projects(connection)
        due = {partition.day, *findable_memories.days_due(connection, _MOST_DUE)}
        remembered = {day: findable_memories.read_day(connection, day) for day in due}
    index(engine, Part("person", None, partition.day), person, embedder, provenance)
    index(engine, Part("projects"), named, embedder, provenance)
    for day, known in remembered.items():
        found = [document_of_memory(memory) for memory in known]
        index(engine, Part(findable_memories.PART, None, day), found, embedder, provenance)
    return index(engine, Part("day", partition.deployment_id, partition.day), documents, embedder, provenance)


def index(
    engine: Engine, part: Part, documents: Sequence[Document], embedder: Embedder, provenance: Provenance
) -> Indexed:
    """The part holds exactly these documents; no transaction is open while the model thinks.

    Raises:
        EngineError: the embedder cannot be used; the part is as it was.
    """
    block = block_of(documents)
    with engine.connect() as connection:
        known = search_index.vectors_of(connection, part, embedder.name)
    new = {hash_: n for n, hash_ in enumerate(block.hashes) if hash_ not in known}
    if new:
        made = embedder.embed([embedded_text(documents[place]) for place in new.values()])
        known |= dict(zip(new, made, strict=True))
    vectors: Vectors = np.array([known[hash_] for hash_ in block.hashes], np.float32)
    rows = IndexRows(documents, block.runs, block.postings, block.likeness, block.hashes, embedder.name, vectors)
    with engine.begin() as connection:
        if len(vectors):
            search_index.ensure_vector_index(connection, embedder.name, vectors.shape[1])
        search_index.replace(connection, part, rows, provenance)
    return Indexed(len(documents), len(block.postings), len(new))


def _of_day(connection: Connection, partition: DeploymentDay) -> list[Document]:
    read = [frame for frame in frames.read_day(connection, partition) if frame.text]
    return documents_of_day(
        read,
        activities.read_day(connection, partition),
        transcripts.read_day(connection, partition),
        day_summaries.read_day(connection, partition),
        projects.read_all(connection),
    )


def _of_person(connection: Connection, partition: DeploymentDay) -> list[Document]:
    summary = day_summaries.read_day(connection, partition.day)
    noon = datetime.combine(partition.day, time(12), UTC)
    spans = [(one.start_at, one.end_at) for one in activities.read_day(connection, partition.day)] or [(noon, noon)]
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    return [] if summary is None else [document_of_summary(summary, start, end)]


def _of_projects(connection: Connection) -> list[Document]:
    day = timedelta(days=1)
    return [
        document_of_project(
            project,
            datetime.combine(project.first_seen, time(), UTC),
            datetime.combine(project.last_seen, time(), UTC) + day,
        )
        for project in projects.read_all(connection)
        if project.status == "active"
    ]
