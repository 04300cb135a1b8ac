"""Joins what was found on the frames of a run, and takes it out of words, titles and URLs.

    frame 1  window Login     Password: hT7#xQ2m    found by its label
    frame 2  window Login     copied hT7#xQ2m       the same window: known by its value
    frame 3  earlier run      ████████              its stored box: the mark stands there again

Pure, and in clear: what comes out is redacted, what goes in lives in memory only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from recall_assets.intake.worker import Scanned, areas_of, texts_of
from recall_assets.records import Box, Finding, Word
from recall_assets.stages.ocr_text import arrange
from recall_assets.stages.secrets import (
    UNREAD_KIND,
    UNREAD_RULE,
    JoinedText,
    KnownValue,
    boxes_to_fill,
    detect_known,
    grown,
    join_words,
    known_values,
    merge,
    redact,
)
from recall_assets.store.ocr_text import Told
from recall_assets.store.secrets import Secret

WindowKey = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Found:
    """One secret that was found: where, of what kind, by which rule, under which boxes, and what it is."""

    place: str
    kind: str
    rule: str
    boxes: tuple[Box, ...] = ()
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Masked:
    """A frame without its secrets."""

    words: tuple[Word, ...]
    told: Told
    boxes: tuple[Box, ...]
    found: tuple[Found, ...]

    @property
    def text(self) -> str:
        """The redacted text, lines in reading order."""
        return join_words(self.words).text


@dataclass(frozen=True, slots=True)
class News:
    """Values that were not known before in the windows in which they stood."""

    values: frozenset[KnownValue] = field(default=frozenset(), repr=False)
    windows: frozenset[WindowKey] = field(default=frozenset(), repr=False)

    def may_stand_on(self, told: Told) -> bool:
        """Whether a frame of which this was told, redacted or not, may show one of them."""
        return bool(self.windows & windows_of(told)) or any(detect_known(text, self.values) for text in texts_of(told))


@dataclass(slots=True)
class KnownInRun:
    """The values that a run has found, by the windows in which they stood."""

    _by_window: defaultdict[WindowKey, set[KnownValue]] = field(default_factory=lambda: defaultdict(set), repr=False)
    everywhere: set[KnownValue] = field(default_factory=set, repr=False)
    _news: News = field(default_factory=News, repr=False)

    def learn(self, words: Sequence[Word], told: Told, found: Scanned) -> None:
        """Notes what stood on a frame."""
        if not found.screen and not found.told:
            return
        values = set(known_values(join_words(words).text, found.screen))
        for text, findings in found.told.items():
            values |= known_values(text, findings)
        self.everywhere |= values
        windows = windows_of(told) | _windows_as_stored(told, found)
        new = {window: fresh for window in windows if (fresh := values - self._by_window[window])}
        self._news = News(self._news.values.union(*new.values()), self._news.windows | new.keys())
        for window in windows:
            self._by_window[window] |= values

    def take_news(self) -> News:
        """What was learnt since this was asked last."""
        news, self._news = self._news, News()
        return news

    def of(self, told: Told) -> set[KnownValue]:
        """The values that stood in any window of such a frame."""
        return set().union(*(self._by_window[w] for w in windows_of(told) if w in self._by_window))


def windows_of(told: Told) -> set[WindowKey]:
    """The windows of a frame, by app and title."""
    return {(told.app, told.title), *((window.app, window.title) for window in told.windows)}


def _windows_as_stored(told: Told, found: Scanned) -> set[WindowKey]:
    """The windows of a frame as its row names them: without the secrets in their titles."""

    def stored(text: str | None) -> str | None:
        return redact(text, merge(found.told.get(text, ()))) if text else text

    return {(stored(app), stored(title)) for app, title in windows_of(told)}


def mask(
    words: Sequence[Word],
    told: Told,
    found: Scanned,
    *,
    known: KnownInRun,
    stored: Sequence[tuple[str, tuple[Box, ...]]],
    width: int,
    height: int,
) -> Masked:
    """The frame without what was found on it, known from the run's other frames, or stored of it by earlier runs.

    Args:
        words: in reading order.
        stored: kind and filled boxes of each secret that earlier runs found in its pixels.
        width, height: of the image, in pixels.
    """
    joined = join_words(words)
    screen = merge([*found.screen, *detect_known(joined.text, known.of(told))])
    areas = areas_of(told)
    boxed = [tuple(boxes_to_fill(joined, [finding], width=width, height=height, areas=areas)) for finding in screen]
    rows = [
        Found("screen", f.kind, f.rule, boxes, joined.text[f.start : f.end])
        for f, boxes in zip(screen, boxed, strict=True)
    ]
    unread = [(UNREAD_KIND, (grown(box, width=width, height=height),)) for box in found.unread]
    rows += [Found("screen", kind, UNREAD_RULE, boxes) for kind, boxes in unread]
    stored = list(dict.fromkeys([*stored, *unread]))  # the same again where a frame is read again
    filled = [*stored, *((f.kind, boxes) for f, boxes in zip(screen, boxed, strict=True))]
    kept = redact_words(joined, merge([*screen, *_under_fills(joined, screen, filled)]))
    marks = [_mark_word(kind, boxes[0]) for kind, boxes in stored if boxes and not _shows_words(joined, boxes)]
    told, told_rows = _redact_told(told, found, known)
    fills = {box for boxes in boxed for box in boxes} | {box for _, boxes in stored for box in boxes}
    return Masked(tuple(arrange([*kept, *marks], areas)), told, tuple(sorted(fills)), (*rows, *told_rows))


def unmatched(words: Sequence[Word], waiting: Sequence[Secret], found: Sequence[Found]) -> list[Found]:
    """What an earlier run found in a frame's pixels before there was a vault, and this run did not find as it was.

    Args:
        words: of the original, in reading order.
        waiting: unsealed rows of the frame.
    """
    again = {(item.place, item.kind, item.boxes) for item in found}
    joined = join_words(words)
    return [
        Found(row.place, row.kind, row.rule, row.boxes, " ".join(joined.words[i].text for i in under))
        for row in waiting
        if row.boxes and (row.place, row.kind, row.boxes) not in again
        for under in [_words_under(joined, row.boxes)]
    ]


def redact_words(joined: JoinedText, findings: Sequence[Finding]) -> list[Word]:
    """The words with the characters of findings taken out, and a mark where each finding began.

    Args:
        findings: sorted and without overlap.
    """
    pieces: dict[int, list[str]] = {}
    reached: dict[int, int] = {}
    boxes: dict[int, Box] = {}
    for finding in findings:
        touched = joined.words_of(finding.start, finding.end)
        for index in touched:
            at = reached.get(index, joined.starts[index])
            text = pieces.setdefault(index, [])
            text.append(joined.text[at : max(at, finding.start)])
            if index == touched[0]:
                text.append(f"[REDACTED:{finding.kind}]")
                line = joined.words[index].line
                boxes[index] = Box.around(joined.words[i].box for i in touched if joined.words[i].line == line)
            reached[index] = min(finding.end, joined.ends[index])
    kept = []
    for index, word in enumerate(joined.words):
        if index in pieces:
            left = "".join(pieces[index]) + joined.text[reached[index] : joined.ends[index]]
            word = replace(word, text=left, box=boxes.get(index, word.box))
        if word.text:
            kept.append(word)
    return kept


def _under_fills(
    joined: JoinedText, screen: Sequence[Finding], filled: Sequence[tuple[str, tuple[Box, ...]]]
) -> list[Finding]:
    """Words that the fills cover although no finding touches them: the image will not show them, nor may the text."""
    touched = {i for finding in screen for i in joined.words_of(finding.start, finding.end)}
    findings: list[Finding] = []
    for kind, boxes in filled:
        under = [i for i in _words_under(joined, boxes) if i not in touched]
        for index in under:
            start, end = joined.starts[index], joined.ends[index]
            if index - 1 in under:  # neighbours under one fill are one secret
                start = findings.pop().start
            findings.append(Finding(start, end, kind, "stored", 1.0))
    return findings


def _shows_words(joined: JoinedText, boxes: Sequence[Box]) -> bool:
    return bool(_words_under(joined, boxes))


def _words_under(joined: JoinedText, boxes: Sequence[Box]) -> list[int]:
    return [i for i, word in enumerate(joined.words) if any(_mostly_in(word.box, box) for box in boxes)]


def _redact_told(told: Told, found: Scanned, known: KnownInRun) -> tuple[Told, list[Found]]:
    rows: list[Found] = []

    def clean(text: str, place: str) -> str:
        findings = merge([*found.told.get(text, ()), *detect_known(text, known.everywhere)])
        rows.extend(Found(place, f.kind, f.rule, value=text[f.start : f.end]) for f in findings)
        return redact(text, findings)

    def maybe(text: str | None, place: str) -> str | None:
        return clean(text, place) if text else text

    redacted = replace(
        told,
        app=maybe(told.app, "windows"),
        title=maybe(told.title, "window_title"),
        url=maybe(told.url, "url"),
        imported_id=maybe(told.imported_id, "windows"),
        windows=tuple(
            replace(w, app=clean(w.app, "windows"), title=clean(w.title, "windows"), url=maybe(w.url, "windows"))
            for w in told.windows
        ),
    )
    return redacted, rows


def _mark_word(kind: str, box: Box) -> Word:
    return Word(f"[REDACTED:{kind}]", box, 1.0, 0)


def _mostly_in(box: Box, other: Box) -> bool:
    width = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    height = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return width > 0 and height > 0 and 2 * width * height > box.width * box.height
