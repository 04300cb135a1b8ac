"""`make faults N=200 SEED=1`: the campaign with a PostgreSQL and folders of its own, its table at the end.

python -m tests.faults [N [SEED]]        exit code 1 if a frame was lost or is there twice
"""

import os
import sys
import tempfile
from pathlib import Path

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import load_settings
from recall_assets.store.database import connect, migrate
from tests.faults.campaign import Campaign


def main(faults: int, seed: int) -> int:
    """The exit code."""
    for name in [name for name in os.environ if name.startswith("RECALL_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="recall-faults-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # as root PostgreSQL runs as another user
        os.environ |= {"RECALL_HOME": str(folder / "home"), "RECALL_SERVICE_FOLDER": str(folder / "service")}
        with running_postgres(load_settings(), durable=False) as database:
            os.environ["RECALL_DATABASE_URL"] = database.url
            engine = connect(database.url)
            migrate(engine, dump_folder=None)
            print(f"{faults} faults, seed {seed}", flush=True)
            outcome = Campaign(folder, load_settings(), engine, seed).run(faults, lambda line: print(line, flush=True))
            engine.dispose()
    print(outcome.table())
    return 0 if outcome.well else 1


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [25, 1][len(given) :])))
