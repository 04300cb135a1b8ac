"""A signal ends the process: at once where the loop waits, and soon where it hangs in a call that never returns."""

import signal
import subprocess
import sys
import time

import pytest

_PROGRAM = """
import threading
from capture_agent.stopping import stop_on_signals
stop = stop_on_signals(within_seconds={within})
lock = threading.Lock()
print("ready", flush=True)
{loop}
print("in order", flush=True)
"""
_WAITS, _HANGS = "stop.wait()", "lock.acquire() and lock.acquire()"


def _told(loop: str, *signals: signal.Signals, within: float) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that is sent these signals."""
    program = [sys.executable, "-c", _PROGRAM.format(loop=loop, within=within)]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for each in signals:
        process.send_signal(each)
        time.sleep(0.5)  # two at once would be one
    said, complained = process.communicate(timeout=300)
    return process.returncode, said, complained


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_loop_that_waits_ends_in_order(name: signal.Signals) -> None:
    assert _told(_WAITS, name, within=20) == (0, "in order\n", "")


def test_one_that_hangs_is_ended_and_its_log_says_where() -> None:
    code, said, complained = _told(_HANGS, signal.SIGTERM, within=0.1)
    assert (code, said) == (1, "")
    assert 'File "<string>", line 7 in <module>' in complained


def test_a_second_signal_ends_it_at_once() -> None:
    assert _told(_HANGS, signal.SIGINT, signal.SIGINT, within=20)[0] == 130
