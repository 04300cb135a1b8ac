"""A dump of one schema, made before a migration changes it.

    database ── pg_dump --format=custom ──► <folder>/recall-<revision>-<time>.dump   (0600)

`pg_restore --clean --if-exists --dbname URL FILE` brings it back.
"""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from recall_assets.errors import DatabaseError
from recall_assets.settings import postgres_binaries


def dump(url: URL, schema: str, folder: Path, *, label: str) -> Path:
    """The file that now holds all of `schema`; for the owner alone.

    Raises:
        DatabaseError: pg_dump failed; no file is left.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _failed(str(error)) from error
    file = folder / f"recall-{label}-{datetime.now(UTC):%Y%m%dT%H%M%S}.dump"
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = {**os.environ, "PGPASSWORD": url.password or ""} if url.password else dict(os.environ)
    command = [
        str(postgres_binaries() / "bin" / "pg_dump"),
        "--format=custom",
        f"--schema={schema}",
        f"--dbname={address.render_as_string()}",
    ]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environment, check=False)  # noqa: S603
    if done.returncode != 0:
        file.unlink()
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise _failed(reason)
    return file


def _failed(reason: str) -> DatabaseError:
    return DatabaseError(
        f"The dump before the migration failed: {reason}",
        "Make a backup of your own, then run `recall migrate --no-dump`.",
    )
