"""How the process ends when it is told to: in order within a moment, and in any case soon.

    SIGTERM, SIGINT ─► a byte in a socket ─► thread `signals` ─► stop is set ─► the loop ends, what can be is sent
                                               └─ 20 s later, or at a second signal: stacks to stderr, process ends

A handler of Python's own runs in the thread of the loop: only once that leaves a call of the windowing system, which an
X server that hangs never lets it, and in the middle of whatever that thread does, be it holding the lock of the event
that the handler sets. The byte is written by the interpreter's own handler and needs neither.
Ending at once loses nothing: what was acknowledged is on the disk.
"""

import faulthandler
import os
import signal
import socket
import sys
import threading

ENDS_WITHIN_SECONDS = 20.0


def stop_on_signals(within_seconds: float = ENDS_WITHIN_SECONDS) -> threading.Event:
    """An event that SIGTERM and SIGINT set; the process ends `within_seconds` after it, in order or not.

    Call it once, in the main thread.
    """
    stop = threading.Event()
    told, tells = socket.socketpair()
    tells.setblocking(False)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    signal.set_wakeup_fd(tells.fileno())
    # The socket that tells is closed when nothing names it any more, so the thread does.
    threading.Thread(target=_await, args=(told, tells, stop, within_seconds), name="signals", daemon=True).start()
    return stop


def _await(told: socket.socket, tells: socket.socket, stop: threading.Event, within_seconds: float) -> None:
    told.recv(1)
    stop.set()
    if sys.stderr is not None:  # none without a console on Windows
        # A thread of C: it needs no lock of the interpreter, which something that hangs may hold.
        faulthandler.dump_traceback_later(within_seconds, exit=True)
    told.recv(1)
    os._exit(130)
