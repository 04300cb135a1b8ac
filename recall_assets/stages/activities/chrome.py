"""What a program or site shows whatever it is used for: its own lines, and the name at the end of its titles.

    page 1   Inbox Sent Drafts │ Subject: lease ...  ┐
    page 2   Inbox Sent Drafts │ Subject: oak ...    ├─► lines that several pages of one place share: chrome
    page 3   Inbox Sent Drafts │ Subject: taxes ...  ┘

A place is a host, or a program where there is no address. Menus, side bars and lists of other messages go; what only
one page says stays.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recall_assets.records import Frame
from recall_assets.stages.activities.window_names import WindowNames
from recall_assets.stages.addresses import split_address

SHARED = 0.5  # of a place's pages, at least two
LINES_OF_INTEREST = 400  # a longer text is read to here

_SEPARATOR = re.compile(r"\s+[-–—|·:•]\s+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Chrome:
    """Lines and title endings of each place."""

    lines: Mapping[str, frozenset[str]]
    endings: Mapping[str, frozenset[str]]
    windows: WindowNames

    def own_lines(self, frame: Frame) -> list[str]:
        """The lines of a frame that its place does not show everywhere, without names of windows."""
        known = self.lines.get(place_of(frame), frozenset())
        lines = frame.text.splitlines()[:LINES_OF_INTEREST]
        return [self.windows.without(line) for line in lines if _bare(line) not in known]

    def own_title(self, frame: Frame) -> list[str]:
        """The parts of a window title without the names of program and site."""
        known = self.endings.get(place_of(frame), frozenset())
        parts = title_parts(frame.window_title or "")
        return [part for part in (parts[:-1] if len(parts) > 1 else parts) if part not in known]


def chrome_of(frames: Sequence[Frame]) -> Chrome:
    """The chrome of every place that these frames show."""
    pages: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    lines: dict[tuple[str, str], set[tuple[str, str | None]]] = defaultdict(set)
    endings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for frame in frames:
        place = place_of(frame)
        parts = title_parts(frame.window_title or "")
        page = (parts[0] if parts else "", frame.url)
        pages[place].add(page)
        for line in set(map(_bare, frame.text.splitlines()[:LINES_OF_INTEREST])):
            lines[place, line].add(page)
        for part in parts[1:]:
            endings[place, part].add(parts[0])
    found: dict[str, set[str]] = defaultdict(set)
    for (place, line), seen in lines.items():
        if len(seen) >= max(2, SHARED * len(pages[place])):
            found[place].add(line)
    ended: dict[str, set[str]] = defaultdict(set)
    for (place, part), begun in endings.items():
        if "." in place and len(begun) >= 2:
            ended[place].add(part)
    return Chrome(
        {place: frozenset(bare) for place, bare in found.items()},
        {place: frozenset(parts) for place, parts in ended.items()},
        WindowNames(frames),
    )


def place_of(frame: Frame) -> str:
    """The host of a frame, or its program where there is no address."""
    return split_address(frame.url).hostname or (frame.app_name or "").lower()


def title_parts(title: str) -> list[str]:
    """A title's parts in their order; the last one mostly names the program, the one before it the site."""
    return [part.strip(" *●•") for part in _SEPARATOR.split(title) if part.strip(" *●•")]


def _bare(line: str) -> str:
    return _NOT_LETTERS.sub(" ", line).strip().lower()
