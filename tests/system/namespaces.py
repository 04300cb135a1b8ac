"""Two network namespaces joined by a cable, as two machines: nothing of this machine's own network changes.

    here: no new address       server ─ 10.231.77.1 ══ veth ══ 10.231.77.2 ─ agent

Needs root, or a sudo that asks for nothing; the kernel must allow namespaces.
"""

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

SERVER_ADDRESS, AGENT_ADDRESS = "10.231.77.1", "10.231.77.2"
_AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
_AS_US = [] if os.geteuid() == 0 else ["sudo", "-n", "-E", "-u", getpass.getuser()]


@dataclass(frozen=True)
class Machine:
    """One namespace."""

    name: str
    address: str

    def command(self, *words: str) -> list[str]:
        """What runs these words there, as this user."""
        return [*_AS_ROOT, "ip", "netns", "exec", self.name, *_AS_US, *words]


@contextmanager
def two_machines() -> Iterator[tuple[Machine, Machine]]:
    """The server's machine and the agent's; gone at the end, with whatever still listens there."""
    mark = uuid4().hex[:6]
    ends = Machine(f"recall-s-{mark}", SERVER_ADDRESS), Machine(f"recall-a-{mark}", AGENT_ADDRESS)
    try:
        for machine in ends:
            _ip("netns", "add", machine.name)
        _ip("-n", ends[0].name, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", ends[1].name)
        for machine in ends:
            _ip("-n", machine.name, "address", "add", f"{machine.address}/30", "dev", "cable")
            for device in ("lo", "cable"):
                _ip("-n", machine.name, "link", "set", device, "up")
        yield ends
    finally:
        for machine in ends:
            subprocess.run([*_AS_ROOT, "ip", "netns", "delete", machine.name], check=False, capture_output=True)


def _ip(*words: str) -> None:
    done = subprocess.run([*_AS_ROOT, "ip", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
