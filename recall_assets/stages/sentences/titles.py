"""The title a person would give an activity: what its windows were about, without the programs' names.

    *cart.py (~/src/shop) - Editor                  ─► cart.py
    SHOP-12 Total differs - Tracker - Browser       ─► SHOP-12 Total differs       ◄─ longest seen, most telling
    Inbox (3) - Some Mail - Browser                 ─► Inbox (Some Mail)

A segment that resembles the app's name is dropped; a second subject joins where the first fills less than the time.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from recall_assets.records import Frame
from recall_assets.stages.addresses import split_address
from recall_assets.stages.sentences.passages import look_seconds
from recall_assets.stages.sentences.words import tokens_of, words_of

LONGEST_TITLE = 90

_DOMINANT_SHARE = 0.4  # of the time; a subject below it does not speak for the activity alone
_LEAST_TELLING = 0.3

_SEPARATOR = re.compile(r"\s+[-–—|·•:]\s+")
_MARKS = re.compile(r"^[*●•+\s]+|\s+[*●+]$|^\(\d+\)\s*|\s*\(\d+\)$|\s+\+?\s*\([~/][^)]*\)$|\s*\[[^\]]*\]$")
_PROMPT_TITLE = re.compile(r"^\S+@\S+?:\s*(\S+)$")
_FILE = re.compile(r"^(?!.*@)[\w. ()-]*\w\.[a-z]\w{0,4}$", re.IGNORECASE)
_PAGES = re.compile(r"^\d+\s*(?:/|of|von)\s*\d+.*$", re.IGNORECASE)
_TICKET = re.compile(r"\b[A-Z][A-Z0-9]{1,9}-\d+\b|[#!]\d+\b")
_EMPTY = frozenset(
    ("untitled", "new", "tab", "home", "inbox", "start", "page", "blank", "document", "desktop", "loading", "search")
)


def title_of(frames: Sequence[Frame]) -> str:
    """The title of an activity with these frames; empty where no window had one."""
    subjects: defaultdict[str, float] = defaultdict(float)
    for frame in frames:
        if subject := subject_of(frame):
            subjects[subject] += look_seconds(frame)
    ranked = sorted(subjects, key=lambda subject: (-subjects[subject] * _telling(subject), subject))
    if not ranked:
        return ""
    share = subjects[ranked[0]] / sum(subjects.values())
    alone = share >= _DOMINANT_SHARE and len(tokens_of(ranked[0])) > 1
    others = (subject for subject in ranked[1:] if _telling(subject) > _LEAST_TELLING)
    second = next((subject for subject in others if not words_of(subject) <= words_of(ranked[0])), None)
    return _shortened(ranked[0] if alone or not second else f"{ranked[0]}, {second}")


def subject_of(frame: Frame) -> str:
    """What the active window is about; empty where neither title nor address says it."""
    title = frame.window_title or ""
    if prompt := _PROMPT_TITLE.match(title):
        return prompt.group(1).rstrip("/").rpartition("/")[2].lstrip("~")
    segments = [segment for segment in _SEPARATOR.split(title) if segment and not _PAGES.match(segment)]
    segments = [segment for segment in segments if not _resembles(segment, frame.app_name)] or segments[:1]
    file_at = next((place for place, segment in enumerate(segments) if _FILE.match(_unmarked(segment))), 0)
    subject = " - ".join(_unmarked(segment) for segment in segments[: file_at + 1])
    if len(tokens_of(subject)) == 1 and len(segments) > 1 and "@" not in segments[1] and not _FILE.match(subject):
        subject = f"{subject} ({_unmarked(segments[1])})"
    return subject or (split_address(frame.url).hostname or "" if frame.url else "")


def _resembles(segment: str, app_name: str | None) -> bool:
    """One name has all words of the other, or ends it: `LibreOffice Calc`, `libreoffice-calc`; `Word`, `winword`."""
    one, other = words_of(segment.replace("_", " ")), words_of((app_name or "").replace("_", " "))
    if not one or not other:
        return False
    return one <= other or other <= one or (app_name or "").casefold().endswith(segment.casefold())


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
