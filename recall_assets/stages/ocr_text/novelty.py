"""What a frame shows that was not there before in the same window.

    frame   window      lines            new_text
    1       notes       a b              a b
    2       mail        x y              x y
    3       notes       a b c            c
    4       notes       a b c            (nothing)

Search ranks on it, so that a document open for an hour is one hit. Lines are compared by their skeleton: letters and
digits alone, those that an engine confuses taken as one, since two readings of a line may differ in these.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

# What a window showed this many of its frames ago is new when it comes back: scrolling back is reading again.
REMEMBERED_FRAMES = 4
_CONFUSED = str.maketrans("0158|", "olsbl") | {ord("i"): "l"}


@dataclass(frozen=True, slots=True)
class WindowText:
    """The redacted text of a frame and the window that was active on it."""

    frame_id: UUID
    window: tuple[int, str | None, str | None]  # monitor, app, title
    text: str


def new_texts(frames: Iterable[WindowText]) -> Iterator[tuple[UUID, str]]:
    """For each frame, in time order, the lines that its window's last frames did not show."""
    shown: dict[tuple[int, str | None, str | None], list[set[str]]] = {}
    for frame in frames:
        before = shown.setdefault(frame.window, [])
        lines = [(line, skeleton(line)) for line in frame.text.splitlines()]
        known: set[str] = set().union(*before)
        yield frame.frame_id, "\n".join(line for line, bones in lines if bones and bones not in known)
        before.append({bones for _, bones in lines})
        del before[:-REMEMBERED_FRAMES]


def skeleton(line: str) -> str:
    """The letters and digits of a line, confusable ones made equal; empty where it has none."""
    return "".join(filter(str.isalnum, line.lower())).translate(_CONFUSED)
