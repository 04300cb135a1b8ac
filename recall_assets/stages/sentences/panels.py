"""Lines of a task bar, a panel or a row of tabs: they repeat what windows are called, or show the time.

Rounding modes - deci...   lena@desk: ~/shop   notes.txt - Editor     begins as two titles do      ┐
Budget of the roof   Wed 04 Mar 09:00                                 ends with the frame's time   ├─► no passage
Rounding modes                                                        says what a title says       ┘
"""

from collections.abc import Iterable
from datetime import timedelta, timezone

from recall_assets.records import Frame
from recall_assets.stages.sentences.words import spelled, words_of

_START = 3  # words that tell one title from others


class Titles:
    """What the windows on some frames are called; `own` are the frames of the activity at hand."""

    def __init__(self, frames: Iterable[Frame], own: Iterable[Frame]) -> None:
        titles = _titles(frames)
        self._starts = {tuple(spelled(title)[:_START]) for title in titles if len(words_of(title)) >= _START}
        self._whole = {words_of(title) for title in titles}
        self._own = frozenset().union(*map(words_of, _titles(own)))
        self._panels: dict[str, bool] = {}

    def in_panel(self, line: str) -> bool:
        """Titles begin at two places of the line or more."""
        if line not in self._panels:
            words = spelled(line)
            starts = zip(*(words[place:] for place in range(_START)), strict=False)
            self._panels[line] = sum(start in self._starts for start in starts) > 1
        return self._panels[line]

    def say(self, text: str) -> bool:
        """All words but one in six are those of the activity's titles or of one title, whole or cut short."""
        words = [word for word in words_of(text) if len(word) > 2 and not word.isdigit()]
        if len(words) < 2:
            return False
        return any(
            sum(not _among(word, title) for word in words) <= len(words) / 6
            for title in (self._own, *(whole for whole in self._whole if len(whole & words_of(text)) > len(words) / 2))
        )


def clock_faces(frame: Frame) -> tuple[str, ...]:
    """How a clock on the screen may show the time of the frame, give or take a minute."""
    local = frame.captured_at.astimezone(timezone(frame.utc_offset))
    moments = [local + timedelta(minutes=minutes) for minutes in (-1, 0, 1)]
    return tuple(f"{moment:{face}}" for moment in moments for face in (" %H:%M", " %I:%M %p", ":%M %p"))


def _titles(frames: Iterable[Frame]) -> set[str]:
    shown = (title for frame in frames for title in (frame.window_title, *(window.title for window in frame.windows)))
    return {title for title in shown if title}


def _among(word: str, title: frozenset[str]) -> bool:
    """Whole, or cut short at either end."""
    return word in title or any(other.startswith(word) or other.endswith(word) for other in title)
