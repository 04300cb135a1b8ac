"""A dump of one schema or database, and its way back.

    database ── pg_dump --format=custom ──► <folder>/recall-<revision>-<time>.dump   (0600)   before a migration
                                       └──► any file                                          in a backup
    file ── pg_restore ──► a database without those tables

`pg_restore --clean --if-exists --dbname URL FILE` brings one back by hand.
"""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

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
    if reason := write_dump(url, file, f"--schema={schema}"):
        raise _failed(reason)
    return file


def write_dump(url: URL, file: Path, *options: str) -> str:
    """Writes what pg_dump's options choose into a new file for the owner alone; why it failed, empty if it did not."""
    command = ["pg_dump", "--format=custom", *options]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        reason = _run(url, command, out)
    if reason:
        file.unlink()
    return reason


def read_dump(url: URL, file: Path) -> str:
    """Restores a dump into a database that has nothing of it; why it failed, empty if it did not."""
    # Comments: those of extensions belong to the administrator who created them, where that is not us.
    command = ["pg_restore", "--no-owner", "--no-comments", "--exit-on-error", "--single-transaction", str(file)]
    return _run(url, command, subprocess.DEVNULL)


def _run(url: URL, command: list[str], out: IO[bytes] | int) -> str:
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = {**os.environ, "PGPASSWORD": url.password or ""} if url.password else dict(os.environ)
    program, *options = command
    words = [str(postgres_binaries() / "bin" / program), f"--dbname={address.render_as_string()}", *options]
    done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, env=environment, check=False)  # noqa: S603
    reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
    return "" if done.returncode == 0 else reason or f"exit code {done.returncode}"


def _failed(reason: str) -> DatabaseError:
    return DatabaseError(
        f"The dump before the migration failed: {reason}",
        "Make a backup of your own, then run `recall migrate --no-dump`.",
    )
