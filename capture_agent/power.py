"""Whether this machine runs on battery, and whether its network is paid by volume; asked now and then, not each second.

psutil ─► on battery?            NetworkManager, over busctl ─► metered?            neither told: None
"""

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

_ASK_EVERY_SECONDS = 30.0
# NetworkManager's values: yes, and "guess yes" of a phone that shares its connection.
_METERED = {"1", "3"}
_UNMETERED = {"2", "4"}


def on_battery() -> bool | None:
    """Whether a battery is in use; None where there is none or nothing tells."""
    try:
        battery = psutil.sensors_battery()
    except (OSError, AttributeError, NotImplementedError):
        return None
    return None if battery is None or battery.power_plugged is None else not battery.power_plugged


def on_metered() -> bool | None:
    """Whether the network is metered, as NetworkManager says it; None where nothing tells."""
    busctl = shutil.which("busctl")
    if busctl is None:
        return None
    service, place = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
    command = [busctl, "get-property", "--timeout=2", service, place, service, "Metered"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    value = answer.stdout.split()[-1:]
    return True if value and value[0] in _METERED else False if value and value[0] in _UNMETERED else None


@dataclass(slots=True)
class Remembered:
    """The answer to one of these questions, asked again only after a while."""

    ask: Callable[[], bool | None]
    _answer: bool | None = None
    _asked_at: float = field(default=float("-inf"))

    def __call__(self) -> bool | None:
        now = time.monotonic()
        if now - self._asked_at >= _ASK_EVERY_SECONDS:
            self._answer, self._asked_at = self.ask(), now
        return self._answer
