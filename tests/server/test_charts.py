"""Where the marks of charts lie."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.server.charts.bars import Figure, bars_of
from recall_assets.server.charts.days import columns_of
from recall_assets.server.charts.heat import level, weeks_of
from recall_assets.server.charts.lanes import axis_of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
lengths = st.integers(0, 10_000).map(lambda minutes: minutes * MINUTE)
figures = st.lists(st.builds(Figure, st.text(max_size=5), lengths), max_size=20)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 4, hour, minute, tzinfo=UTC)


def test_an_axis_holds_whole_hours_of_its_zone() -> None:
    axis = axis_of([(at(8, 20), at(9)), (at(10), at(15, 10))], timezone(timedelta(hours=5, minutes=30)))
    assert axis is not None
    assert (f"{axis.start:%H:%M}", f"{axis.end:%H:%M}") == ("13:00", "21:00")
    assert [tick.label for tick in axis.ticks()] == [f"{hour}:00" for hour in range(13, 22)]


def test_a_short_day_is_not_blown_up_and_a_long_one_has_few_ticks() -> None:
    short, long = axis_of([(at(9), at(9, 10))], UTC), axis_of([(at(0), at(23, 30))], UTC)
    assert short is not None
    assert long is not None
    assert short.end - short.start == 4 * HOUR
    assert [tick.label for tick in long.ticks()][:3] == ["00:00", "02:00", "04:00"]
    assert axis_of([], UTC) is None


def test_a_stretch_is_a_share_of_the_axis_and_now_is_on_it_or_nowhere() -> None:
    axis = axis_of([(at(8), at(12))], UTC)
    assert axis is not None
    assert (axis.stretch(at(9), at(10)).x, axis.stretch(at(9), at(10)).width) == (25.0, 25.0)
    assert axis.now(at(10)) == 50.0
    assert axis.now(at(13)) is None


@given(figures, st.integers(1, 8))
def test_bars_lose_no_time_and_the_longest_is_whole(found: list[Figure], most: int) -> None:
    bars = bars_of(found, most=most)
    assert sum((bar.figure.length for bar in bars), timedelta()) == sum((one.length for one in found), timedelta())
    assert len(bars) <= most
    assert not bars or max(bar.share for bar in bars) == 100.0


@given(st.lists(figures, max_size=10))
def test_columns_stay_inside_and_pieces_do_not_overlap(days: list[list[Figure]]) -> None:
    chart = columns_of([(date(2026, 3, 4) + timedelta(days=number), found) for number, found in enumerate(days)])
    for column in chart.columns:
        assert column.x >= 0
        assert column.x + column.width <= 100.001
        tops = [piece.y for piece in column.pieces]
        assert tops == sorted(tops, reverse=True)
        assert all(top >= 0 for top in tops)


def test_columns_stack_in_the_same_order_and_lines_are_round() -> None:
    big, small = Figure("big", 3 * HOUR), Figure("small", HOUR)
    other = [Figure("small", 2 * HOUR), Figure("big", HOUR)]
    chart = columns_of([(date(2026, 3, 4), [small, big]), (date(2026, 3, 5), other)])
    assert [[piece.figure.name for piece in column.pieces] for column in chart.columns] == [["big", "small"]] * 2
    assert [time for _, time in chart.lines] == [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]


def test_a_month_is_whole_weeks_from_monday() -> None:
    weeks = list(weeks_of(date(2026, 11, 1)))
    assert (weeks[0][0], weeks[-1][-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert len(list(weeks_of(date(2027, 2, 1)))) == 4


def test_warmth_has_five_levels() -> None:
    assert [level(hours * HOUR) for hours in (0, 1, 3, 5, 9)] == [0, 1, 2, 3, 4]
