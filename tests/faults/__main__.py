"""`make faults N=300 SEED=1`: the campaign with everything in a folder of its own, its table at the end.

python -m tests.faults [N [SEED]]        exit code 1 if anything was lost, is there twice, or did not mend

Ctrl+C ends the faults, and counts what is left; twice, it leaves at once.
"""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import Campaign


def main(faults: int, seed: int) -> int:
    """The exit code."""
    with tempfile.TemporaryDirectory(prefix="recall-faults-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # as root PostgreSQL runs as another user
        print(f"{faults} faults, seed {seed}", flush=True)
        campaign = Campaign(folder, seed, lambda line: print(line, flush=True))
        signal.signal(signal.SIGINT, lambda _signal, _frame: _enough(campaign))
        try:
            outcome = campaign.run(faults)
        except BaseException:
            print(f"\nlogs: {_keep_logs(folder)}", flush=True)
            raise
        print(outcome.table())
        if not outcome.well:
            print(f"logs: {_keep_logs(folder)}")
    return 0 if outcome.well else 1


def _enough(campaign: Campaign) -> None:
    if campaign.enough:
        raise KeyboardInterrupt
    campaign.enough = True


def _keep_logs(folder: Path) -> Path:
    """Where all logs lie after the folder is gone."""
    kept = Path(tempfile.mkdtemp(prefix="recall-faults-logs-"))
    for log in folder.rglob("*log"):
        if log.is_file():
            shutil.copy(log, kept / log.relative_to(folder).as_posix().replace("/", "-"))
    return kept


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [25, 1][len(given) :])))
