"""When what landed is reviewed: each line a case."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import Review
from recall_assets.stages.review import LONGEST_WAIT, is_due, runs_on_battery

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT, LATE = (time(1), time(6)), (time(22), time(6))
NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)
ON_DEMAND = Review(delay=None)
AT_ONCE = Review(delay=timedelta())
ON_MAINS = Review(on_mains=True)
AT_NIGHT = Review(night=NIGHT)
LATE_ON_MAINS = Review(on_mains=True, night=LATE)


@pytest.mark.parametrize(
    ("review", "waited", "clock", "on_battery", "due"),
    [
        (Review(), 4 * MINUTE, time(12), False, False),
        (Review(), 5 * MINUTE, time(12), True, True),
        (AT_ONCE, timedelta(), time(12), True, True),
        (Review(delay=HOUR), 59 * MINUTE, time(12), False, False),
        (Review(delay=HOUR), HOUR, time(12), False, True),
        (Review(delay=5 * DAY), 4 * DAY, time(12), False, False),
        (Review(delay=5 * DAY), 5 * DAY, time(12), False, True),
        (ON_DEMAND, 99 * DAY, time(3), False, False),
        (ON_MAINS, HOUR, time(12), True, False),
        (ON_MAINS, HOUR, time(12), False, True),
        (ON_MAINS, MINUTE, time(12), False, False),
        (ON_MAINS, 4 * DAY, time(12), True, True),
        (AT_NIGHT, HOUR, time(0, 59), False, False),
        (AT_NIGHT, HOUR, time(1), True, True),
        (AT_NIGHT, MINUTE, time(1), False, False),
        (AT_NIGHT, HOUR, time(6), False, False),
        (AT_NIGHT, 4 * DAY, time(12), False, True),
        (LATE_ON_MAINS, HOUR, time(23), False, True),
        (LATE_ON_MAINS, HOUR, time(5, 59), False, True),
        (LATE_ON_MAINS, HOUR, time(21, 59), False, False),
        (LATE_ON_MAINS, HOUR, time(23), True, False),
    ],
)
def test_a_case(review: Review, waited: timedelta, clock: time, on_battery: bool, due: bool) -> None:
    assert is_due(review, waited, clock, on_battery=on_battery) is due


HOURS = st.none() | st.tuples(st.times(), st.times())


@given(
    st.builds(Review, st.timedeltas(timedelta(), LONGEST_WAIT), st.booleans(), HOURS),
    st.times(),
    st.booleans(),
)
def test_nothing_waits_for_ever_but_on_demand(review: Review, clock: time, on_battery: bool) -> None:
    assert is_due(review, LONGEST_WAIT, clock, on_battery=on_battery)


@pytest.mark.parametrize(
    ("said", "age", "battery"),
    [(True, MINUTE, True), (True, HOUR, False), (False, MINUTE, False), (None, MINUTE, False), (True, None, False)],
)
def test_a_battery_counts_while_it_is_heard_of(said: bool | None, age: timedelta | None, battery: bool) -> None:
    assert runs_on_battery(said, None if age is None else NOW - age, NOW) is battery
