"""A small parent around one program, so that nothing of it outlives whoever asked for it.

    recall up ══ pipe to stdin ══► guard (own session) ──► program ──► its workers, theirs, …
    the pipe ends (stop, Ctrl+C, kill -9 of `up`)  ─► SIGTERM to the program, then to all below it, then SIGKILL
    the program ends by itself                     ─► the same for what it left behind; its exit code is ours

On Linux processes whose parent died come back to the guard (subreaper), so that not even a daemon slips away.
`python -m recall_assets.engines.guard COMMAND ...`; imports nothing heavy.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

import psutil

# linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_PROGRAM_SECONDS = 15.0
_WORKER_SECONDS = 5.0


class _Leave(Exception):  # noqa: N818 - no error: the way out of waiting
    """Whoever asked for the program is gone, or wants it stopped."""


def main(command: list[str]) -> int:
    """Runs the command until it ends or stdin does; its exit code, 0 if it was stopped."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    # A shell's background job ignores Ctrl+C, and what ignores a signal hands that on: Dagster would then ignore both.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    program = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),  # no thread runs yet, so this is safe
    )
    code = 0
    try:
        signal.signal(signal.SIGTERM, _leave)
        threading.Thread(target=_leave_with_stdin, daemon=True).start()
        code = _reap_until_ended(program.pid)
    except _Leave:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _end(program.pid)
    return code


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _leave(_signal: int, _frame: object) -> None:
    raise _Leave


def _leave_with_stdin() -> None:
    # Not sys.stdin: a thread that holds its lock at the end of the interpreter is a fatal error.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _reap_until_ended(pid: int) -> int:
    """Waits for the program, and buries orphans that came to us meanwhile."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            return os.waitstatus_to_exitcode(status) % 256


def _end(pid: int) -> None:
    _signal([process for process in _family() if process.pid == pid], signal.SIGTERM, _PROGRAM_SECONDS)
    _signal(_family(), signal.SIGTERM, _WORKER_SECONDS)
    while family := _family():  # what is forked meanwhile is found in the next round
        _signal(family, signal.SIGKILL, 1.0)


def _family() -> list[psutil.Process]:
    """All that live below us."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return [process for process in psutil.Process().children(recursive=True) if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _signal(processes: list[psutil.Process], number: signal.Signals, seconds: float) -> None:
    """Sends it to each, and returns when all have ended or the time is over."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)
    deadline = time.monotonic() + seconds
    while any(_lives(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
