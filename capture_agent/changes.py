"""Which grabs of a monitor are worth keeping: what differs from the last KEPT one, never from the last seen one.

Compared with the last seen grab, slow typing would drift below any threshold. What differs forms spots (`tiles`), and
a spot is judged by its size, and by whether it stands or stirs from look to look:

    ▏ caret     ≤ 24 x 48 px    once it stood for 10 looks: a caret blinks, a character stays; never if it is a bar of
                                two pixels, for GTK's caret stands after 10 s without a key
    12:47       ≤ 160 x 48 px   once it stood for a look; not if it turned up untouched as the minute turned, nor if it
                                is a ticker: by itself, slowly, the only reason of three frames in a row
    a line      ≤ 48 px high    once it stood for a look, or after 3 s: somebody types
    the rest                    at once; a film (it stirs with every look, and nobody touches anything) every 10 s

What was held back in the hope of more is kept, too, when something large goes over it: typed text is on a frame
although the page that it was typed into is gone a second later. Grabs come without the pointer. No clock, no I/O here.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from capture_agent.desktop import Pixels
from capture_agent.tiles import TILE, Spot, Tiles, changed_tiles, spots

CARET = (24, 48)
BAR_WIDTH, BAR_HEIGHT = 2, 10
TICKER = (160, 48)
LINE_HEIGHT = 48
CARET_LOOKS = 10
LINE_LOOKS = 3
FILM_LOOKS = 5
FILM_EVERY = timedelta(seconds=10)
TICKER_PERIOD = timedelta(seconds=20)
UNTOUCHED = timedelta(seconds=3)
_TICKERS = 16

Trigger = Literal["change", "focus", "forced"]


class Look(NamedTuple):
    """One grab; `idle` is the time since the last input where it is known, `at` the machine's clock."""

    at: datetime
    pixels: Pixels
    idle: timedelta | None = None
    focused: bool = False  # another window has just become active


class Keep(NamedTuple):
    """A grab that shows something new, and why it is kept."""

    look: Look
    trigger: Trigger


@dataclass(slots=True)
class MonitorChanges:
    """What is known of one monitor. `consider` each grab, and say `kept` when a frame is safely on the disk.

    Args:
        forced: a frame is kept at least so often while somebody works.
    """

    forced: timedelta
    last_kept: Look | None = None
    _last: Look | None = None
    _held: Look | None = None
    _motion: "_Motion | None" = None
    _clocks: list[Spot] = field(default_factory=list)  # small, and turned up with the minute since the last kept frame
    _lone: list[tuple[datetime, Spot]] = field(default_factory=list)  # the only reasons of the last frames
    _tickers: deque[Spot] = field(default_factory=lambda: deque(maxlen=_TICKERS))

    def consider(self, look: Look) -> list[Keep]:
        """What is to be kept now, oldest first: nothing, this look, or one that was held back and this one."""
        kept, before, self._last = self.last_kept, self._last, look
        if kept is None or before is None or kept.pixels.shape != look.pixels.shape:
            self._motion = None
            return [Keep(look, "change")]
        tiles = changed_tiles(kept.pixels, look.pixels)
        moved = changed_tiles(before.pixels, look.pixels)
        motion = self._motion = _Motion.after(self._motion, tiles, moved, look.pixels)
        held, self._held = self._held, None
        if tiles is None:
            return self._forced(look)
        different = spots(tiles)
        stirred = [] if moved is None else spots(moved)
        self._note_clocks(before, look, stirred)
        reasons = [spot for spot in different if self._is_reason(spot, look, motion)]
        released = held is not None and any(spot.height > LINE_HEIGHT for spot in stirred)
        kept_now = [Keep(held, "change")] if held is not None and released else []
        if reasons or look.focused:
            self._note_ticker(look.at, reasons)
            return [*kept_now, Keep(look, "focus" if look.focused else "change")]
        if any(self._may_grow(spot, motion) for spot in different):
            self._held = look
        return kept_now or self._forced(look)

    def kept(self, look: Look) -> None:
        """This look is on the disk: from now on others are compared with it."""
        self.last_kept, self._held = look, None
        self._clocks.clear()
        if self._motion is not None:
            self._motion.differs[:] = 0

    def forget(self) -> None:
        """Nothing is known any more: the next look is kept."""
        self.last_kept = self._last = self._held = self._motion = None

    def _forced(self, look: Look) -> list[Keep]:
        assert self.last_kept is not None
        since = look.at - self.last_kept.at
        present = look.idle is None or look.idle < since
        return [Keep(look, "forced")] if since >= self.forced and present else []

    def _is_reason(self, spot: Spot, look: Look, motion: "_Motion") -> bool:
        untouched = look.idle is not None and look.idle >= UNTOUCHED
        if self._is_clock(spot):
            return False
        stands = motion.stands(spot)
        if spot.fits(CARET):
            return stands >= CARET_LOOKS and not self._is_bar(spot, look)
        if spot.fits(TICKER):
            return stands >= 1
        if motion.is_film(spot) and (untouched or spot.height <= LINE_HEIGHT):
            assert self.last_kept is not None
            return look.at - self.last_kept.at >= FILM_EVERY
        return spot.height > LINE_HEIGHT or stands >= 1 or motion.differs_for(spot) > LINE_LOOKS

    def _is_bar(self, spot: Spot, look: Look) -> bool:
        assert self.last_kept is not None
        rows, columns = slice(spot.y, spot.y + spot.height), slice(spot.x, spot.x + spot.width)
        differs = (self.last_kept.pixels[rows, columns] != look.pixels[rows, columns]).any(axis=2)
        return bool(differs.any(axis=0).sum() <= BAR_WIDTH and differs.any(axis=1).sum() >= BAR_HEIGHT)

    def _may_grow(self, spot: Spot, motion: "_Motion") -> bool:
        return not (spot.fits(CARET) or spot.height > LINE_HEIGHT or self._is_clock(spot) or motion.is_film(spot))

    def _is_clock(self, spot: Spot) -> bool:
        return spot.fits(TICKER) and any(spot.within(known) for known in (*self._clocks, *self._tickers))

    def _note_clocks(self, before: Look, look: Look, stirred: list[Spot]) -> None:
        turned = (look.at.minute, look.at.hour) != (before.at.minute, before.at.hour)
        if turned and (look.idle is None or look.idle >= UNTOUCHED):
            self._clocks += [spot for spot in stirred if spot.fits(TICKER)]

    def _note_ticker(self, at: datetime, reasons: list[Spot]) -> None:
        if len(reasons) != 1 or not reasons[0].fits(TICKER):
            self._lone.clear()
            return
        spot = reasons[0]
        if self._lone:
            last_at, last = self._lone[-1]
            if not (spot.within(last) and last.within(spot)) or at - last_at < TICKER_PERIOD:
                self._lone.clear()
        self._lone.append((at, spot))
        if len(self._lone) == 3:
            self._tickers.append(spot)
            self._lone.clear()


Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Motion:
    """Of each tile: for how many looks in a row it stood, stirred, and differed from the last kept frame."""

    stood: Counts
    stirred: Counts
    differs: Counts

    @classmethod
    def after(cls, known: "_Motion | None", tiles: Tiles | None, moved: Tiles | None, pixels: Pixels) -> "_Motion":
        """The counts one look later."""
        if known is None:
            height, width = pixels.shape[:2]
            known = cls(*(np.zeros((-(-height // TILE), -(-width // TILE)), np.int32) for _ in range(3)))
        stir = False if moved is None else moved
        differ = False if tiles is None else tiles
        return cls(
            np.where(stir, 0, known.stood + 1),
            np.where(stir, known.stirred + 1, 0),
            np.where(differ, known.differs + 1, 0),
        )

    def stands(self, spot: Spot) -> int:
        """For how many looks no tile of the spot has stirred."""
        return int(self.stood[spot.tiles].min())

    def differs_for(self, spot: Spot) -> int:
        """For how many looks some tile of the spot has differed from the kept frame."""
        return int(self.differs[spot.tiles].max())

    def is_film(self, spot: Spot) -> bool:
        """Whether most of what differs there has stirred with each of the last looks."""
        differing = self.differs[spot.tiles] > 0
        return bool(np.median(self.stirred[spot.tiles][differing]) >= FILM_LOOKS)
