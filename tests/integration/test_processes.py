"""A group of programs: started again when they die, stopped together."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from recall_assets.engines.processes import ProcessGroup, Program
from recall_assets.errors import EngineError
from tests.integration.embedded import CHECKOUT, PATIENCE_SECONDS, wait_until


@pytest.fixture
def group(tmp_path: Path) -> Iterator[ProcessGroup]:
    group = ProcessGroup({**os.environ, "PYTHONPATH": str(CHECKOUT)}, tmp_path, tmp_path)
    yield group
    group.stop()


def _program(name: str, code: str, file: Path) -> Program:
    """A program that is healthy once `file` is there."""
    return Program(name, (sys.executable, "-c", code, str(file)), lambda _since: file.exists())


_WORKS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); print('works', flush=True); time.sleep(600)"


def test_a_program_that_answers_is_healthy_and_its_output_is_kept(group: ProcessGroup, tmp_path: Path) -> None:
    group.start(_program("a b", _WORKS, tmp_path / "up"))
    group.wait_until_healthy("a b", PATIENCE_SECONDS)
    log = tmp_path / "a-b.log"
    wait_until(lambda: log.read_text() == "works\n")
    assert log.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "up").stat().st_mode & 0o777 == 0o600


def test_a_program_that_dies_is_started_again(group: ProcessGroup, tmp_path: Path) -> None:
    group.start(_program("a", _WORKS, tmp_path / "up"))
    group.wait_until_healthy("a", PATIENCE_SECONDS)
    (first,) = group.states()
    psutil.Process(first.pid).kill()
    wait_until(lambda: group.tend() == ["a"])
    wait_until(lambda: not group.tend() and group.states()[0].restarts == 1)
    assert group.states()[0].pid != first.pid


def test_a_program_that_keeps_dying_at_its_start_is_given_up(group: ProcessGroup, tmp_path: Path) -> None:
    group.start(_program("bad", "print('no such thing'); raise SystemExit(3)", tmp_path / "never"))
    with pytest.raises(EngineError, match=r"bad ends at once, 3 times: no such thing\n.*bad\.log"):
        group.wait_until_healthy("bad", PATIENCE_SECONDS)


def test_a_program_that_never_answers_is_not_awaited_for_ever(group: ProcessGroup, tmp_path: Path) -> None:
    group.start(_program("mute", "import time; time.sleep(600)", tmp_path / "never"))
    with pytest.raises(EngineError, match="mute did not answer within 1 s"):
        group.wait_until_healthy("mute", 1)


def test_all_stop_the_last_one_first(group: ProcessGroup, tmp_path: Path) -> None:
    for name in "abc":
        group.start(_program(name, _WORKS, tmp_path / name))
        group.wait_until_healthy(name, PATIENCE_SECONDS)
    pids = [state.pid for state in group.states()]
    assert group.stop() == ["c", "b", "a"]
    assert group.states() == []
    assert not any(map(psutil.pid_exists, pids))


def test_a_program_that_cannot_be_started_again_for_now_is_started_later(group: ProcessGroup, tmp_path: Path) -> None:
    group.start(_program("a", _WORKS, tmp_path / "up"))
    group.wait_until_healthy("a", PATIENCE_SECONDS)
    log = tmp_path / "a.log"
    log.rename(tmp_path / "aside")
    log.mkdir()  # as on a full disk: its log cannot be opened
    (first,) = group.states()
    psutil.Process(first.pid).kill()
    wait_until(lambda: group.tend() == ["a"])
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        group.tend()
    assert group.states()[0].restarts == 0
    log.rmdir()
    wait_until(lambda: not group.tend() and group.states()[0].restarts == 1)
