"""Where sockets of a home lie, for this user alone: `home/run`, or a short folder where that path is too long."""

import hashlib
import os
import tempfile
from pathlib import Path

from recall_assets.errors import SettingsError
from recall_assets.settings import Home

DAGSTER_PREFIX = "/dagster"  # of every path of the Dagster UI, on its socket and on our server
_LONGEST_PATH = 107
_LONGEST_NAME = ".s.PGSQL.65535.lock"


def socket_folder(home: Home) -> Path:
    """The folder, which exists (0700).

    Raises:
        SettingsError: somebody else has a folder of its name.
    """
    if len(os.fsencode(home.run / _LONGEST_NAME)) <= _LONGEST_PATH:
        return home.run
    name = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"recall-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not folder.is_dir() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise SettingsError(f"{folder} is not ours alone.", "Remove it, or choose a shorter RECALL_HOME.")
    return folder


def dagster_socket(home: Home) -> Path:
    """Where the Dagster UI of this home listens."""
    return socket_folder(home) / "dagster.sock"
