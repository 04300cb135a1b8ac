"""`python -m recall_assets.cli.dagster_ui SOCKET WORKSPACE`: the Dagster UI on a socket of this user's alone.

    browser ─► our server: login, Host, Origin ─► /dagster ─► SOCKET (0600, its folder 0700) ─► Dagster's application

Dagster's own command listens on a port of loopback, where it asks nobody who they are: every user of the machine, and
every web page whose name is made to lead there, could start runs and read metadata.
"""

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from recall_assets.engines.sockets import DAGSTER_PREFIX

_STATEMENT_TIMEOUT_MS = 15_000
_POOL_RECYCLE_SECONDS = 3600
_POOL_OVERFLOW = 20
_POLL_MS = 2000


def main(arguments: Sequence[str]) -> None:
    """Serves until it is told to stop."""
    path, workspace = Path(arguments[0]), arguments[1]
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener, DagsterInstance.get() as instance:
        listener.bind(str(path))
        path.chmod(0o600)
        instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_SECONDS, _POOL_OVERFLOW)
        target = WorkspaceFileTarget([workspace])
        with WorkspaceProcessContext(instance, workspace_load_target=target, version=__version__) as context:
            app = create_app_from_workspace_process_context(context, DAGSTER_PREFIX, _POLL_MS)
            config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
            uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(sys.argv[1:])
