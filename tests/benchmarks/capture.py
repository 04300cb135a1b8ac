"""What capture costs under Xvfb at 1920x1080, beside a plain loop "grab, PNG, write": CPU, memory, bytes, in one run.

    xterm that stands ──┐              ┌─► the agent's loop: desktop, grab, compare │ encode, seal, spool
    xterm that is typed ┼─ same screen ┤
    a page that scrolls ┘              └─► plain loop: grab, PNG, write, every look

Both look once a second; here the looks follow each other, and the CPU time of a look is told. Bytes an hour are those
of an hour of which a quarter is typed in, a quarter turns a page every 3 s, and half stands.
"""

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import mss
import psutil
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from PIL import Image

from capture_agent.agent import Agent, Rules
from capture_agent.config import Config
from capture_agent.exclusions import exclusions
from capture_agent.messages import landing_key_id
from capture_agent.protocol import SUITE_X25519_SHA256_AES256GCM
from capture_agent.screens.x11 import X11Screens
from capture_agent.seal import LandingKey
from capture_agent.sealing import Identity
from capture_agent.spool import Spool
from tests.system.x_server import XScreen, desktop

_STILL_LOOKS = 100
_CHANGES = 15
_LINES = 40


class _Ticks:
    """A second passes from look to look, on both clocks."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._began = datetime.now().astimezone()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.passed)

    def tick(self) -> float:
        return self.passed


class Bench:
    """An agent on a screen."""

    def __init__(self, screen: XScreen, folder: Path) -> None:
        self.screens = X11Screens(screen.address, locked=lambda: False)
        self.clock = _Ticks()
        self.spool = Spool(folder / "spool", 1_000_000_000)
        public = X25519PrivateKey.generate().public_key()
        key = LandingKey(landing_key_id(SUITE_X25519_SHA256_AES256GCM, public.public_bytes_raw()), public)
        rules = Rules(Config(), exclusions(Config().exclude))
        identity = Identity("bench", bytes(32))
        self.agent = Agent(lambda: self.screens, self.spool, identity, lambda: key, lambda: rules, self.clock)

    def look(self) -> None:
        self.agent.look(self.screens)
        self.clock.passed += 1


def main() -> None:
    """Prints the figures."""
    if not sys.platform.startswith("linux"):
        print("capture: measured under Xvfb only")
        return
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as temporary:
        folder = Path(temporary)
        with desktop(folder, "1920x1080") as screen:
            typed = folder / "typed"
            typed.write_text("\n".join(f"{n:04d} the quick brown fox jumps over the lazy dog" for n in range(60)))
            screen.run("xterm", "-T", "typed", "-geometry", "300x75+0+0", "-e", "tail", "-n", "+1", "-f", str(typed))
            screen.window("typed")
            time.sleep(1)
            _measure(Bench(screen, folder), typed, folder, screen.address)


def _measure(bench: Bench, typed: Path, folder: Path, address: str) -> None:
    for _ in range(3):
        bench.look()
    still = _cpu(bench.look, _STILL_LOOKS)
    size, kept = bench.spool.size, bench.agent.condition.kept
    changed = _changes(bench, typed)
    page = (bench.spool.size - size) / max(1, bench.agent.condition.kept - kept)
    size, kept, before = bench.spool.size, bench.agent.condition.kept, bench.clock.passed
    for _ in range(_CHANGES):
        _type(typed, "word ")
        bench.look()
    bench.look()
    seconds = bench.clock.passed - before
    typing, frames = (bench.spool.size - size) / seconds, bench.agent.condition.kept - kept
    memory = psutil.Process().memory_info().rss / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    plain, plain_size = _plain(folder, address)
    hour, plain_hour = 900 * typing + 300 * page, 3600 * plain_size
    print(f"a look at an unchanged screen: {still:.1f} ms CPU; grab, PNG, write: {plain:.1f} ms")
    print(f"a look at another page, kept: {changed:.1f} ms CPU; over grab, PNG, write: {changed / plain:.2f}")
    print(f"memory: {memory:.0f} MB resident, {peak:.0f} MB at most")
    print(f"a page {page / 1e3:.0f} kB sealed; typing for {seconds:.0f} s kept {frames} frames")
    ratio = plain_hour / hour
    print(f"an hour: {hour / 1e6:.1f} MB; grab, PNG, write {plain_hour / 1e6:.0f} MB, {ratio:.0f} times as much")


def _plain(folder: Path, address: str) -> tuple[float, float]:
    """CPU in ms and bytes of a look that grabs, encodes as PNG and writes."""
    sizes = []
    with mss.MSS(display=address) as grabber:

        def look() -> None:
            shot = grabber.grab(grabber.monitors[1])
            file = io.BytesIO()
            Image.frombytes("RGB", shot.size, shot.rgb).save(file, "PNG")
            (folder / "plain.png").write_bytes(file.getvalue())
            sizes.append(file.tell())

        return _cpu(look, _CHANGES), sum(sizes) / len(sizes)


def _changes(bench: Bench, typed: Path) -> float:
    """CPU in ms of a look at a page that is another one."""
    spent = 0.0
    for turn in range(_CHANGES):
        lines = (f"\n{turn:02d} {n * turn * 7919 % 9973:04d} a line of another page" for n in range(_LINES))
        _type(typed, "".join(lines))
        spent += _cpu(bench.look, 1)
    return spent / _CHANGES


def _type(typed: Path, text: str) -> None:
    with typed.open("a") as file:
        file.write(text)
    time.sleep(1.3)  # tail looks once a second


def _cpu(call: Callable[[], None], times: int) -> float:
    """CPU in ms of one call, of this process and its threads."""
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times * 1000


if __name__ == "__main__":
    main()
