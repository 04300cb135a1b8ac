"""Keeps what a process has in memory out of files and out of other processes, as far as the system lets it.

    no_core_dumps      a crash writes no image of the memory        every process that sees clear text
    no_inspection      Linux: nobody but root attaches or reads it  workers that read screens and sound, and the
                                                                    short-lived process that opens the vault

A limit of zero is not obeyed by every program to which a system pipes its dumps; a process that may not be dumped is.
Neither keeps a program of the same user from reading what is typed or shown; see docs/security.md.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def no_core_dumps() -> None:
    """From here on this process and its children leave no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def no_inspection() -> None:
    """From here on no other process of this user may attach to this one, nor does it leave a core dump."""
    no_core_dumps()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
