"""What may be kept of a desktop: a table of moments, and that no pixel of an excluded window is ever left."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_agent.config import Capture, Config, Exclude, Hours, Power
from capture_agent.desktop import Desktop, Monitor, Window
from capture_agent.exclusions import exclusions
from capture_agent.messages import CaptureState
from capture_agent.policy import Look, Rest, Surroundings, judge, within_hours
from capture_agent.protocol import Rect

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)  # a Monday
SCREEN: Rect = (0, 0, 400, 300)
MONITORS = [Monitor(0, SCREEN)]
DEFAULTS = Config()
EDITOR = Window("geany", "notes.txt", (0, 0, 200, 300), active=True)
PASSWORDS = Window("KeePassXC", "vault.kdbx", (100, 50, 200, 200))


def judged(
    *windows: Window,
    config: Config = DEFAULTS,
    idle: float | None = 0,
    locked: bool = False,
    now: datetime = NOON,
    paused_until: datetime | None = None,
    on_battery: bool | None = None,
) -> Look | Rest:
    idle_time = None if idle is None else timedelta(seconds=idle)
    desktop = Desktop(windows or (EDITOR,), idle_time, locked)
    around = Surroundings(now, paused_until, on_battery)
    return judge(desktop, MONITORS, config, exclusions(config.exclude), around)


def looks(**moment: object) -> tuple[CaptureState, float]:
    verdict = judged(**moment)  # type: ignore[arg-type]
    assert isinstance(verdict, Look)
    return verdict.state, verdict.every.total_seconds()


def rests(**moment: object) -> CaptureState:
    verdict = judged(**moment)  # type: ignore[arg-type]
    assert isinstance(verdict, Rest)
    return verdict.state


def test_a_person_at_work_is_looked_at_each_second_and_one_who_is_away_less_often() -> None:
    assert looks() == (CaptureState.CAPTURING, 1)
    assert looks(idle=None) == (CaptureState.CAPTURING, 1)
    assert looks(idle=120) == (CaptureState.IDLE, 5)
    assert looks(idle=30, config=Config(capture=Capture(idle_after_seconds=20))) == (CaptureState.IDLE, 5)


def test_a_machine_on_battery_does_what_is_set() -> None:
    assert looks(on_battery=True) == (CaptureState.CAPTURING, 3)
    assert looks(on_battery=None) == looks(on_battery=False) == (CaptureState.CAPTURING, 1)
    assert looks(on_battery=True, config=Config(power=Power(on_battery="as usual"))) == (CaptureState.CAPTURING, 1)
    assert rests(on_battery=True, config=Config(power=Power(on_battery="pause"))) == CaptureState.PAUSED


def test_nothing_is_grabbed_while_locked_or_paused_or_off_hours() -> None:
    assert rests(locked=True) == CaptureState.LOCKED
    assert rests(paused_until=NOON + timedelta(seconds=1)) == CaptureState.PAUSED
    assert looks(paused_until=NOON) == looks()
    evening = Config(hours=Hours(start=time(18), end=time(23)))
    assert rests(config=evening) == CaptureState.OFF_HOURS
    assert rests(paused_until=NOON + timedelta(hours=1), locked=True) == CaptureState.PAUSED


@pytest.mark.parametrize(
    ("days", "start", "end", "at", "inside"),
    [
        (("mon",), 0, 0, NOON, True),
        (("tue",), 0, 0, NOON, False),
        (("mon",), 8, 18, NOON, True),
        (("mon",), 8, 12, NOON, False),
        (("mon",), 12, 13, NOON, True),
        (("mon",), 22, 6, NOON.replace(hour=23), True),
        (("mon",), 22, 6, NOON.replace(day=10, hour=5), True),
        (("mon",), 22, 6, NOON.replace(day=10, hour=6), False),
        (("mon",), 22, 6, NOON.replace(hour=5), False),
    ],
)
def test_work_hours_begin_inclusive_end_exclusive_and_may_span_midnight(
    days: tuple[str, ...], start: int, end: int, at: datetime, inside: bool
) -> None:
    config = Config.model_validate({"hours": {"days": days, "start": time(start), "end": time(end)}})
    assert within_hours(config, at) is inside


def test_while_an_excluded_window_is_in_use_nothing_is_kept_on_any_monitor() -> None:
    used = Window("KeePassXC", "vault.kdbx", (0, 0, 10, 10), active=True)
    verdict = judged(EDITOR, used) if not EDITOR.active else judged(used, Window("geany", "notes", (50, 0, 10, 10)))
    assert isinstance(verdict, Rest)
    assert verdict.why == "an excluded application is in use"


def test_an_excluded_window_beside_others_is_painted_out_and_not_named() -> None:
    verdict = judged(PASSWORDS, EDITOR)
    assert isinstance(verdict, Look)
    assert verdict.hidden == (PASSWORDS.rect,)
    assert verdict.windows == (EDITOR,)


def test_behind_a_maximised_window_nothing_has_to_be_painted_out() -> None:
    maximised = Window("geany", "notes", (0, 0, 400, 270), active=True)  # a panel lies below it
    verdict = judged(maximised, Window("KeePassXC", "vault", (10, 10, 300, 200)))
    assert isinstance(verdict, Look)
    assert verdict.hidden == ()


def test_the_owners_own_exclusions_hold_without_the_defaults() -> None:
    only = Config(exclude=Exclude(apps=("Geany",), defaults=False))
    assert rests(config=only) == CaptureState.CAPTURING
    verdict = judged(Window("KeePassXC", "vault", (0, 0, 9, 9), active=True), config=only)
    assert isinstance(verdict, Look)


rects = st.tuples(st.integers(-50, 380), st.integers(-50, 280), st.integers(0, 450), st.integers(0, 350))


@st.composite
def desktops(draw: st.DrawFn) -> list[Window]:
    drawn = draw(st.lists(st.tuples(rects, st.sampled_from(["geany", "keepassxc"]), st.booleans()), max_size=6))
    return [Window(app, "t", rect, translucent=translucent) for rect, app, translucent in drawn]


@given(desktops())
def test_no_visible_pixel_of_an_excluded_window_is_left(windows: list[Window]) -> None:
    """Drawn from the bottom up, opaque, without shadows: what the excluded ones still show must be hidden."""
    shows = np.zeros((300, 400), bool)
    for window in reversed(windows):
        x, y, w, h = window.rect
        area = shows[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
        if window.app == "keepassxc":
            area[:] = True
        elif not window.translucent:
            area[:] = False
    verdict = judged(*windows, Window("panel", "", (0, 0, 0, 0)))
    assert isinstance(verdict, Look)
    for x, y, w, h in verdict.hidden:
        shows[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = False
    assert not shows.any()
