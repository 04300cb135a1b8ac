"""The loop: looks at the screens once a second, keeps what is new and may be kept, and says what it does.

    wait (a second, or another active window) ─► desktop ─► policy ─┬─ Rest: nothing is grabbed
     ▲                                                             └─ Look: each monitor
     │    grab ─► paint out ─► one colour? ─► differs from the last look? ─► desktop again: the same may be seen?
     │                                                                        │ no: the grab is thrown away
     └──────── standing: "seen until" ◄─ spool: on the disk ◄─ seal ◄─ changes┘

A window that opens between the question and the grab would be grabbed unseen, so the desktop is asked before and after.
What cannot be kept (disk full) is counted and offered again at the next look. Waits vary a little, so that something
that blinks is not always met in the same state. The loop knows no network: `delivery` runs beside it.
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from capture_agent.changes import Keep, Look, MonitorChanges
from capture_agent.condition import LOOKING, Condition
from capture_agent.config import Config
from capture_agent.desktop import Desktop, Monitor, Pixels, Screens, ScreensError
from capture_agent.exclusions import Exclusions
from capture_agent.messages import CaptureState
from capture_agent.painting import is_uniform, painted
from capture_agent.policy import Look as MayLook
from capture_agent.policy import Rest, Surroundings, judge
from capture_agent.seal import LandingKey
from capture_agent.sealing import Identity, seal_frame
from capture_agent.spool import Spool, SpoolError
from capture_agent.standing import Standing
from capture_agent.tiles import changed_tiles

_JITTER = 0.15
# After another window became active: time to draw itself, and a bound for a desktop where windows fight for the focus.
_DRAWING = timedelta(milliseconds=200)
_REOPEN = timedelta(seconds=10)
# The wall clock was set, or the machine slept: what stood before is not known to have stood meanwhile.
_CLOCK_WAS_SET = timedelta(seconds=2)
_SLEPT = timedelta(minutes=2)
_SHORTEST = 0.1
_UNIFORM_LOOKS = 3
_UNIFORM_REMEDY = (
    "Nothing of it is kept. Allow screen recording for the agent in the system's settings, "
    "or leave the session that shows protected content; a monitor that is off can be left out: [capture] monitors."
)


class Clock(Protocol):
    """The machine's clocks; a test has others."""

    def now(self) -> datetime:
        """Aware, with the offset that the machine's clock shows."""
        ...

    def tick(self) -> float:
        """Seconds that only grow."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def tick(self) -> float:
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner has set, as it stands at this moment."""

    config: Config
    exclusions: Exclusions
    paused_until: datetime | None = None
    on_battery: bool | None = None
    problem: str | None = None  # the settings cannot be read; the last good ones hold


@dataclass(slots=True)
class _Watched:
    """One monitor while it stays where it is."""

    monitor: Monitor
    changes: MonitorChanges
    last: Pixels | None = None
    standing: Standing | None = None
    uniform: int = 0  # looks in a row that gave one colour


@dataclass(slots=True)
class Agent:
    """Captures until it is told to stop.

    Args:
        open_screens: connects to the windowing system; called again when it went away.
        key: the landing key to seal to, asked for each frame.
        rules: asked at each look.
        changed: called when the state changes, and after each look; must not block.
    """

    open_screens: Callable[[], Screens]
    spool: Spool
    identity: Identity
    key: Callable[[], LandingKey]
    rules: Callable[[], Rules]
    clock: Clock
    changed: Callable[[bool], None] = lambda _: None
    condition: Condition = field(init=False)
    _watched: dict[int, _Watched] = field(default_factory=dict)
    _before: tuple[datetime, float] | None = None
    _every: timedelta = timedelta(seconds=1)

    def __post_init__(self) -> None:
        self.condition = Condition(CaptureState.STOPPED, self.clock.now())

    def run(self, stop: threading.Event) -> None:
        """Looks until `stop`; a windowing system that goes away is awaited."""
        screens: Screens | None = None
        try:
            while not stop.is_set():
                try:
                    screens = screens or self.open_screens()
                    self._look_on(screens, stop)
                except ScreensError as error:
                    self.end_standing()
                    self._enter(CaptureState.FAILED, "the screens cannot be captured", _REOPEN, str(error))
                    if screens is not None:
                        screens.close()
                    screens = None
                    stop.wait(_REOPEN.total_seconds())
        finally:
            self.end_standing()
            self._enter(CaptureState.STOPPED, "stopped", _REOPEN)
            if screens is not None:
                screens.close()

    def look(self, screens: Screens, *, focused: bool = False) -> timedelta:
        """Looks once at all monitors; how long to wait for the next look.

        Raises:
            ScreensError: the windowing system is gone or refuses.
        """
        now, tick = self.clock.now(), self.clock.tick()
        self._notice_clock(now, tick)
        rules = self.rules()
        monitors = self._present(screens, rules.config)
        desktop = screens.desktop()
        verdict = self._judged(desktop, monitors, rules, now)
        self.condition.looked_at, self.condition.monitors = now, len(monitors)
        self.condition.on_battery = rules.on_battery
        if isinstance(verdict, Rest):
            self.end_standing()
            self._enter(verdict.state, verdict.why, verdict.every, rules.problem)
            return verdict.every
        self.condition.hidden = len(verdict.hidden)
        problems = [
            self._look_at(screens, self._watched[monitor.index], verdict, rules, (desktop, focused))
            for monitor in monitors
        ]
        failed, blank = self._uniform(monitors)
        state = CaptureState.FAILED if failed else verdict.state
        problem = blank or next(filter(None, problems), None) or rules.problem
        self._enter(state, LOOKING, verdict.every, problem)
        return verdict.every

    def end_standing(self) -> None:
        """Nothing is looked at from now on: what stood is told, and the next look is kept."""
        for watched in self._watched.values():
            self._tell(watched.standing)
        self._watched.clear()

    # ── one look ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look_on(self, screens: Screens, stop: threading.Event) -> None:
        focused = False
        while not stop.is_set():
            began = self.clock.tick()
            every = self.look(screens, focused=focused)
            wanted = every.total_seconds() * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
            focused = self._wait(screens, began + max(_SHORTEST, wanted), stop)

    def _wait(self, screens: Screens, until: float, stop: threading.Event) -> bool:
        """Waits until a tick; True as soon as another window became active and had time to draw itself."""
        while not stop.is_set() and (left := until - self.clock.tick()) > 0:
            if screens.wait(timedelta(seconds=min(left, 1.0))):
                stop.wait(_DRAWING.total_seconds())
                return True
        return False

    def _judged(self, desktop: Desktop, monitors: Sequence[Monitor], rules: Rules, now: datetime) -> MayLook | Rest:
        around = Surroundings(now, rules.paused_until, rules.on_battery)
        return judge(desktop, monitors, rules.config, rules.exclusions, around)

    def _present(self, screens: Screens, config: Config) -> list[Monitor]:
        """The monitors to look at; of those that went, or are another size now, it is told how long they stood."""
        wanted = config.capture.monitors
        monitors = [each for each in screens.monitors() if not wanted or each.index in wanted]
        there = {monitor.index: monitor for monitor in monitors}
        for index in [index for index, known in self._watched.items() if there.get(index) != known.monitor]:
            self._tell(self._watched.pop(index).standing)
        forced = timedelta(minutes=config.capture.forced_minutes)
        for monitor in monitors:
            self._watched.setdefault(monitor.index, _Watched(monitor, MonitorChanges(forced)))
        return monitors

    def _look_at(
        self, screens: Screens, watched: _Watched, verdict: MayLook, rules: Rules, seen: tuple[Desktop, bool]
    ) -> str | None:
        """One monitor; what is wrong with keeping it."""
        desktop, focused = seen
        now, tick = self.clock.now(), self.clock.tick()
        grabbed = screens.grab(watched.monitor)
        pixels = painted(grabbed, watched.monitor, verdict.hidden)
        if watched.last is None or changed_tiles(watched.last, pixels) is not None:
            if is_uniform(pixels):
                self._close(watched)
                watched.uniform += pixels is grabbed and (bool(desktop.windows) or not pixels.any())
                return None
            monitors = [each.monitor for each in self._watched.values()]
            after = self._judged(screens.desktop(), monitors, rules, now)
            if isinstance(after, Rest) or after.hidden != verdict.hidden:
                return None  # something moved that may not be seen; the next look comes soon
            watched.last = pixels
        watched.uniform = 0
        problem = None
        for keep in watched.changes.consider(Look(now, watched.last, desktop.idle, focused)):
            problem = self._keep(keep, watched, verdict, tick) or problem
        if watched.standing is not None:
            watched.standing.seen_tick = tick
            self.condition.last_seen_at = now
            if watched.standing.is_due():
                self._tell(watched.standing)
        return problem

    def _keep(self, keep: Keep, watched: _Watched, verdict: MayLook, tick: float) -> str | None:
        key = self.key()
        self._tell(watched.standing)
        try:
            sealed = seal_frame(keep, watched.monitor, verdict.windows, key, self.identity)
            self.spool.put(sealed.header, sealed.envelope, key.key_id.hex())
        except SpoolError as error:
            self.condition.lost += 1
            return str(error)
        watched.changes.kept(keep.look)
        watched.standing = Standing(sealed.header, tick)
        self.condition.kept += 1
        self.condition.last_kept_at = keep.look.at
        return None

    def _tell(self, standing: Standing | None) -> None:
        message = None if standing is None else standing.message()
        if standing is None or message is None:
            return
        with suppress(SpoolError):  # the disk is full: the next message says the same and more
            self.spool.put(message)
            standing.told_tick = standing.seen_tick

    def _close(self, watched: _Watched) -> None:
        """What stood does not stand any more, and the next look is kept."""
        self._tell(watched.standing)
        watched.standing = watched.last = None
        watched.changes.forget()

    def _uniform(self, monitors: Sequence[Monitor]) -> tuple[bool, str | None]:
        """Whether no monitor gives an image, and what to say of those that give none."""
        blank = [each for each in monitors if self._watched[each.index].uniform >= _UNIFORM_LOOKS]
        if not blank:
            return False, None
        names = ", ".join(str(monitor.index) for monitor in blank)
        return len(blank) == len(monitors), f"Monitor {names} gives an image of one colour. {_UNIFORM_REMEDY}"

    def _notice_clock(self, now: datetime, tick: float) -> None:
        before, self._before = self._before, (now, tick)
        if before is None:
            return
        passed = timedelta(seconds=tick - before[1])
        was_set = abs((now - before[0]) - passed) > _CLOCK_WAS_SET
        if was_set or passed > 2 * self._every + _SLEPT:
            for watched in self._watched.values():
                self._close(watched)

    def _enter(self, state: CaptureState, why: str, every: timedelta, problem: str | None = None) -> None:
        now = self.clock.now()
        self._every = every
        self.condition.next_look_by = now + every
        self.changed(self.condition.enter(state, why, now, problem))
