"""The agent that `recall up` runs on its own machine, over loopback.

    settings.agent ─► probe: screens? no other agent here? ─► enrolled for this server? ─► recall-agent run
                        no: said, and nothing is captured        no: invited and enrolled first

    $RECALL_HOME/agent/<id>/    RECALL_AGENT_HOME: its credentials, settings, spool

It is enrolled like any other: by a link that works once. An id that another machine has is never taken over.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from recall_assets.cli.invitations import invitation
from recall_assets.cli.programs import program_environment
from recall_assets.engines.processes import Program
from recall_assets.errors import EngineError, InputError
from recall_assets.settings import Settings
from recall_assets.store import deployments
from recall_assets.store import settings as stored

AGENT = "agent"
HOME_VARIABLE = "RECALL_AGENT_HOME"

_KNOWN_IDS = "local_agents"
_PROBE_SECONDS = 30
_INVITED_FOR = timedelta(minutes=5)
_TOLD_LATELY = timedelta(seconds=30)
_PYTHON = sys.executable


def agent_home(settings: Settings) -> Path:
    """The folder of this home's agent of that id."""
    return settings.home.agents / settings.agent


def why_not_captured() -> str:
    """Why this machine's screens cannot be captured from here; empty where they can."""
    command = [_PYTHON, "-m", "capture_agent.probe"]
    try:
        asked = subprocess.run(  # noqa: S603
            command, env=program_environment({}), capture_output=True, timeout=_PROBE_SECONDS, check=True
        )
        found = json.loads(asked.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        return f"the agent cannot be run here ({type(error).__name__})"
    if found["enrolled"] is not None:
        return f"an agent of this user captures it already, as {found['enrolled']}"
    return str(found["why_not"] or "")


def enrol_this_machine(settings: Settings, engine: Engine, address: str, environment: Mapping[str, str]) -> None:
    """Makes this machine the deployment `settings.agent` of the server at `address`, if it is not yet.

    Raises:
        InputError: the id is another machine's, or was revoked.
        EngineError: it could not be enrolled; says why.
    """
    kept = agent_home(settings) / "credentials"
    with engine.begin() as connection:
        known = _check_is_ours(connection, settings.agent)
    if known and kept.exists():
        said = json.loads(kept.read_bytes())
        if (said["url"], said["deployment"]) == (address, settings.agent):
            return
    link = invitation(settings, engine, _INVITED_FOR, settings.agent if known else None, address=address)
    # Not as an argument, which other users of this machine can read.
    done = subprocess.run(  # noqa: S603
        [_PYTHON, "-m", "capture_agent", "enrol", "-", "--id", settings.agent],
        env=dict(environment),
        input=link,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EngineError(f"This machine cannot be enrolled: {done.stderr.strip()}", "Start with --no-agent.")
    with engine.begin() as connection:
        ours = {*(stored.read(connection, _KNOWN_IDS) or ()), settings.agent}
        stored.write(connection, _KNOWN_IDS, sorted(ours))


def agent_program(settings: Settings) -> Program:
    """What runs it."""
    return Program(AGENT, (_PYTHON, "-m", "capture_agent", "run"), lambda _since: doing(settings) not in {"", "failed"})


def doing(settings: Settings) -> str:
    """What the agent said lately of itself, one of `protocol.CaptureState`; empty where it said nothing."""
    try:
        said = json.loads((agent_home(settings) / "status.json").read_bytes())
        lately = datetime.now(UTC) - datetime.fromisoformat(said["at"]) < _TOLD_LATELY
    except (OSError, ValueError, KeyError):
        return ""
    return str(said["state"]) if lately else ""


def _check_is_ours(connection: Connection, deployment_id: str) -> bool:
    """Whether there is a deployment of that id, which then is this machine."""
    known = deployments.read(connection, deployment_id)
    if known is None:
        return False
    another = "Name another one with --agent ID, or start with --no-agent."
    if known.revoked_at is not None:
        raise InputError(f"Deployment {deployment_id} is revoked.", another)
    if deployment_id not in (stored.read(connection, _KNOWN_IDS) or ()):
        raise InputError(f"Deployment {deployment_id} is another machine.", another)
    return True
