"""What happens to one frame in a worker process: the only place where captured images are decoded.

    ReadFrameTask   envelope ─► open ─► decode ─► read what is new ─► detect ─► FrameRead    (clear, in memory)
    FillTask        envelope ─► open ─► decode ─► fill ─► new image ─► frame store ─► FilledImage
    ScanTask        stored words ─► detect ─► Scanned
    RereadTask      frame store ─► decode ─► read around the fills, or whole ─► detect ─► Reread

A worker remembers the screens of its lane, so that each is read only where it differs. Failures are codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
import numpy.typing as npt

from capture_agent.protocol import FrameMetadata
from recall_assets.engines.choice import make_engine
from recall_assets.engines.ocr import OcrEngine, Picture
from recall_assets.errors import InputError, LandingError, LandingKeyGoneError, UnreadableImageError
from recall_assets.intake.decoding import decode
from recall_assets.intake.screen_reader import ScreenReader
from recall_assets.process_memory import no_inspection
from recall_assets.records import Box, DeploymentDay, Finding, Window, Word
from recall_assets.settings import Home
from recall_assets.stages.frames import phash64
from recall_assets.stages.ocr_text import arrange, unpack_layout
from recall_assets.stages.secrets import MARK, detect, fill, join_words, unread_beside_labels
from recall_assets.store import frame_files, landing
from recall_assets.store.frames import KEY_GONE, LandedFrame
from recall_assets.store.ocr_text import StoredFrame, Told
from recall_assets.vault.landing import LandingKeys

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ReadFrameTask:
    """A frame to read: from its envelope, or from its stored image where the envelope is gone.

    `earlier` is what the frame store has of the same monitor before it, oldest first; used where a lane starts.
    """

    frame: LandedFrame
    stored: StoredFrame | None = None
    earlier: tuple[StoredFrame, ...] = ()


@dataclass(frozen=True, slots=True)
class FillTask:
    """An image to redact, and to store under the name of the frame `target`; `crops`: what lies under is wanted."""

    frame: LandedFrame | StoredFrame
    target: UUID
    partition: DeploymentDay
    boxes: tuple[Box, ...]
    crops: frozenset[tuple[Box, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class TellTask:
    """A frame whose image cannot be used: what its sender told of it is still worth having."""

    frame: LandedFrame


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Stored texts of a frame to look for secrets in."""

    frame_id: UUID
    words: tuple[Word, ...] = field(repr=False)
    told: Told = field(repr=False)


@dataclass(frozen=True, slots=True)
class RereadTask:
    """A stored image to read again: around what was filled there (kind and boxes of each), or the whole of it."""

    frame: StoredFrame
    filled: tuple[tuple[str, tuple[Box, ...]], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Reread:
    """What was read in a stored image, marks where it is filled, and the secrets in it: there should be none."""

    words: tuple[Word, ...] = field(repr=False)
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """Secrets in the joined words, and in each told text that holds one.

    `unread` are the boxes of what looks like one in the pixels, and of which there is no word.
    """

    screen: tuple[Finding, ...]
    told: dict[str, tuple[Finding, ...]] = field(repr=False)
    unread: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameRead:
    """A frame in clear: its words in reading order and what its sender told."""

    width: int
    height: int
    told: Told = field(repr=False)
    words: tuple[Word, ...] = field(repr=False)
    found: Scanned = field(repr=False)
    identical_to: UUID | None
    engine: str
    language: str


@dataclass(frozen=True, slots=True)
class ToldAlone:
    """What a frame's sender told, in clear, and the secrets in it."""

    told: Told = field(repr=False)
    found: Scanned = field(repr=False)


@dataclass(frozen=True, slots=True)
class FilledImage:
    """A redacted image in the frame store, and in clear what now lies under the boxes, as image files."""

    file: frame_files.ImageFile
    phash64: int
    crops: dict[tuple[Box, ...], bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a frame has no text: `envelope`, `key_gone`, `undecodable`, `too_large` or `gone`."""

    code: str


Task = ReadFrameTask | FillTask | ScanTask | RereadTask | TellTask
Answer = FrameRead | FilledImage | Scanned | Reread | ToldAlone | Unreadable


@dataclass(frozen=True, slots=True)
class MakeReader:
    """Makes a worker's function; picklable, so that it can travel to the worker."""

    home: Home
    max_pixels: int
    engine: str
    languages: str

    def __call__(self) -> "Reader":
        no_inspection()
        return Reader(self.home, make_engine(self.engine, self.languages), self.max_pixels)


class Reader:
    """A worker's function: a task in, an answer out."""

    def __init__(self, home: Home, engine: OcrEngine, max_pixels: int) -> None:
        self._home = home
        self._keys = LandingKeys(home)
        self._screens = ScreenReader(engine)
        self._max_pixels = max_pixels

    def __call__(self, task: Task, lane_starts: bool) -> Answer:
        """The answer to a task; an image or envelope that cannot be used is an answer too."""
        try:
            if isinstance(task, ScanTask):
                return scan(task.words, task.told)
            if isinstance(task, FillTask):
                return self._fill(task)
            if isinstance(task, RereadTask):
                return self._reread(task)
            if isinstance(task, TellTask):
                return self._tell(task.frame)
            return self._read(task, lane_starts)
        except LandingKeyGoneError:
            return Unreadable(KEY_GONE)
        except LandingError:
            return Unreadable("envelope")
        except UnreadableImageError as error:
            return Unreadable(error.problem)
        except InputError:
            return Unreadable("gone")

    def _read(self, task: ReadFrameTask, lane_starts: bool) -> FrameRead:
        if lane_starts:
            self._screens.turn_to_another_monitor()
            for earlier in task.earlier:
                self._remember_stored(earlier)
        told, pixels = self._open(task.frame, task.stored)
        height, width = pixels.shape[:2]
        read = self._screens.read(task.frame.id, pixels)
        words = arrange(read.words, areas_of(told))
        found = scan(words, told)
        unread = unread_beside_labels(pixels, join_words(words), found.screen)
        engine = self._screens.engine
        return FrameRead(
            width,
            height,
            told,
            tuple(words),
            replace(found, unread=tuple(unread)),
            read.same_as,
            f"{engine.name} {engine.version}",
            engine.language,
        )

    def _words_in(self, pixels: Pixels, region: Box) -> list[Word]:
        x, y, width, height = region
        return [
            replace(word, box=word.box._replace(x=word.box.x + x, y=word.box.y + y))
            for word in self._screens.engine.read(Picture.of(pixels[y : y + height, x : x + width]))
        ]

    def _reread(self, task: RereadTask) -> Reread:
        pixels = self._kept(task.frame)
        height, width = pixels.shape[:2]
        regions = [Box(0, 0, width, height)] if task.whole else lines_around(task.filled, width=width, height=height)
        marks = [Word(f"[REDACTED:{kind}]", box, 1.0, 0) for kind, boxes in task.filled for box in boxes]
        words = [word for region in regions for word in self._words_in(pixels, region)]
        known = [] if task.whole else unpack_layout(task.frame.layout or {})
        kept = [word for word in known if not any(_overlap(word.box, region) for region in regions)]
        again = arrange([*marks, *kept, *words], areas_of(task.frame.told))
        return Reread(tuple(again), tuple(detect(join_words(again).text)))

    def _remember_stored(self, earlier: StoredFrame) -> None:
        """Takes over what an earlier run read, but for redacted places: those are read anew where they show again."""
        if earlier.layout is None:
            return
        try:
            pixels = self._kept(earlier)
        except (UnreadableImageError, InputError):
            return  # it only saves work
        words = [word for word in unpack_layout(earlier.layout) if not MARK.search(word.text)]
        self._screens.remember(earlier.same_as or earlier.id, pixels, words)

    def _fill(self, task: FillTask) -> FilledImage:
        if isinstance(task.frame, StoredFrame):
            pixels = self._kept(task.frame)
        else:
            _, pixels = self._open(task.frame, None)
        filled = fill(pixels, task.boxes)
        file = frame_files.write(self._home, task.target, task.partition, filled)
        crops = {boxes: frame_files.encode(_crop(pixels, boxes)) for boxes in task.crops}
        return FilledImage(file, phash64(filled), crops)

    def _tell(self, frame: LandedFrame) -> ToldAlone:
        envelope = landing.read_envelope(self._home, frame.landing_ref or "")
        told = _told(self._keys.open(envelope, frame.binding).metadata)
        return ToldAlone(told, scan((), told))

    def _open(self, frame: LandedFrame, stored: StoredFrame | None) -> tuple[Told, Pixels]:
        if frame.landing_ref is not None:
            opened = self._keys.open(landing.read_envelope(self._home, frame.landing_ref), frame.binding)
            return _told(opened.metadata), self._decode(opened.image)
        if stored is None:
            raise UnreadableImageError("gone")
        return stored.told, self._kept(stored)

    def _kept(self, frame: StoredFrame) -> Pixels:
        if frame.image_ref is None:
            raise UnreadableImageError("gone")
        return self._decode(frame_files.read(self._home, frame.image_ref))

    def _decode(self, image: bytes) -> Pixels:
        return decode(image, max_pixels=self._max_pixels)


def _crop(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    """The smallest part of an image that holds all boxes, uint8[h, w, 3]; one pixel where they lie outside."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    part = pixels[max(0, top) : bottom, max(0, left) : right]
    return part if part.size else pixels[:1, :1]


def scan(words: Sequence[Word], told: Told) -> Scanned:
    """The secrets in words, joined across boxes and lines, and in told texts."""
    found = {text: tuple(findings) for text in texts_of(told) if (findings := detect(text))}
    return Scanned(tuple(detect(join_words(words).text)), found)


def lines_around(filled: Iterable[tuple[str, Sequence[Box]]], *, width: int, height: int) -> list[Box]:
    """Disjoint bands as wide as the image that hold each filled box with a line above and two below it."""
    spans = [(max(0, box.y - box.height), min(height, box.y + 3 * box.height)) for _, boxes in filled for box in boxes]
    bands: list[tuple[int, int]] = []
    for top, bottom in sorted(spans):
        if bands and top <= bands[-1][1]:
            bands[-1] = bands[-1][0], max(bottom, bands[-1][1])
        else:
            bands.append((top, bottom))
    return [Box(0, top, width, bottom - top) for top, bottom in bands if top < bottom]


def _overlap(box: Box, other: Box) -> bool:
    return (
        box.x < other.x + other.width
        and other.x < box.x + box.width
        and box.y < other.y + other.height
        and other.y < box.y + box.height
    )


def areas_of(told: Told) -> list[Box]:
    """The windows in pixels of the frame's own image, topmost first."""
    left, top = (told.monitor_rect.x, told.monitor_rect.y) if told.monitor_rect else (0, 0)
    return [w.rect._replace(x=w.rect.x - left, y=w.rect.y - top) for w in told.windows]


def texts_of(told: Told) -> set[str]:
    """Every text that the sender told."""
    texts = {told.app, told.title, told.url, told.imported_id}
    for window in told.windows:
        texts |= {window.app, window.title, window.url}
    return {text for text in texts if text}


def _told(metadata: FrameMetadata) -> Told:
    windows = tuple(Window(w.app, w.title, Box(*w.rect), w.active, w.url) for w in metadata.windows)
    return Told(
        metadata.app,
        metadata.title,
        metadata.url,
        windows,
        None if metadata.monitor_rect is None else Box(*metadata.monitor_rect),
        metadata.idle_seconds,
        metadata.locked,
        metadata.trigger,
        metadata.imported_id,
    )
