"""Where two grabs of a monitor differ, in tiles of 8 x 8 pixels, and the groups that such tiles form.

grab a ─┐                        ┌────────┐
grab b ─┴─► rows that differ ─►  │ ▒▒ ▒▒  │ ─► spots: groups of tiles that touch, over one tile from side to side
                                 │      ▒ │    as well, so that a word is one
                                 └────────┘
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from capture_agent.desktop import Pixels
from capture_agent.screens.pixels import COLOURS, words

TILE = 8
_MOST_TILES = 1024  # more is a page, whatever its groups are

Tiles = npt.NDArray[np.bool_]


class Spot(NamedTuple):
    """A group of changed tiles, in pixels of the monitor."""

    x: int
    y: int
    width: int
    height: int

    @property
    def tiles(self) -> tuple[slice, slice]:
        """Rows and columns of its tiles."""
        rows = slice(self.y // TILE, (self.y + self.height) // TILE)
        return rows, slice(self.x // TILE, (self.x + self.width) // TILE)

    def fits(self, size: tuple[int, int]) -> bool:
        return self.width <= size[0] and self.height <= size[1]

    def shared(self, other: "Spot") -> int:
        """The area that both cover, in pixels."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0, width) * max(0, height)

    def within(self, other: "Spot") -> bool:
        """Whether nearly all of it lies in the other one."""
        return self.shared(other) >= 0.8 * self.width * self.height


def changed_tiles(a: Pixels, b: Pixels) -> Tiles | None:
    """Which tiles of 8 x 8 pixels differ, bool[rows, columns]; None where nothing does or everything may (other size).

    An unchanged screen costs one comparison of its bytes; of a changed one only the rows that differ are looked at.
    """
    if a is b:
        return None
    height, width = a.shape[:2]
    rows, columns = -(-height // TILE), -(-width // TILE)
    if a.shape != b.shape:
        return np.ones((rows, columns), bool)
    tiles = np.zeros((rows, columns), bool)
    for row in np.unique(np.nonzero(_rows_that_differ(a, b))[0] // TILE):
        band = slice(row * TILE, min((row + 1) * TILE, height))
        pixels = np.zeros(columns * TILE, bool)
        pixels[:width] = _columns_that_differ(a, b, band)
        tiles[row] = pixels.reshape(columns, TILE).any(axis=1)
    return tiles if tiles.any() else None


def _rows_that_differ(a: Pixels, b: Pixels) -> Tiles:
    """Rows of which a pixel differs, be it in its byte of chance, bool[height]."""
    one, other = words(a), words(b)
    if one is None or other is None:
        return np.asarray((a.reshape(len(a), -1) != b.reshape(len(b), -1)).any(axis=1))
    if one.shape[1] % 2 == 0:  # two pixels at a time
        one, other = one.view(np.uint64), other.view(np.uint64)
    return np.asarray((one != other).any(axis=1))


def _columns_that_differ(a: Pixels, b: Pixels, band: slice) -> Tiles:
    """Columns of which a pixel has another colour in these rows, bool[width]."""
    one, other = words(a), words(b)
    if one is None or other is None:
        return np.asarray((a[band] != b[band]).any(axis=(0, 2)))
    return np.asarray(((one[band] ^ other[band]) & COLOURS).any(axis=0))


def spots(tiles: Tiles) -> list[Spot]:
    """The groups of changed tiles that touch, also by a corner or over one tile; one spot where they are very many."""
    where = np.argwhere(tiles)
    if len(where) > _MOST_TILES:
        return [_spot(where)]
    left = {(int(row), int(column)) for row, column in where}
    found = []
    while left:
        reached = [left.pop()]
        for row, column in reached:
            near = [(row + r, column + c) for r in (-1, 0, 1) for c in (-2, -1, 0, 1, 2)]
            reached += (step := [tile for tile in near if tile in left])
            left.difference_update(step)
        found.append(_spot(np.array(reached)))
    return found


def _spot(where: npt.NDArray[np.intp]) -> Spot:
    top, left = (int(n) for n in where.min(axis=0))
    bottom, right = (int(n) for n in where.max(axis=0) + 1)
    return Spot(left * TILE, top * TILE, (right - left) * TILE, (bottom - top) * TILE)
