"""`recall demo --once` in a home that does not exist yet, and again in the one that it left.

nothing ─► first summary on the terminal, seconds ─► once more: everything is in place
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Prints one line."""
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        Path(folder).chmod(0o755)  # as root the server's own user must reach its part of it
        first, again = (_demo(Path(folder)) for _ in range(2))
    print(f"start: first day summary after {first:.1f} s, the same command again {again:.1f} s")


def _demo(folder: Path) -> float:
    environment = os.environ | {
        "RECALL_HOME": str(folder / "home"),
        "RECALL_SERVICE_FOLDER": str(folder / "service"),
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "recall_assets.cli", "demo", "--once"]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
