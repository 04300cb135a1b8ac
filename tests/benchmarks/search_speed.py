"""How fast the search is over 500,000 generated frames, and whether speed costs it answers.

    python -m tests.benchmarks.search_speed [FRAMES]      KEEP=DIR keeps the base for the next time
    ALONE=1 (as root) puts both processes of a search before all others: a busy machine's figures as of a quiet one

Queries, seeded: a third only of words that stand in more than 5 % of the passages, a third of two words, a third
questions; half with a filter. Each is answered as usual, then by an exhaustive run of the same scoring: every text
score and every cosine computed, nothing cut off before the two are fused.
"""

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import Connection, Engine, func, select, text

from recall_assets.engines.postgres import running_postgres
from recall_assets.search import Depth, search
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from recall_assets.store.search_index import ensure_vector_index
from recall_assets.store.tables import passages, search_postings
from tests.benchmarks.search_base import APPS, FIRST, MACHINES, PROJECTS, VOCABULARY, WordVectors, build

QUERIES = 90
COMPARED = 3  # of so many sixes of queries one: each sort with and without a filter
EVERYTHING = Depth(10**9, 10**9)
TODAY = date(2027, 1, 1)


def main() -> None:
    """Prints one line a figure."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    with ExitStack() as stack:
        folder = Path(
            os.environ.get("KEEP") or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))
        )
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"] = str(folder / "home")
        os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "service")
        database = stack.enter_context(running_postgres(load_settings(), durable=False))
        engine = connect(database.url)
        migrate(engine, dump_folder=None)
        _fill(engine, frames)
        with engine.connect() as connection:
            _sizes(connection)
            _measure(connection, frames)
        engine.dispose()


def _fill(engine: Engine, frames: int) -> None:
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(passages)):
            return
    seconds = build(engine, frames)
    began = time.monotonic()
    with engine.begin() as connection:
        connection.execute(text("set local maintenance_work_mem = '1GB'"))
        ensure_vector_index(connection, WordVectors.name, 384)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    print(f"base: {seconds:.0f} s to fill, {time.monotonic() - began:.0f} s to index the vectors")


def _sizes(connection: Connection) -> None:
    for table in ("search_blocks", "passages", "search_postings", "search_terms", "embeddings", "ocr_text", "frames"):
        size, rows = connection.execute(
            text("select pg_total_relation_size(c.oid), reltuples from pg_class c where oid = to_regclass(:name)"),
            {"name": f"recall.{table}"},
        ).one()
        print(f"{table}: {size / 1e6:.0f} MB, {rows:.0f} rows")


def queries(connection: Connection, seed: int = 7) -> list[str]:
    """The mix; which words are common is asked of the index."""
    pick = Random(seed)
    documents = connection.scalar(select(func.count()).select_from(passages)) or 1
    counted = connection.execute(
        select(search_postings.c.term, func.sum(func.octet_length(search_postings.c.postings)) / 4 / documents)
        .group_by(search_postings.c.term)
        .having(func.sum(func.octet_length(search_postings.c.postings)) / 4 > 0.05 * documents)
        .where(search_postings.c.term.not_like("%:%"))
    )
    common = sorted(row[0] for row in counted)
    last = connection.scalar(text("select max(day) from recall.search_blocks")) or FIRST
    print(f"{documents} passages, {len(common)} words stand in more than 5 % of them")
    mix = []
    for number in range(QUERIES):
        words = _words(pick, number % 3, common)
        mix.append(" ".join([*words, _filter(pick, last) if number % 2 else ""]).strip())
    return mix


def _words(pick: Random, sort: int, common: list[str]) -> list[str]:
    if sort == 0:
        return pick.sample(common, pick.randint(1, 3))
    if sort == 1:
        return pick.sample(VOCABULARY[: pick.choice((500, 8000))], 2)
    rare, said, about, of = (pick.choice(VOCABULARY[:most]) for most in (8000, 800, 8000, 100))
    return f"what did the {rare} say about {said} and the {about} of {of}?".split()


def _filter(pick: Random, last: date) -> str:
    day = FIRST + timedelta(days=pick.randrange(max(1, (last - FIRST).days)))
    return pick.choice(
        (
            f"app:{pick.choice(APPS)}",
            f"project:{pick.choice(PROJECTS)}",
            f"deployment:{pick.choice(MACHINES)}",
            f"after:{day}",
            f"before:{day} after:{day - timedelta(days=30)}",
            "kind:frame",
            "kind:activity",
        )
    )


def _measure(connection: Connection, frames: int) -> None:
    embedder = WordVectors()
    asked = queries(connection)
    for question in asked[:6]:
        search(connection, question, today=TODAY, limit=10, embedder=embedder)
    if os.environ.get("ALONE"):
        _put_first(connection, os.SCHED_FIFO, 5)
    for legs in (("text",), ("text", "vector")):
        walls, cpus = [], []
        for question in asked:
            began, cpu = time.monotonic(), _cpu(connection)
            search(connection, question, today=TODAY, limit=10, embedder=embedder, legs=legs)
            walls.append((time.monotonic() - began) * 1000)
            cpus.append((_cpu(connection) - cpu) * 1000)
        print(f"{' + '.join(legs)}: p50 {_share(walls, 0.5):.0f} ms, p95 {_share(walls, 0.95):.0f} ms, "
              f"CPU p50 {_share(cpus, 0.5):.0f} ms, p95 {_share(cpus, 0.95):.0f} ms")  # fmt: skip
    slowest = max(zip(walls, asked, strict=True))
    if os.environ.get("ALONE"):
        _put_first(connection, os.SCHED_OTHER, 0)
    print(f"slowest: {slowest[0]:.0f} ms: {slowest[1]}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    compared = [question for number, question in enumerate(asked) if number // 6 % COMPARED == 0]
    alike = [_agreement(connection, question, embedder) for question in compared]
    print(f"agreement of the first 10 with an exhaustive run: {sum(alike) / len(alike):.3f} over {len(alike)} queries")
    print(f"memory: {psutil.Process().memory_info().rss / 1e6:.0f} MB of this process")


def _agreement(connection: Connection, question: str, embedder: WordVectors) -> float:
    usual = [hit.id for hit in search(connection, question, today=TODAY, limit=10, embedder=embedder)]
    connection.execute(text("set enable_indexscan = off"))
    whole = [hit.id for hit in search(connection, question, today=TODAY, limit=10, embedder=embedder, depth=EVERYTHING)]
    connection.execute(text("set enable_indexscan = on"))
    return len({*usual} & {*whole}) / len(whole) if whole else 1.0


def _cpu(connection: Connection) -> float:
    """CPU seconds of this process and of the server's process that answers it."""
    server = Path(f"/proc/{_server(connection)}/schedstat").read_text()
    return time.process_time() + int(server.split()[0]) / 1e9


def _put_first(connection: Connection, policy: int, priority: int) -> None:
    for process in (os.getpid(), _server(connection)):
        os.sched_setscheduler(process, policy, os.sched_param(priority))


def _server(connection: Connection) -> int:
    return int(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]


def _share(figures: list[float], share: float) -> float:
    return sorted(figures)[int(share * (len(figures) - 1))]


if __name__ == "__main__":
    main()
