"""What memories hold of the sample recording: rows a kind, rows without a source, and how many questions they answer.

    sample/ ─► import ─► materialise both days, by rules alone ─► memories, summaries
    queries.jsonl ─► the words of the answer ─► all but one in five in one memory, or one sentence of a summary

A figure for summaries alone stands beside it. Only whether the answer is there is counted, not whether it is found.
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from recall_assets.cli.importing import import_recording
from recall_assets.cli.materialize import materialize_days
from recall_assets.engines.postgres import running_postgres
from recall_assets.importers.recorded_days import find_recording
from recall_assets.records import MemoryKind
from recall_assets.settings import load_settings
from recall_assets.stages.sentences.words import words_of
from recall_assets.store import memories
from recall_assets.store.database import connect, migrate
from recall_assets.store.export import export_days
from recall_assets.store.remembered import counts, remembered
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

# Of the words of an answer: OCR and rewording may take one in five.
FOUND = 0.8


def main() -> None:
    """Prints the figures; with `KEEP=DIR`, of the home that the benchmark `recording` kept there."""
    with ExitStack() as stack:
        kept = os.environ.get("KEEP")
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ.setdefault("RECALL_HOME", str(folder / "home"))
        os.environ.setdefault("RECALL_SERVICE_FOLDER", str(folder / "service"))
        found = find_recording(SAMPLE)
        days = sorted(date.fromisoformat(day.folder.name) for day in found.days)
        settings = load_settings()
        with running_postgres(settings) as database:
            engine = connect(database.url)
            migrate(engine, dump_folder=None)
            if not kept:
                import_recording(settings, engine, found)
            made = materialize_days(settings, engine, days[0], days[-1])
            assert not made.failed, made.failed
            with engine.connect() as connection:
                _print(connection, days, answers(unpack_ground_truth(folder / "truth")))
            engine.dispose()


def answers(truth: Path) -> list[str]:
    """The answers of the questions of every recorded day."""
    lines = [line for file in sorted(truth.rglob("queries.jsonl")) for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line)["answer"] for line in lines]


def answered(wanted: Iterable[str], texts: Iterable[str]) -> int:
    """How many answers stand in one of the texts."""
    words = [words_of(text) for text in texts]
    return sum(any(len(words_of(answer) & one) >= FOUND * len(words_of(answer)) for one in words) for answer in wanted)


def _print(connection: Connection, days: list[date], wanted: list[str]) -> None:
    rows, without = Counter[MemoryKind](), 0
    for day in sorted({*days}):
        for kind, (made, unsourced) in memories.unsourced(connection, day).items():
            rows[kind] += made
            without += unsourced
    valid = counts(connection)
    for kind in MemoryKind:
        print(f"memories, {kind.value}: {rows[kind]} rows of {len({*days})} days, {valid[kind]} valid")
    print(f"memories without a source that exists: {without}")
    told = [one.memory for one in remembered(connection, limit=100_000)]
    kept = [f"{one.summary}\n{one.details}" for one in told]
    said = [
        sentence["text"]
        for summary in export_days(connection, days[0], days[-1])["day_summaries"]
        for sentence in summary["sentences"]
    ]
    print(f"answers that stand in memories and summaries: {answered(wanted, [*kept, *said])} of {len(wanted)}")
    print(f"answers that stand in summaries alone: {answered(wanted, said)} of {len(wanted)}")


if __name__ == "__main__":
    main()
