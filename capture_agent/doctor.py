"""`recall-agent doctor`: whether frames of this machine reach the server, checked one thing after another.

    credentials ─► settings ─► folders ─► disk ─► screens ─► server, its key, its clock ─► agent ─► a fresh frame there

The last one is the proof. Where the agent runs, its own frames count: one was kept and uploaded lately. Where it does
not run, the screens are grabbed, encoded and sealed in memory, and the server is asked for the key; nothing is sent,
since a frame that nobody asked for would be in the owner's day.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from capture_agent.changes import Keep, Look
from capture_agent.config import ConfigError, read_config
from capture_agent.credentials import Credentials, CredentialsError, read_credentials
from capture_agent.desktop import Screens, ScreensError
from capture_agent.enrolment import LOOPBACK, trust
from capture_agent.painting import is_uniform
from capture_agent.places import Places
from capture_agent.seal import SealError, sender_tag_key, trusted_landing_key
from capture_agent.sealing import Identity, seal_frame
from capture_agent.status import Status, is_alive, judge_status, local_now, read_status
from capture_agent.upload import Patience, Uploader, UploadError

_LEAST_FREE = 500_000_000
_CLOCK_OFF = timedelta(minutes=2)
_FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    check: str
    well: bool
    says: str
    remedy: str | None = None


def examine(places: Places, open_screens: Callable[[], Screens]) -> Iterator[Finding]:
    """What was found, in this order; later checks rest on earlier ones."""
    credentials = None
    try:
        credentials = read_credentials(places.credentials_file)
        yield Finding("credentials", True, f"{credentials.deployment}, at {credentials.url}")
    except CredentialsError as error:
        yield _from_error("credentials", error)
    yield _settings(places)
    yield _folders(places)
    yield _disk(places)
    yield _screens(places, open_screens, credentials)
    if credentials is not None:
        yield from _server(credentials)
    yield _agent(read_status(places.status_file), local_now())


def _settings(places: Places) -> Finding:
    try:
        read_config(places.settings_file)
    except ConfigError as error:
        return Finding("settings", False, str(error), "Mend that line, then:  recall-agent config check")
    return Finding("settings", True, str(places.settings_file) if places.settings_file.exists() else "the defaults")


def _folders(places: Places) -> Finding:
    try:
        places.make()
    except OSError as error:
        return Finding("folders", False, f"{error.filename} cannot be made: {error.strerror}", "Give it to this user.")
    open_ones = [
        path
        for path in (places.state, places.spool, places.keys)
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_ones:
        named = " ".join(map(str, open_ones))
        return Finding("folders", False, f"Others can look into {named}", f"chmod 700 {named}")
    return Finding("folders", True, str(places.state))


def _disk(places: Places) -> Finding:
    folder = places.spool if places.spool.exists() else places.state.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("disk", False, f"{folder}: {error.strerror}", "Check that the disk is there.")
    says = f"{free / 1e9:.1f} GB free where frames wait"
    if free < _LEAST_FREE:
        return Finding("disk", False, says, "Make room, or lower [spool] megabytes in the settings.")
    return Finding("disk", True, says)


def _screens(places: Places, open_screens: Callable[[], Screens], credentials: Credentials | None) -> Finding:
    try:
        screens = open_screens()
    except ScreensError as error:
        return _from_error("screens", error)
    try:
        monitors, desktop = screens.monitors(), screens.desktop()
        sizes = []
        for monitor in monitors:
            pixels = screens.grab(monitor)
            if is_uniform(pixels) and not desktop.locked:
                says = f"{screens.name}: monitor {monitor.index} gives an image of one colour"
                return Finding("screens", False, says, "Allow screen recording, or open a window on it.")
            if credentials is not None:
                keep = Keep(Look(local_now(), pixels, desktop.idle), "change")
                key = trusted_landing_key(credentials.landing_key, bytes.fromhex(credentials.identity))
                tag_key = sender_tag_key(places.keys)
                size = len(seal_frame(keep, monitor, (), key, Identity(credentials.deployment, tag_key)).envelope)
                sizes.append(f"{monitor.rect[2]}x{monitor.rect[3]} ({size / 1000:.0f} kB sealed)")
    except (ScreensError, SealError, OSError) as error:
        return _from_error("screens", error)
    finally:
        screens.close()
    idle = "not told" if desktop.idle is None else f"{desktop.idle.total_seconds():.0f} s"
    windows = f"{len(desktop.windows)} windows, idle {idle}{', locked' * desktop.locked}"
    return Finding("screens", True, f"{screens.name}: {', '.join(sizes) or len(monitors)}; {windows}")


def _server(credentials: Credentials) -> Iterator[Finding]:
    local = urlsplit(credentials.url).hostname in LOOPBACK
    try:
        verify = trust(credentials.ca)
        answer = httpx.get(f"{credentials.url}/health", timeout=10, verify=verify, trust_env=not local)
    except httpx.HTTPError as error:
        remedy = "Start it with `recall up`; from another machine: `recall up --listen ADDRESS`. Frames wait meanwhile."
        yield Finding("server", False, f"{credentials.url} cannot be reached: {error}", remedy)
        return
    yield _clock(answer)
    try:
        patience = Patience(attempts=1)
        with Uploader(credentials.url, credentials.token, authority=credentials.ca, patience=patience) as uploader:
            trusted_landing_key(uploader.landing_key(), bytes.fromhex(credentials.identity))
    except UploadError as error:
        yield Finding("server", False, error.problem, error.remedy)
    except SealError as error:
        yield Finding("server", False, str(error), "If you made the server anew, enrol this machine again.")
    else:
        yield Finding("server", True, f"{credentials.url} knows this machine and shows the pinned identity")


def _clock(answer: httpx.Response) -> Finding:
    try:
        off = datetime.now(UTC) - parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return Finding("clock", True, "the server does not tell its own")
    if abs(off) > _CLOCK_OFF:
        way = "ahead of" if off > timedelta() else "behind"
        says = f"This clock is {abs(off) // timedelta(minutes=1)} min {way} the server's"
        return Finding("clock", False, says, "Set this machine's clock, or let it be set from the network.")
    return Finding("clock", True, "as the server's")


def _agent(status: Status | None, now: datetime) -> Finding:
    verdict = judge_status(status, now, alive=is_alive(status))
    if not verdict.well or status is None:
        return Finding("agent", False, verdict.says, " ".join(verdict.problems))
    uploaded = status.last_uploaded_at
    if verdict.state == "recording" and (uploaded is None or now - uploaded > _FRESH) and status.spooled_items:
        return Finding("agent", False, "Frames are kept, but none has reached the server lately.", "See above.")
    told = "none since the start" if uploaded is None else f"the last one at {uploaded.astimezone(now.tzinfo):%H:%M:%S}"
    return Finding("agent", True, f"{verdict.says} Uploaded: {told}")


def _from_error(check: str, error: Exception) -> Finding:
    problem, _, remedy = str(error).partition(". ")
    return Finding(check, False, problem, remedy or None)
