"""Questions about the sample recording: how often an activity that holds the answer is among the first five hits.

    sample/ ─► import ─► materialise both days ─► each question by words, by meaning, by both ─► one line a leg, and
                                                                                          one for other weights of them

    python -m tests.benchmarks.search -v      shows the first hits of each question, by both

`KEEP=DIR` keeps the home there, as of the benchmark `recording`. A hit counts where it
lies within an activity that the question names: on its machine, beginning in its time.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from recall_assets.records import Hit
from recall_assets.search import DEPTH, LEGS, Depth, search
from tests.benchmarks.materialised import materialised_sample

FIRST_HITS, SEEN_HITS = 5, 20
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the text leg, that are compared


class Question(NamedTuple):
    """What is asked, and where the answer stood: machine, from, until."""

    text: str
    places: tuple[tuple[str, datetime, datetime], ...]


def main() -> None:
    """Prints one line a leg."""
    with materialised_sample() as sample:
        asked = list(questions(sample.truth))
        for legs in (LEGS[:1], LEGS[1:], LEGS):
            print(told(sample.connection, asked, legs, sample.days[-1]))
        for share in SHARES:
            print(f"text counts {share}: ", end="")
            print(told(sample.connection, asked, LEGS, sample.days[-1], Depth(share=share)))


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


def told(
    connection: Connection, asked: Sequence[Question], legs: Sequence[str], today: date, depth: Depth = DEPTH
) -> str:
    """The share of questions that these legs answer, and the mean of the answers' inverse ranks."""
    ranks = []
    for question in asked:
        hits = search(connection, question.text, today=today, limit=SEEN_HITS, legs=legs, depth=depth)
        ranks.append(rank(question, hits))
        if "-v" in sys.argv and legs == LEGS and depth == DEPTH:
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
