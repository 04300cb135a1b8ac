"""Where an agent's files lie, by platform; `RECALL_AGENT_HOME` puts all of them below one folder.

config folder   agent.toml      what its owner sets
                credentials     what enrolment gave: token, server, key to seal to (0600)
state folder    spool/          sealed items that no server has taken yet (0700)
                keys/           the key that contents are tagged with
                landing-key.json  the successor of the key that enrolment gave
                status.json     what the running agent says of itself
                pause.json      until when the owner paused it

The agent that `recall up` runs has both in $RECALL_HOME/agent/<id>/. Where this user enrolled no other, it is meant.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "RECALL_AGENT_HOME"
_NAME = "recall-agent"
_SERVERS_AGENTS = "agent/*/status.json"  # of an agent that `recall up` ran, in $RECALL_HOME


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders of an agent and what lies in them; `make` makes them, for the owner alone."""

    config: Path
    state: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "agent.toml"

    @property
    def credentials_file(self) -> Path:
        """What enrolment writes; under systemd the credential `recall-agent`, where the unit loads one."""
        loaded = Path(os.environ.get("CREDENTIALS_DIRECTORY", "")) / _NAME
        return loaded if "CREDENTIALS_DIRECTORY" in os.environ and loaded.exists() else self.config / "credentials"

    @property
    def spool(self) -> Path:
        return self.state / "spool"

    @property
    def keys(self) -> Path:
        return self.state / "keys"

    @property
    def landing_key_file(self) -> Path:
        """The newest key to seal to, where it is not the one of enrolment any more."""
        return self.state / "landing-key.json"

    @property
    def status_file(self) -> Path:
        return self.state / "status.json"

    @property
    def pause_file(self) -> Path:
        return self.state / "pause.json"

    @property
    def lock_file(self) -> Path:
        return self.state / "lock"

    def make(self) -> None:
        """Makes what is missing, 0700.

        Raises:
            OSError: a folder cannot be made.
        """
        for folder in (self.config, self.state, self.spool, self.keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def agent_places() -> Places:
    """The folders of this user's agent on this machine."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        folder = Path(home).expanduser().absolute()
        return Places(folder, folder)
    return Places(
        Path(platformdirs.user_config_dir(_NAME, appauthor=False)),
        Path(platformdirs.user_state_dir(_NAME, appauthor=False)),
    )


def meant_places() -> Places:
    """The folders of the agent that somebody asks about or pauses, who may not know that `recall up` runs it.

    Named or enrolled by this user: that one. Otherwise the one that Recall ran last on this machine, if it ever did.
    """
    own = agent_places()
    if os.environ.get(HOME_VARIABLE) or own.credentials_file.exists():
        return own
    server = Path(os.environ.get("RECALL_HOME") or platformdirs.user_data_dir("recall"))
    ran = max(server.glob(_SERVERS_AGENTS), key=lambda told: told.stat().st_mtime, default=None)
    return own if ran is None else Places(ran.parent, ran.parent)


def stamps(path: Path) -> tuple[int, ...]:
    """What is another value when the file is another one; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
