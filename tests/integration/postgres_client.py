"""A process that uses the embedded server until its standard input ends: `python -m tests.integration.postgres_client`.

It prints the database's address once the server is ready. Tests start several and kill some.
"""

import sys

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import load_settings

if __name__ == "__main__":
    with running_postgres(load_settings(), durable=False) as database:
        print(database.url, flush=True)
        sys.stdin.read()
