"""What of a window is visible: exact against counting pixels."""

from hypothesis import given
from hypothesis import strategies as st

from capture_agent.protocol import Rect
from capture_agent.screens.geometry import overlap, visible_parts

RECTS = st.tuples(st.integers(-5, 20), st.integers(-5, 20), st.integers(0, 12), st.integers(0, 12))


def _cells(rect: Rect) -> set[tuple[int, int]]:
    x, y, width, height = rect
    return {(column, row) for column in range(x, x + width) for row in range(y, y + height)}


@given(rect=RECTS, covers=st.lists(RECTS, max_size=6))
def test_the_visible_parts_are_the_uncovered_pixels_each_once(rect: Rect, covers: list[Rect]) -> None:
    parts = [_cells(part) for part in visible_parts(rect, covers)]
    assert set().union(*parts) == _cells(rect) - set().union(*map(_cells, covers))
    assert sum(map(len, parts)) == len(set().union(*parts))


@given(one=RECTS, other=RECTS)
def test_the_overlap_is_what_both_cover(one: Rect, other: Rect) -> None:
    shared = overlap(one, other)
    assert (_cells(shared) if shared else set()) == _cells(one) & _cells(other)
