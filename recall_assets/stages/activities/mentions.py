"""Names that a text mentions, by their shape: tickets, series of tickets, repositories, channels, people.

    "ada@mill: ~/src/orchard"      ─► repository orchard
    "ORC-12 Grafting fails"        ─► ticket ORC-12, series ORC
    "Rosa Quill in #cellar"        ─► person Rosa Quill, channel #cellar

Shapes alone: whether a name read off the screen is one, `known_names` says.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from recall_assets.stages.activities.vocabulary import NORMS, SHELVES


class Mention(NamedTuple):
    """One name as it stood in the text."""

    kind: str
    value: str


_TICKET = re.compile(r"(?<![\w/-])([A-Z][A-Z]{1,9})-(\d{1,6})(?![\w-])")
_REFERENCE = re.compile(r"(?<![\w/-])([A-Z]{2,6})-\d{4}-\d{2,6}(?![\w-])")
_PERSON = re.compile(r"(?<![\w.])([A-Z][a-zà-ÿ]{2,14}) ([A-Z][a-zà-ÿ]{2,17})(?![\w])")
_CHANNEL = re.compile(r"(?<![\w&#/])#([a-z][a-z0-9_-]{2,40})\b")
_FOLDER = re.compile(r"(?:~|/home/[^/\s]+|/Users/[^/\s]+|[A-Z]:\\Users\\[^\\\s]+)[/\\]((?:[\w.@-]+[/\\]?)+)")
_EDITOR_FOLDER = re.compile(r"[\[(](?:~|/)[/\\]?([\w./\\ -]+)[\])]")
_FILE = re.compile(r"^[*●•]?\s*[\w .@+-]*\w\.[a-z]\w{0,5}\b", re.IGNORECASE)


def mentions(text: str) -> Iterator[Mention]:
    """The names in a text, as often as they stand there."""
    for prefix, number in _TICKET.findall(text):
        if prefix not in NORMS:
            yield Mention("ticket", f"{prefix}-{number}")
            yield Mention("series", prefix)
    for prefix in _REFERENCE.findall(text):
        if prefix not in NORMS:
            yield Mention("series", prefix)
    for channel in _CHANNEL.findall(text):
        yield Mention("channel", f"#{channel}")
    for first, last in _PERSON.findall(text):
        yield Mention("person", f"{first} {last}")
    for folder in [*_FOLDER.findall(text), *_EDITOR_FOLDER.findall(text)]:
        if repository := _repository(re.split(r"[/\\]", folder)):
            yield Mention("repository", repository)


def _repository(parts: list[str]) -> str | None:
    """The first folder that is not one that holds repositories."""
    for part in parts:
        if part and part.lower() not in SHELVES and not part.startswith("."):
            return None if _FILE.match(part) else part.lower()
    return None
