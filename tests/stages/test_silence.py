"""When a machine that should capture is an alarm: each line a case, times as seen at 12:00 by the machine's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.silence import Limits, Machine, Word, judge, told

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STATES = ("capturing", "paused", "idle", "locked", "off_hours", "failed", "stopped")


def machine(
    state: str,
    *,
    heard: timedelta = MINUTE,
    since: timedelta = 5 * HOUR,
    kept: timedelta | None = MINUTE,
    waits: timedelta | None = None,
    newest: timedelta | None = MINUTE,
    clock: timedelta = timedelta(),
) -> Machine:
    """All lengths of time are ages at the last report; `heard` is the report's own age, `clock` how far it is ahead."""
    at = NOON - heard + clock

    def ago(age: timedelta | None) -> datetime | None:
        return None if age is None else at - age

    spooled = 0 if waits is None else 7
    return Machine(Word(state, at, at - since, ago(kept), spooled, ago(waits)), NOON - heard, ago(newest))


@pytest.mark.parametrize(
    ("case", "standing", "alarm"),
    [
        # it reports, and captures
        (machine("capturing"), "capturing", False),
        (machine("capturing", kept=14 * MINUTE, newest=14 * MINUTE), "capturing", False),
        (machine("capturing", clock=40 * DAY), "capturing", False),
        (machine("capturing", since=MINUTE, kept=None, newest=None), "capturing", False),
        (machine("capturing", since=MINUTE, kept=9 * HOUR, newest=9 * HOUR), "capturing", False),
        # it reports that it captures, and does not
        (machine("capturing", kept=16 * MINUTE, newest=16 * MINUTE), "silent", True),
        (machine("capturing", kept=None, newest=None), "silent", True),
        (machine("capturing", kept=20 * MINUTE, clock=-3 * HOUR), "silent", True),
        # what it keeps does not arrive
        (machine("capturing", waits=5 * HOUR, newest=5 * HOUR), "capturing", False),
        (machine("capturing", waits=7 * HOUR, newest=7 * HOUR), "undelivered", True),
        (machine("paused", waits=7 * HOUR), "undelivered", True),
        (machine("capturing", newest=HOUR), "lost", True),
        (machine("capturing", newest=None), "lost", True),
        # it says itself that it captures nothing
        (machine("failed"), "failed", True),
        *((machine(state, kept=9 * DAY, newest=9 * DAY), state, False) for state in ("paused", "idle", "locked")),
        *((machine(state, heard=99 * DAY), state, False) for state in ("paused", "stopped", "off_hours")),
        # it was heard of, and is not any more
        *((machine(state, heard=HOUR), "away", False) for state in ("capturing", "idle", "locked", "failed")),
        (machine("capturing", heard=2 * DAY, waits=9 * HOUR), "away", False),
        (machine("capturing", heard=4 * DAY), "missing", True),
        (machine("idle", heard=4 * DAY), "missing", True),
        (machine("capturing", heard=31 * DAY), "laid aside", False),
        # there is no agent: an import, or one that was enrolled and never started
        (Machine(), "no agent", False),
        (Machine(newest_frame_at=NOON - 9 * DAY), "no agent", False),
    ],
)
def test_a_case(case: Machine, standing: str, alarm: bool) -> None:
    verdict = judge(case, NOON)
    assert (verdict.standing, verdict.alarm) == (standing, alarm)
    assert verdict.why or not alarm


def test_the_agents_own_sentence_is_the_reason() -> None:
    failing = Machine(Word("failed", NOON, NOON, problem="No screen. Log in."), NOON)
    assert judge(failing, NOON).why == "No screen. Log in."


@given(st.sampled_from(STATES), st.timedeltas(Limits().laid_aside + MINUTE, timedelta(days=9999)))
def test_no_alarm_lasts_for_ever(state: str, unheard: timedelta) -> None:
    assert not judge(machine(state, heard=unheard, kept=9 * DAY, waits=9 * DAY), NOON).alarm


@pytest.mark.parametrize(
    ("span", "words"),
    [(MINUTE, "1 minute"), (119 * MINUTE, "119 minutes"), (47 * HOUR, "47 hours"), (49 * HOUR, "2 days")],
)
def test_lengths_are_told_in_words(span: timedelta, words: str) -> None:
    assert told(span) == words
