"""Worker processes that hang, crash, eat memory or raise cost their item and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from recall_assets.engines.workers import Failure, Workers
from recall_assets.errors import EngineError
from tests.engines import lanes


def results(
    make: Callable[[], lanes.Do], *work: list[str], count: int = 1, patience: float = 60.0
) -> dict[str, str | Failure]:
    with Workers(make, count=count, patience=timedelta(seconds=patience), memory=2**31) as workers:
        return dict(workers.run(work))


def test_every_item_of_every_lane_is_answered_by_a_worker_that_remembers_its_lane() -> None:
    answers = results(lanes.remembering, ["a", "b", "c"], ["d"], ["e", "f"], count=2)
    assert answers == {"a": "a", "b": "a b", "c": "a b c", "d": "d", "e": "e", "f": "e f"}


@pytest.mark.parametrize(
    ("item", "reason"), [("crash", "crash"), ("hang", "timeout"), ("eat", "memory"), ("raise", "ValueError")]
)
def test_a_poisoned_item_costs_itself_and_nothing_else(item: str, reason: str) -> None:
    patience = 5.0 if item == "hang" else 60.0  # also what is answered at once may take a moment
    answers = results(lanes.misbehaving, ["before", item, "after"], ["other"], patience=patience)
    assert answers == {"before": "BEFORE", item: Failure(reason), "after": "AFTER", "other": "OTHER"}


def test_what_a_worker_raises_is_named_but_not_quoted() -> None:
    assert "hunter2" not in str(results(lanes.misbehaving, ["raise"]))


def test_a_worker_reads_with_one_thread() -> None:
    assert results(lanes.thread_limit, ["item"]) == {"item": "1"}


def test_a_worker_that_reads_screens_can_be_neither_dumped_nor_attached_to(tmp_path: Path) -> None:
    assert results(partial(lanes.dumpable, tmp_path), ["item"]) == {"item": "0"}


def test_workers_that_cannot_start_say_why() -> None:
    with pytest.raises(EngineError, match="no language data"):
        results(lanes.broken, ["item"])
