"""Names of windows that stand on the screen as text: title bars, tabs, the panel with what is open.

    titles of the day ─► runs of three letters ─┐
    part of a line (as gaps divide it) ─────────┴─► mostly found in one title: the name of a window, not its content

Titles are known exactly from the frames; on the screen they are cut short, misread, and mostly of other windows than
the one in use: a purpose read from them would be that of an hour ago.
"""

import re
from collections.abc import Iterable, Sequence

from recall_assets.records import Frame

IN_ONE_TITLE = 0.6  # of a part's runs
IN_ALL_TITLES = 0.85
LEAST_RUNS = 4
LEAST_TABS, LEAST_LETTERS = 3, 3

_GAP = re.compile(r"\s{2,}|\t")
_BARE = re.compile(r"[\W_]+")


class WindowNames:
    """The window titles of a deployment's day, found again on its screens."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        titles = {
            title for frame in frames for title in (frame.window_title, *(window.title for window in frame.windows))
        }
        self._titles = [runs for title in sorted(titles - {None, ""}, key=str) if (runs := _runs(str(title)))]
        self._all = frozenset[str]().union(*self._titles)
        self._lower = [str(title).lower() for title in titles if title]
        self._known: dict[str, bool] = {}

    def without(self, line: str) -> str:
        """The line without the parts that are the name of a window."""
        parts = _GAP.split(line)
        if self._is_strip(parts):
            return ""
        return "  ".join(part for part in parts if not self._is_one(part))

    def _is_strip(self, parts: Sequence[str]) -> bool:
        """A row of tabs, so many that each shows a few letters: half of its parts are how some title begins."""
        telling = [part.lower() for part in parts if len(part) >= LEAST_LETTERS]
        begun = sum(any(title.startswith(part) for title in self._lower) for part in telling)
        return len(telling) >= LEAST_TABS and 2 * begun >= len(telling)

    def _is_one(self, part: str) -> bool:
        if part not in self._known:
            runs = _runs(part)
            self._known[part] = len(runs) >= LEAST_RUNS and (
                len(runs & self._all) >= IN_ONE_TITLE * len(runs)
                and (
                    len(runs & self._all) >= IN_ALL_TITLES * len(runs)
                    or any(len(runs & title) >= IN_ONE_TITLE * len(runs) for title in self._titles)
                )
            )
        return self._known[part]


def _runs(text: str) -> frozenset[str]:
    bare = _BARE.sub("", text.lower())
    return frozenset(bare[place : place + 3] for place in range(len(bare) - 2))
