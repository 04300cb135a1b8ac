"""Half a million frames with text, generated: what the speed of the search is measured on.

    2 machines x days x 1,000 frames a day; two frames in five show something new, some 50 words of it
    words of an activity: its own topic, general and technical ones, Zipf-like as in language

Rows go in by COPY, blocks as the asset makes them. Vectors are not the model's, which would take an hour: a fixed
random direction for each word, summed by how rare it is; texts that share rare words are near, as with the model.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy import Engine, insert

from recall_assets.engines.embedding import Vectors, unit
from recall_assets.engines.embedding.minilm import DIMENSIONS, MiniLm
from recall_assets.records import RECALL_NAMESPACE, Document, Provenance
from recall_assets.stages.search.blocks import block_of, embedded_text
from recall_assets.store import search_index
from recall_assets.store.search_index import IndexRows, Part
from recall_assets.store.tables import deployments, projects
from tests.generated_words import FILLERS, NOUNS, TECHNICAL

FIRST = date(2025, 1, 6)
FRAMES_A_DAY = 1000
ACTIVITIES_A_DAY = 25
# Measured on the recorded days: of 992 frames, two in five are the first to show a passage.
NEW_EVERY = 0.4
MACHINES = ("laptop", "desktop")
APPS = ("firefox", "xterm", "code", "soffice", "thunderbird", "slack", "evince")
PROJECTS = tuple(f"{noun}-project" for noun in NOUNS[:30])
_STEM = ("ab", "con", "de", "ex", "in", "per", "pro", "re", "sub", "trans", "un", "over")
_END = ("al", "ation", "er", "ic", "ism", "ist", "ment", "ness", "or", "ous", "ure", "y")
# A vocabulary as large as a person's year on screen: 8,000 words, the commonest in one passage in four.
VOCABULARY = tuple(
    dict.fromkeys((*FILLERS, *TECHNICAL, *NOUNS, *(f"{a}{noun}{b}" for noun in NOUNS for a in _STEM for b in _END)))
)[:8000]


class Generated:
    """Texts by a seed; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        weights = 1.0 / np.arange(3, len(VOCABULARY) + 3) ** 0.9
        self._cumulated = np.cumsum(weights / weights.sum()).tolist()

    def words(self, count: int, topic: Sequence[str]) -> list[str]:
        """Words of a passage: one in four is the topic's."""
        pick = self.random
        common = pick.choices(VOCABULARY, cum_weights=self._cumulated, k=count)
        return [pick.choice(topic) if pick.random() < 0.25 else word for word in common]

    def topic(self) -> list[str]:
        return self.random.sample(VOCABULARY[200:], 25)


class WordVectors:
    """Stands for the model over generated texts: near where rare words are shared. What the model costs is paid."""

    name = "generated-words"

    def __init__(self) -> None:
        self._model = MiniLm()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self._model.embed(texts)
        return vectors_of(texts)


def vectors_of(texts: Sequence[str]) -> Vectors:
    """A vector for each text."""
    summed = [np.sum([_direction(word) for word in text.split()], axis=0) for text in texts]
    return unit(np.array(summed, np.float32))


@lru_cache(maxsize=50_000)
def _direction(word: str) -> npt.NDArray[np.float32]:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    rank = _RANKS.get(word, len(VOCABULARY))
    direction = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return np.asarray(direction * np.float32(np.log1p(rank) / np.sqrt(DIMENSIONS)), np.float32)


_RANKS = {word: rank for rank, word in enumerate(VOCABULARY)}


def build(engine: Engine, frames: int, seed: int = 1) -> float:
    """Fills the tables with so many frames; the seconds that it took."""
    began = time.monotonic()
    days = frames // FRAMES_A_DAY // len(MACHINES)
    generated = Generated(seed)
    with engine.begin() as connection:
        connection.execute(insert(deployments), [{"id": id_, "name": id_, "timezone": "UTC"} for id_ in MACHINES])
        made = {"first_seen": FIRST, "last_seen": FIRST, "code_version": "1"}
        connection.execute(insert(projects), [{"id": _id(name), "name": name} | made for name in PROJECTS])
    topics = {name: generated.topic() for name in PROJECTS}
    for number in range(days):
        for machine in MACHINES:
            _day(engine, generated, machine, FIRST + timedelta(days=number), topics)
    return time.monotonic() - began


def _day(engine: Engine, generated: Generated, machine: str, day: date, topics: dict[str, list[str]]) -> None:
    documents = list(_documents(generated, machine, day, topics))
    block = block_of([document for document, _ in documents])
    vectors = vectors_of([embedded_text(document) for document, _ in documents])
    with engine.begin() as connection:
        driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        _copy_rows(driver, machine, day, documents)
        rows = IndexRows(
            [document for document, _ in documents],
            block.runs,
            block.postings,
            block.likeness,
            block.hashes,
            WordVectors.name,
            vectors,
        )
        search_index.replace(connection, Part("day", machine, day), rows, Provenance("1"))


def _documents(
    generated: Generated, machine: str, day: date, topics: dict[str, list[str]]
) -> Iterator[tuple[Document, str]]:
    """The day's documents, each activity first, with the name of their project."""
    pick = generated.random
    begin = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    length = timedelta(hours=10) / ACTIVITIES_A_DAY
    for number in range(ACTIVITIES_A_DAY):
        start = begin + number * length
        project, app = pick.choice(PROJECTS), pick.choice(APPS)
        topic = topics[project] + generated.topic()[:10]
        title = " ".join(generated.words(4, topic))
        key = f"{machine}/{day}/{number}"
        said = " ".join(generated.words(40, topic))
        yield Document("activity", _id(key), start, start + length, title, said, True, (app,)), project
        shown = round(FRAMES_A_DAY * NEW_EVERY / ACTIVITIES_A_DAY)
        for frame in range(shown):
            at = start + frame * length / shown
            text = " ".join(generated.words(pick.randint(12, 90), topic))
            named = title if frame % 3 else " ".join(generated.words(4, topic))
            yield Document("frame", _id(f"{key}/{frame}"), at, at + length / shown, named, text, True, (app,)), project


def _copy_rows(driver: psycopg.Connection, machine: str, day: date, documents: Sequence[tuple[Document, str]]) -> None:
    """Activities, all the day's frames, and texts of those that show something new."""
    with driver.cursor() as cursor:
        columns = "id, deployment_id, day, start_at, end_at, label, title, summary_kind, project_id, active_seconds"
        with cursor.copy(f"copy recall.activities ({columns}, terms, interruptions, code_version) from stdin") as copy:
            for one, project in documents:
                if one.kind == "activity":
                    span = (machine, day, one.start_at, one.end_at, "coding")
                    copy.write_row((one.id, *span, one.title, "extractive", _id(project), 1440.0, "{}", "[]", "1"))
        columns = "id, deployment_id, captured_at, seen_until, utc_offset, day, monitor, ocr_status"
        told = "app_name, window_title, width, height, activity_id"
        with cursor.copy(f"copy recall.frames ({columns}, {told}) from stdin") as copy:
            for one, activity in _frames(documents):
                more = 3 if one.id.int % 2 else 2  # of them, one in NEW_EVERY shows something new
                for n, (start, end) in enumerate(pairwise(_moments(one, more))):
                    id_ = one.id if n == 0 else uuid5(one.id, str(n))
                    row = (id_, machine, start, end, "0", day, 0, 1, one.apps[0], one.title, 1920, 1080, activity)
                    copy.write_row(row)
        columns = "frame_id, text, new_text, layout, engine, language, detector_version, code_version_read"
        with cursor.copy(f"copy recall.ocr_text ({columns}, code_version) from stdin") as copy:
            for one, _ in _frames(documents):
                copy.write_row((one.id, one.text, one.text, _layout(one.text), "t", "eng", "1", "1", "1"))


def _frames(documents: Sequence[tuple[Document, str]]) -> Iterator[tuple[Document, UUID]]:
    activity = documents[0][0].id
    for one, _ in documents:
        if one.kind == "activity":
            activity = one.id
        else:
            yield one, activity


def _moments(one: Document, count: int) -> list[datetime]:
    return [one.start_at + n * (one.end_at - one.start_at) / count for n in range(count + 1)]


def _layout(text: str) -> str:
    """Lines of twelve words, as word boxes."""
    words = text.split()
    lines = [words[n : n + 12] for n in range(0, len(words), 12)]
    told = ", ".join(
        f"[{', '.join(f'[{chr(34)}{w}{chr(34)}, {90 * x}, {30 * y}, 80, 20, 95]' for x, w in enumerate(line))}]"
        for y, line in enumerate(lines)
    )
    return f'{{"v": 1, "size": [1920, 1080], "lines": [{told}]}}'


def _id(name: str) -> UUID:
    return uuid5(RECALL_NAMESPACE, name)
