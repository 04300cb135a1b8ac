"""Whether the session is locked, as far as other programs tell: logind's LockedHint, and the windows of lockers.

system bus ─ org.freedesktop.login1 ─ session/auto ─ LockedHint      (GNOME, KDE, Xfce and others set it)
a window of a known locker, or one without any name that covers the whole screen and obeys no window manager
"""

import contextlib
import re
import time

from jeepney import DBusAddress, Properties
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_SESSION = DBusAddress(
    "/org/freedesktop/login1/session/auto", "org.freedesktop.login1", "org.freedesktop.login1.Session"
)
_TIMEOUT_SECONDS = 0.5
_RETRY_SECONDS = 60.0
# By the class or the title of their windows.
_LOCKERS = re.compile(
    r"^(i3lock|xsecurelock|slock|xscreensaver|xlock|xtrlock|alock|light-?locker|lightdm|gnome-screensaver"
    r"|mate-screensaver|cinnamon-screensaver|xfce4-screensaver|kscreenlocker(_greet)?|betterlockscreen|physlock"
    r"|swaylock|waylock|hyprlock|gtklock|loginwindow|screensaverengine|lockapp|logonui)",
    re.IGNORECASE,
)


def is_locker(app: str, title: str) -> bool:
    """Whether a window of this name locks the screen."""
    return _LOCKERS.match(app) is not None or (not app and _LOCKERS.match(title) is not None)


class SessionLock:
    """Asks logind; without one, or without a session of this user there, nothing counts as locked."""

    def __init__(self) -> None:
        self._bus: DBusConnection | None = None
        self._not_before = 0.0

    def __call__(self) -> bool:
        if self._bus is None and time.monotonic() < self._not_before:
            return False
        try:
            self._bus = self._bus or open_dbus_connection("SYSTEM")
            answer = self._bus.send_and_get_reply(Properties(_SESSION).get("LockedHint"), timeout=_TIMEOUT_SECONDS)
            return bool(answer.body[0][1])
        except (OSError, KeyError, ValueError, IndexError, TypeError, ConnectionError):
            self.close()
            self._not_before = time.monotonic() + _RETRY_SECONDS
            return False

    def close(self) -> None:
        """Lets go of the bus."""
        if self._bus is not None:
            with contextlib.suppress(OSError):
                self._bus.close()
        self._bus = None
