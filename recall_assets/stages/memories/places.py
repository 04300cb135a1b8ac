"""Where a frame's person was: the page, document or file of the front window, and how long they stayed.

https://docs.example/vat?utm=1   VAT - Handbook - Browser   ─► page      docs.example/vat
contract.pdf - 2/3               a viewer                   ─► document  contract.pdf
vat.py + (~/src/shop) - VIM      an editor                  ─► file      ~/src/shop/vat.py
ada@mill: ~/src/shop             a terminal                 ─► no place; its repository is a resource of its own

10:00 vat   10:02 mail   10:03 vat   ...   vat stayed 2 min and then at most LONGEST_STAY: nobody may be there
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode
from uuid import UUID

from recall_assets.records import Activity, Frame
from recall_assets.stages.addresses import split_address
from recall_assets.stages.sentences.titles import subject_of

LONGEST_STAY = timedelta(minutes=5)

_FILE = re.compile(r"(?<![\w@/.])[*●•]?\s*([\w][\w .()-]*\.([a-z]\w{0,4}))(?![\w.@])", re.IGNORECASE)
_FOLDER = re.compile(r"[(\[]((?:~|/|[A-Z]:\\)[^)\]]*)[)\]]")
_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|od[tsp]|xlsx?|pptx?|rtf|txt|md|epub|csv|tex|pages|key|numbers|ps|djvu)$", re.IGNORECASE
)
# Parts of an address that say how one came, not what is there.
_WAY = re.compile(r"^(?:utm_\w+|fbclid|gclid|ref|referrer|source|session\w*|sid|token|auth\w*)$", re.IGNORECASE)
_LONGEST_QUERY = 80
_DOOR = re.compile(r"/(?:log-?in|sign-?in|sign-?up|log-?out|sign-?out|auth|oauth2?|sso)(?:/|$)", re.IGNORECASE)


class Place(NamedTuple):
    """What was open; `key` is the same for the same thing on every machine."""

    kind: str  # page, document or file
    key: str
    title: str
    uri: str | None = None
    path: str | None = None


def place_of(frame: Frame) -> Place | None:
    """What the front window of a frame's monitor held open; None where that is no page, document or file."""
    frame = _with_front_window(frame)
    split = split_address(frame.url)
    if split.scheme in ("http", "https") and split.hostname:
        if _DOOR.search(split.path):
            return None
        return _page(frame, split.hostname.removeprefix("www."))
    if split.scheme == "file":
        return _file(unquote(split.path).rpartition("/")[2], unquote(split.path).rpartition("/")[0])
    title = frame.window_title or ""
    named = _FILE.search(title)
    if named is None or "://" in title:
        return None
    folder = _FOLDER.search(title)
    return _file(named.group(1).strip(), folder.group(1) if folder else "")


def stays(activities: Iterable[Activity], frames: Mapping[UUID, Frame]) -> dict[UUID, float]:
    """Seconds that each frame's screen was in front of somebody, of frames in activities.

    A frame ends with the next one of its deployment that has an active window, or with its activity.
    """
    found: dict[UUID, float] = {}
    for activity in activities:
        own = [frames[one] for one in activity.frame_ids if one in frames]
        active = sorted(filter(_has_attention, own), key=lambda frame: (frame.captured_at, frame.id))
        ends = [*(frame.captured_at for frame in active[1:]), activity.end_at]
        for frame, end in zip(active, ends, strict=True) if active else ():
            found[frame.id] = max(0.0, min(end - frame.captured_at, LONGEST_STAY).total_seconds())
    return found


def _with_front_window(frame: Frame) -> Frame:
    """The frame as its own monitor shows it: where the active window is on another one, with the topmost on this."""
    if not frame.windows or any(window.active for window in frame.windows):
        return frame
    front = frame.windows[0]
    return replace(frame, app_name=front.app, window_title=front.title, url=front.url)


def _has_attention(frame: Frame) -> bool:
    return not frame.locked and (not frame.windows or any(window.active for window in frame.windows))


def _page(frame: Frame, host: str) -> Place:
    split = split_address(frame.url)
    told = [(name, value) for name, value in parse_qsl(split.query) if not _WAY.match(name) and "[RED" not in value]
    query = urlencode(told)
    path = split.path if len(split.path) > 1 and not split.path.endswith("/") else split.path.rstrip("/") + "/"
    shown = f"{host}{path}" + (f"?{query}" if query and len(query) <= _LONGEST_QUERY else "")
    return Place("page", shown.casefold(), subject_of(frame) or shown, f"{split.scheme}://{shown}")


def _file(name: str, folder: str) -> Place:
    kind = "document" if _DOCUMENT.search(name) else "file"
    path = f"{folder.rstrip('/')}/{name}" if folder else name
    return Place(kind, path.casefold(), name, None, path)
