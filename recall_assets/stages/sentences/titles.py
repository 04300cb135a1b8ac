"""The title a person would give an activity: what its windows were about, without the programs' names.

    *vat.py (~/src/shop) - VIM                     ─► vat.py
    LED-412 VAT total differs - Tracker - Browser  ─► LED-412 VAT total differs      ◄─ longest seen, most telling
    Inbox (3) - Some Mail - Browser                ─► Inbox

A last segment is a program's or a site's name when it resembles the app's name or closes differently named windows.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from recall_assets.records import Frame
from recall_assets.stages.sentences.passages import look_seconds, tokens_of

LONGEST_TITLE = 90

_SEPARATOR = re.compile(r"\s+[-–—|·•:]\s+")
_MARKS = re.compile(r"^[*●•+\s]+|\s+[*●+]$|^\(\d+\)\s*|\s*\(\d+\)$|\s+\+?\s*\([~/][^)]*\)$|\s*\[[^\]]*\]$")
_PROMPT_TITLE = re.compile(r"^\S+@\S+?:\s*(\S+)$")
_FILE = re.compile(r"^[\w.-]+\.\w{1,5}$")
_PAGES = re.compile(r"^\d+\s*(?:/|of|von)\s*\d+.*$", re.IGNORECASE)
_TICKET = re.compile(r"\b[A-Z][A-Z0-9]{1,9}-\d+\b|[#!]\d+\b")
_EMPTY = frozenset(
    ("untitled", "new", "tab", "home", "inbox", "start", "page", "blank", "document", "desktop", "loading", "search")
)


def title_of(frames: Sequence[Frame]) -> str:
    """The title of an activity with these frames; empty where no window had one."""
    subjects: defaultdict[str, float] = defaultdict(float)
    names = _program_names(frames)
    for frame in frames:
        if subject := _subject(frame, names):
            subjects[subject] += look_seconds(frame)
    ranked = sorted(subjects, key=lambda subject: (-subjects[subject] * _telling(subject), subject))
    return _shortened(ranked[0]) if ranked else ""


def _subject(frame: Frame, names: frozenset[str]) -> str:
    """What the active window is about."""
    title = frame.window_title or ""
    if prompt := _PROMPT_TITLE.match(title):
        return prompt.group(1).rstrip("/").rpartition("/")[2].lstrip("~")
    segments = [segment for segment in _SEPARATOR.split(title) if segment and not _PAGES.match(segment)]
    while len(segments) > 1 and (segments[-1].casefold() in names or _resembles(segments[-1], frame.app_name)):
        segments.pop()
    subject = _unmarked(segments[0]) if segments else ""
    return subject or (urlsplit(frame.url).hostname or "" if frame.url else "")


def _program_names(frames: Iterable[Frame]) -> frozenset[str]:
    """Segments that close the titles of at least two differently named windows."""
    closes: defaultdict[str, set[str]] = defaultdict(set)
    for title in {frame.window_title or "" for frame in frames}:
        segments = _SEPARATOR.split(title)
        for segment in segments[1:]:
            closes[segment.casefold()].add(segments[0].casefold())
    return frozenset(segment for segment, firsts in closes.items() if len(firsts) > 1)


def _resembles(segment: str, app_name: str | None) -> bool:
    """One of the two names holds the other: `LibreOffice Calc` and `libreoffice-calc`, `VIM` and `gvim`."""
    one, other = (re.sub(r"\W|_", "", name.casefold()) for name in (segment, app_name or ""))
    return bool(other) and bool(one) and (one in other or other in one)


def _unmarked(segment: str) -> str:
    """Without the signs for unsaved changes, counts of unread messages, folders and modes."""
    while (bare := _MARKS.sub("", segment).strip()) != segment:
        segment = bare
    return segment


def _telling(subject: str) -> float:
    """How much a subject tells: a ticket's or document's full name most, an empty tab least."""
    tokens = tokens_of(subject)
    if not tokens or all(token.casefold() in _EMPTY for token in tokens) or "[REDACTED:" in subject:
        return 0.05
    if _FILE.match(subject):
        return 0.7
    return (1.0 if len(tokens) > 2 else 0.8 if len(tokens) == 2 else 0.4) * (1.6 if _TICKET.search(subject) else 1.0)


def _shortened(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    return title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
