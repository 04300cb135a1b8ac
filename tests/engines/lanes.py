"""Functions that run in worker processes of tests, and misbehave when told to."""

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

from recall_assets.errors import EngineError
from recall_assets.home import Home
from recall_assets.intake.worker import MakeReader

Do = Callable[[str, bool], str]


def remembering() -> Do:
    """Answers with all that the lane gave so far."""
    seen: list[str] = []

    def do(item: str, starts: bool) -> str:
        if starts:
            seen.clear()
        seen.append(item)
        return " ".join(seen)

    return do


def misbehaving() -> Do:
    """Does what the item says."""

    def do(item: str, starts: bool) -> str:
        if item == "hang":
            time.sleep(600)
        if item == "crash":
            os.kill(os.getpid(), 9)
        if item == "eat":
            return str(len(bytearray(10**11)))
        if item == "raise":
            raise ValueError("hunter2 stood on the screen")
        return item.upper()

    return do


def thread_limit() -> Do:
    """Answers with what tesseract's OpenMP will see."""
    return lambda item, starts: os.environ["OMP_THREAD_LIMIT"]


def dumpable(home: Path) -> Do:
    """Becomes a reader of screens, and answers with what Linux would let others do with its memory: 0 is nothing."""
    MakeReader(Home(home), 1, "cascade", "eng")()
    return lambda item, starts: str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE


def broken() -> Do:
    raise EngineError("no language data")
