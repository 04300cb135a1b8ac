"""What memories hold of the sample recording: rows a kind, rows without a source, and how many questions they answer.

    sample/ ─► import ─► materialise both days, by rules alone ─► memories, summaries
    queries.jsonl ─► the words of the answer ─► all but one in five in one memory, or one sentence of a summary

A figure for summaries alone stands beside it. Only whether the answer is there is counted, not whether it is found.
`KEEP=DIR` as of the benchmark `recording`.
"""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from recall_assets.records import MemoryKind
from recall_assets.stages.sentences.words import words_of
from recall_assets.store import memories
from recall_assets.store.export import export_days
from recall_assets.store.remembered import counts, remembered
from tests.benchmarks.materialised import materialised_sample

# Of the words of an answer: OCR and rewording may take one in five.
FOUND = 0.8


def main() -> None:
    """Prints the figures."""
    with materialised_sample() as sample:
        _print(sample.connection, sample.days, answers(sample.truth))


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
    for day in days:
        for kind, (made, unsourced) in memories.unsourced(connection, day).items():
            rows[kind] += made
            without += unsourced
    valid = counts(connection)
    for kind in MemoryKind:
        print(f"memories, {kind.value}: {rows[kind]} rows of {len(days)} days, {valid[kind]} valid")
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
