"""Questions about the sample recording: how often an activity that holds the answer is among the first five hits.

    sample/ ─► import ─► materialise both days ─► each question by words, by meaning, by both ─► one line a leg

    python -m tests.benchmarks.search -v      shows the first hits of each question, by both

`KEEP=DIR` keeps the home there, as of the benchmark `recording`: what was read is not read again. A hit counts where it
lies within an activity that the question names: on its machine, beginning in its time.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from recall_assets.cli.importing import import_recording
from recall_assets.cli.materialize import materialize_days
from recall_assets.engines.postgres import running_postgres
from recall_assets.importers.recorded_days import find_recording
from recall_assets.records import Hit
from recall_assets.search import LEGS, search
from recall_assets.settings import load_settings
from recall_assets.store.database import connect, migrate
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

FIRST_HITS, SEEN_HITS = 5, 20


class Question(NamedTuple):
    """What is asked, and where the answer stood: machine, from, until."""

    text: str
    places: tuple[tuple[str, datetime, datetime], ...]


def main() -> None:
    """Prints one line a leg."""
    with ExitStack() as stack:
        kept = os.environ.get("KEEP")
        folder = Path(kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-"))).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"] = str(folder / "home")
        os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "service")
        asked = list(questions(unpack_ground_truth(folder / "truth")))
        settings = load_settings()
        found = find_recording(SAMPLE)
        days = sorted(date.fromisoformat(day.folder.name) for day in found.days)
        database = stack.enter_context(running_postgres(settings))
        engine = connect(database.url)
        migrate(engine, dump_folder=None)
        import_recording(settings, engine, found)
        made = materialize_days(settings, engine, days[0], days[-1])
        assert not made.failed, made.failed
        with engine.connect() as connection:
            for legs in (LEGS[:1], LEGS[1:], LEGS):
                print(told(connection, asked, legs, days[-1]))
        engine.dispose()


def questions(truth: Path) -> Iterator[Question]:
    """Those of every recorded day below this folder."""
    places = {}
    for file in sorted(truth.glob("*/*/activities.jsonl")):
        for one in map(json.loads, file.read_text("utf-8").splitlines()):
            span = datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])
            places[one["id"]] = (file.parts[-3], *span)
    for file in sorted(truth.glob("*/*/queries.jsonl")):
        for one in map(json.loads, file.read_text("utf-8").splitlines()):
            yield Question(one["q"], tuple(places[id_] for id_ in one["activities"]))


def told(connection: Connection, asked: Sequence[Question], legs: Sequence[str], today: date) -> str:
    """The share of questions that these legs answer, and the mean of the answers' inverse ranks."""
    ranks = []
    for question in asked:
        hits = search(connection, question.text, today=today, limit=SEEN_HITS, legs=legs)
        ranks.append(rank(question, hits))
        if "-v" in sys.argv and legs == LEGS:
            print(f"{ranks[-1] or '-':>3}  {question.text}")
            print("".join(f"       {hit.score:.2f} {hit.kind} {hit.title[:40]}\n" for hit in hits[:3]), end="")
    answered = sum(1 for place in ranks if place is not None and place <= FIRST_HITS)
    mean = sum(1 / place for place in ranks if place is not None) / len(ranks)
    return f"{' + '.join(legs)}: {answered} of {len(asked)} among the first {FIRST_HITS}, mean inverse rank {mean:.2f}"


def rank(question: Question, hits: Sequence[Hit]) -> int | None:
    """The place of the first hit that lies where the answer stood, from 1."""
    within = (
        number
        for number, hit in enumerate(hits, start=1)
        if any(hit.deployment_id == on and start <= hit.start_at < end for on, start, end in question.places)
    )
    return next(within, None)


if __name__ == "__main__":
    main()
