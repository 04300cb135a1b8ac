"""What may be kept of a desktop at one moment; pure, so that every rule stands in a table of tests.

    paused? ─► outside work hours? ─► battery? ─► locked? ─► active window excluded? ─► Look(every, hidden, idle)
       └────────────┴───────────────────┴─────────────┴──────────────┴─► Rest(state, why)

An excluded window that others cover in part is painted out where it can be seen: its rectangle without the rectangles
of the windows above it. Those count for a little less than they are, since shadows and round corners let through what
lies below, except where they end at the edge of a monitor; a window that says that it is translucent covers nothing.

    ┌─ editor ───────┐
    │   ┌────────────┼───┐       hidden:  ▒ what of the password manager lies
    │   │ password   │▒▒▒│                  right of the editor, and a rim below
    └───┼────────────┘▒▒▒│                  its edge
        └────────────────┘
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from capture_agent.config import Config
from capture_agent.desktop import Desktop, Monitor, Window
from capture_agent.exclusions import Exclusions
from capture_agent.messages import CaptureState
from capture_agent.protocol import Rect
from capture_agent.screens.geometry import visible_parts

# Shadows of usual desktops end within so many pixels; a rim of this width of a covering window hides nothing.
RIM = 32
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is grabbed."""

    state: CaptureState
    why: str
    every: timedelta


@dataclass(frozen=True, slots=True)
class Look:
    """The screens may be grabbed; `hidden` is painted out before anything else is done with the pixels."""

    every: timedelta
    hidden: tuple[Rect, ...] = ()
    windows: tuple[Window, ...] = ()  # those that may be named, topmost first
    state: CaptureState = CaptureState.CAPTURING


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is neither on the screen nor in the settings; `now` is aware, on the machine's clock."""

    now: datetime
    paused_until: datetime | None = None
    on_battery: bool | None = None


def judge(
    desktop: Desktop, monitors: Sequence[Monitor], config: Config, rules: Exclusions, around: Surroundings
) -> Look | Rest:
    """What may be kept now."""
    every = timedelta(seconds=config.capture.every_seconds)
    if around.paused_until is not None and around.now < around.paused_until:
        return Rest(CaptureState.PAUSED, "paused by its owner", every)
    if not within_hours(config, around.now):
        return Rest(CaptureState.OFF_HOURS, "outside work hours", timedelta(seconds=30))
    if around.on_battery and config.power.on_battery == "pause":
        return Rest(CaptureState.PAUSED, "on battery", timedelta(seconds=30))
    if desktop.locked:
        return Rest(CaptureState.LOCKED, "the screen is locked or its saver runs", every)
    active = desktop.active
    if active is not None and (why := rules.why(active)):
        return Rest(CaptureState.CAPTURING, f"{why} is in use", every)
    if around.on_battery and config.power.on_battery == "slower":
        every = max(every, timedelta(seconds=config.power.battery_every_seconds))
    state = CaptureState.CAPTURING
    if desktop.idle is not None and desktop.idle >= timedelta(seconds=config.capture.idle_after_seconds):
        state = CaptureState.IDLE
        every = max(every, timedelta(seconds=config.capture.idle_every_seconds))
    hidden, shown = _parted(desktop.windows, [monitor.rect for monitor in monitors], rules)
    return Look(every, hidden, shown, state)


def within_hours(config: Config, now: datetime) -> bool:
    """Whether capture is on at this time of this day; a span over midnight belongs to the day on which it starts."""
    hours = config.hours
    clock = now.time()
    today = _DAYS[now.weekday()] in hours.days
    if hours.start == hours.end:
        return today
    if hours.start < hours.end:
        return today and hours.start <= clock < hours.end
    yesterday = _DAYS[(now.weekday() - 1) % 7] in hours.days
    return (today and clock >= hours.start) or (yesterday and clock < hours.end)


def _parted(
    windows: Iterable[Window], monitors: Sequence[Rect], rules: Exclusions
) -> tuple[tuple[Rect, ...], tuple[Window, ...]]:
    hidden: list[Rect] = []
    shown: list[Window] = []
    above: list[Rect] = []
    for window in windows:
        if rules.why(window):
            hidden += visible_parts(window.rect, above)
        else:
            shown.append(window)
            if not window.translucent:
                above.append(_core(window.rect, monitors))
    return tuple(hidden), tuple(shown)


def _core(rect: Rect, monitors: Iterable[Rect]) -> Rect:
    """What a window surely covers: itself without a rim where it does not end at the edge of a monitor."""
    sides = set[int]()
    for monitor in monitors:
        sides |= {side for side, (at, edge) in enumerate(zip(_edges(rect), _edges(monitor), strict=True)) if at == edge}
    left, top, right, bottom = _edges(rect)
    if len(sides) < 3:  # three: it is maximised, and has no shadow at the fourth, where a panel lies
        left += RIM * (0 not in sides)
        top += RIM * (1 not in sides)
        right -= RIM * (2 not in sides)
        bottom -= RIM * (3 not in sides)
    return left, top, max(0, right - left), max(0, bottom - top)


def _edges(rect: Rect) -> tuple[int, int, int, int]:
    return rect[0], rect[1], rect[0] + rect[2], rect[1] + rect[3]
