"""Screen text of an activity as distinct passages: sentences and lines, each with where and how long it stood.

    frame 1   the nightly export failed its        ┐ wrapped by the window: one sentence
              control check again. The sum of      ┘─┐
    frame 2   the VAT lines is 1,804.37              ┘ the next one; stands on frames 1 and 2
    frame 3   LED-412: round on                      ┐ grows while it is typed: only the last
    frame 4   LED-412: round once on the total       ┘ state is kept, marked as typed

Which passages are worth keeping is decided in `worth`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from recall_assets.records import Frame

LONGEST_LOOK_SECONDS = 60.0  # what was left standing for an hour was not read for an hour

_WORD = re.compile(r"[^\W_]+(?:[-'’.,:_/][^\W_]+)*")
_PART = re.compile(r"[^\W_]{2,}")
_PROMPT = re.compile(r"^\S+@\S+?[:\s]\s?\S*?\s?[$#%❯>](?:\s+|$)|^[$❯]\s+|^>{1,3}\s+")
# Not after titles and abbreviations, nor after `14.`, which in many languages is a day of the month.
_ABBREVIATED = r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bNr\.)(?<!\bProf\.)(?<!\bvs\.)"
_SENTENCE_END = re.compile(
    rf"(?:(?<=[^\W\d]{{2}}\.)|(?<=[\d)”\"]{{3}}\.)|(?<=[:.,]\d\d\.)|(?<=\w[!?])){_ABBREVIATED}\s+(?=[^\W\d_a-zß-ÿ]|\d|[\"“„(])"
)
_WRAPPED_CHARACTERS = 45  # shorter lines end where they were meant to end
_CODE = re.compile(r"[{}=<>;|\\^*]|--|::|->|\w/\w+/")
# What icons, scroll bars and a caret are read as, at either end of a line.
_CRUMBS = re.compile(r"(?<=\w[.!?])\s+\S{1,2}$|^(?:[^\w(“„\"'#$€£\[+-]+\s*)+|[\s|_▏█>»<«]+$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or line of the screen; `frame_ids` in order of time, never empty."""

    text: str
    frame_ids: tuple[UUID, ...]
    seconds: float  # how long it stood, each frame counted up to LONGEST_LOOK_SECONDS
    is_new: bool  # it was new in its window on one of the frames
    was_typed: bool  # it grew from frame to frame

    @property
    def words(self) -> frozenset[str]:
        """Its words of two and more letters or digits, in lower case; compounds count by their parts."""
        return words_of(self.text)


@lru_cache(maxsize=65536)
def words_of(text: str) -> frozenset[str]:
    """The words of two and more letters or digits, in lower case; `LED-412` gives `led` and `412`."""
    return frozenset(part.lower() for part in _PART.findall(text))


def tokens_of(text: str) -> list[str]:
    """The words as they are written, compounds (`LED-412`, `23:30`, `1,804.37`) in one piece."""
    return _WORD.findall(text)


def passages_of(frames: Sequence[Frame]) -> list[Passage]:
    """The distinct passages on the frames in order of first appearance, final states of typed text only.

    Lines that only repeat window titles (tabs) or end with the very time of the frame (a panel) are no passages.
    """
    titles = _title_words(frames)
    found: dict[str, tuple[list[UUID], list[float], list[bool]]] = {}
    for frame in sorted(frames, key=lambda frame: (frame.captured_at, frame.monitor, frame.id)):
        look = look_seconds(frame)
        new_lines = frozenset(_clean(line) for line in frame.new_text.splitlines())
        now = _clock_faces(frame)
        for text, lines in dict(_split(frame.text)).items():
            if text.endswith(now):
                continue
            ids, seconds, news = found.setdefault(text, ([], [], []))
            ids.append(frame.id)
            seconds.append(look)
            news.append(any(line in new_lines for line in lines))
    unfinished, grown = _growth(found)
    return [
        Passage(text, tuple(ids), sum(seconds), any(news), text in grown)
        for text, (ids, seconds, news) in found.items()
        if text not in unfinished and not _repeats(text, titles)
    ]


def _title_words(frames: Iterable[Frame]) -> frozenset[str]:
    titles = {title for frame in frames for title in (frame.window_title, *(window.title for window in frame.windows))}
    return frozenset(word for title in titles if title for word in words_of(title))


def _clock_faces(frame: Frame) -> tuple[str, ...]:
    """How a clock on the screen may show the time of the frame, give or take a minute."""
    local = frame.captured_at.astimezone(timezone(frame.utc_offset))
    moments = [local + timedelta(minutes=minutes) for minutes in (-1, 0, 1)]
    return tuple(f"{moment:{face}}" for moment in moments for face in (" %H:%M", " %I:%M %p", ":%M %p"))


def _repeats(text: str, titles: frozenset[str]) -> bool:
    """All words but one in six are those of titles, whole or cut short."""
    words = [word for word in words_of(text) if len(word) > 2 and not word.isdigit()]
    others = [word for word in words if word not in titles and not any(_cut(word, title) for title in titles)]
    return len(words) > 1 and len(others) <= len(words) / 6


def _cut(word: str, title: str) -> bool:
    return title.startswith(word) or title.endswith(word)


def look_seconds(frame: Frame) -> float:
    """How long the frame's screen stood, at least 1 s and at most LONGEST_LOOK_SECONDS."""
    return min(max((frame.seen_until - frame.captured_at).total_seconds(), 1.0), LONGEST_LOOK_SECONDS)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each passage of a screen with the clean lines it was made of."""
    return tuple(
        (sentence.strip(), tuple(lines))
        for lines in _unwrapped(text)
        for sentence in _SENTENCE_END.split(" ".join(lines))
        if len(sentence.strip()) > 2
    )


def _unwrapped(text: str) -> Iterator[list[str]]:
    """Lines that one sentence was wrapped into, together; never across a shell prompt."""
    block: list[str] = []
    for raw in text.splitlines():
        line = _clean(raw)
        if block and line and _continues(block[-1], line) and not _PROMPT.match(raw):
            block.append(line)
            continue
        if block:
            yield block
        block = [line] if line else []
    if block:
        yield block


def _continues(line: str, following: str) -> bool:
    """The line was broken by its window: it is long and open, and the following one goes on in lower case."""
    if len(line) < _WRAPPED_CHARACTERS or line[-1] in ".!?:" or not following[0].islower():
        return False
    return not _CODE.search(line) and not _CODE.search(following)


def _clean(line: str) -> str:
    """The line without shell prompt, caret, crumbs of icons and doubled spaces."""
    return _CRUMBS.sub("", _PROMPT.sub("", " ".join(line.split())))


def _growth(texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """Passages that were still being typed, and those that they grew to."""
    unfinished: set[str] = set()
    grown: set[str] = set()
    ordered: Sequence[str] = sorted(texts)
    for text, longer in pairwise(ordered):
        if longer.startswith(text) and len(text) >= 4 and longer.count(" ") >= 2:
            unfinished.add(text)
            grown.add(longer)
    return unfinished, grown
