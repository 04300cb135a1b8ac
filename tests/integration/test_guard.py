"""The guard around a program: what it ends, and what it says."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.integration.embedded import CHECKOUT, PATIENCE_SECONDS, wait_until

# Starts a worker, and a daemon in a session of its own, writes both pids, and goes on as the test wants.
_FAMILY = """
import os, subprocess, sys, time
worker = subprocess.Popen(["sleep", "600"])
daemon = subprocess.Popen(["sh", "-c", "setsid sleep 600 & echo $!"], stdout=subprocess.PIPE)
pids = f"{os.getpid()} {worker.pid} {daemon.stdout.readline().decode()}"
open(sys.argv[1] + ".part", "w").write(pids)
os.rename(sys.argv[1] + ".part", sys.argv[1])
"""


def _guarded(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "recall_assets.engines.guard", *command], stdin=subprocess.PIPE, cwd=CHECKOUT
    )


def _pids(file: Path) -> list[int]:
    wait_until(file.exists)
    return [int(pid) for pid in file.read_text().split()]


def _none_lives(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


def test_the_exit_code_is_the_programs() -> None:
    with _guarded("sh", "-c", "exit 7") as guard:
        assert guard.wait(PATIENCE_SECONDS) == 7


def test_when_stdin_ends_the_whole_family_does(tmp_path: Path) -> None:
    with _guarded(sys.executable, "-c", _FAMILY + "time.sleep(600)", str(tmp_path / "pids")) as guard:
        pids = _pids(tmp_path / "pids")
        guard.communicate(timeout=PATIENCE_SECONDS)
        assert guard.returncode == 0
        assert len(pids) == 3
        assert _none_lives(pids)


def test_a_program_hears_sigterm_also_where_ours_ignores_it(tmp_path: Path) -> None:
    # A shell cannot trap what was ignored when it began.
    program = 'trap "echo > $0.heard; exit 0" TERM; echo > "$0"; while :; do sleep 0.1; done'
    ignored = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        guard = _guarded("sh", "-c", program, str(tmp_path / "runs"))
    finally:
        signal.signal(signal.SIGTERM, ignored)
    with guard:
        wait_until((tmp_path / "runs").exists)
        guard.communicate(timeout=PATIENCE_SECONDS)
    assert (tmp_path / "runs.heard").exists()


def test_when_the_program_ends_what_it_left_does_too(tmp_path: Path) -> None:
    with _guarded(sys.executable, "-c", _FAMILY, str(tmp_path / "pids")) as guard:
        assert guard.wait(PATIENCE_SECONDS) == 0
        assert _none_lives(_pids(tmp_path / "pids"))


def test_when_the_guard_is_killed_the_program_ends(tmp_path: Path) -> None:
    with _guarded(sys.executable, "-c", _FAMILY + "time.sleep(600)", str(tmp_path / "pids")) as guard:
        program, *others = _pids(tmp_path / "pids")
        guard.kill()
        wait_until(lambda: _none_lives([program]))
        for pid in others:
            psutil.Process(pid).kill()
