"""Tells the owner: a notification on the desktop of this session, and a POST to a webhook.

    Linux     org.freedesktop.Notifications on the session's D-Bus        macOS    osascript
    webhook   JSON, https or loopback, ten seconds, no redirect

Where there is no desktop (a server without a session, Windows), nothing is shown and nobody is asked again.
"""

import subprocess
import sys
from collections.abc import Mapping

import httpx

_SECONDS = 10.0
_SCRIPT = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"


def show(title: str, text: str) -> bool:
    """Whether the notification was shown on the desktop of this session."""
    if sys.platform == "darwin":
        command = ["/usr/bin/osascript", "-e", _SCRIPT, title, text]
        return subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS).returncode == 0  # noqa: S603
    return sys.platform == "linux" and _over_dbus(title, text)


def _over_dbus(title: str, text: str) -> bool:
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import DBusErrorResponse, unwrap_msg

    service = DBusAddress(
        "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
    )
    told: tuple[object, ...] = ("Recall", 0, "", title, text, [], {}, -1)
    notify = new_method_call(service, "Notify", "susssasa{sv}i", told)
    try:
        with open_dbus_connection("SESSION") as bus:
            unwrap_msg(bus.send_and_get_reply(notify, timeout=_SECONDS))
    except (OSError, KeyError, TimeoutError, DBusErrorResponse):  # no session, no bus, nobody who shows it
        return False
    return True


def post(url: str, payload: Mapping[str, object]) -> bool:
    """Whether the webhook took it: an answer of 2xx."""
    try:
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            return client.post(url, json=dict(payload)).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
