"""Where the CPU time of a piece of code goes, by looking at its stack every few milliseconds of CPU time.

stack  main > compare > ScreenReader.read > Cascade.read_lines > LineRecogniser.read > run     ─► "recogniser"
       innermost first, the first function that has a name in `parts` gets what went by since the last look
"""

import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

EVERY_SECONDS = 0.002


class CpuShares:
    """CPU seconds by part; `parts` names functions as `co_qualname` does."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self.seconds = defaultdict[str, float](float)
        self._parts = parts
        self._last = 0.0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Counts what happens inside; in the main thread only."""
        self._last = time.process_time()
        before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    def __str__(self) -> str:
        total = sum(self.seconds.values()) or 1.0
        found = sorted(self.seconds.items(), key=lambda item: -item[1])
        return ", ".join(f"{seconds / total:.2f} {part}" for part, seconds in found)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        now = time.process_time()
        while frame is not None and frame.f_code.co_qualname not in self._parts:
            frame = frame.f_back
        # A call into C ends before we look: what went by since then is its, however long it took.
        self.seconds["the rest" if frame is None else self._parts[frame.f_code.co_qualname]] += now - self._last
        self._last = now
