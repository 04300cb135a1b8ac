"""`make bench`: every benchmark in a process of its own, its figures one a line.

    python -m tests.benchmarks              all, in this order
    python -m tests.benchmarks recording    one

Those of the sample share one home, so that it is read once; `KEEP=DIR` keeps it for the next time.
Where a time is told, two ways are compared in one run: a ratio holds on a noisy machine, a second does not.
"""

import os
import subprocess
import sys
import tempfile

BENCHMARKS = (
    "recording",
    "search",
    "fusion",
    "search_speed",
    "reading",
    "speech",
    "capture",
    "kept_frames",
    "activities",
    "memories",
    "models",
    "importing",
    "graph_overhead",
    "capacity",
    "timeline",
    "start",
)


OF_THE_SAMPLE = frozenset(("recording", "search", "speech", "memories"))


def main(names: list[str]) -> int:
    """The exit code: 1 where a benchmark failed; the others are run all the same."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        shared = {"KEEP": os.environ.get("KEEP", folder)}
        for name in names or BENCHMARKS:
            print(f"# {name}", flush=True)
            environment = os.environ | shared if name in OF_THE_SAMPLE else None
            if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], env=environment).returncode:
                failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
