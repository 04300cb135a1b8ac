"""The loop before drawn screens: what is kept, what never is, and what it says of itself."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from capture_agent.config import Capture, Config
from capture_agent.desktop import ScreensError, Window
from capture_agent.messages import CaptureState
from tests.agent.drawn_desktop import NOON, Desk, DrawnScreens, shade
from tests.agent.opened import opened

EDITOR = Window("geany", "notes", (0, 0, 200, 150), active=True)
PASSWORDS = Window("keepassxc", "hunter2", (180, 60, 100, 80))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, DrawnScreens([EDITOR]))


def test_what_is_kept_opens_to_the_pixels_and_what_the_screen_told(desk: Desk) -> None:
    desk.screens.idle = timedelta(seconds=3)
    assert desk.look() == 1
    metadata, pixels = opened(desk.frames()[0])
    assert np.array_equal(pixels, desk.screens.grab(desk.screens.monitors()[0]))
    assert (metadata.app, metadata.title, metadata.idle_seconds) == ("geany", "notes", 3)
    assert [window.rect for window in metadata.windows] == [EDITOR.rect]
    assert desk.frames()[0].header.captured_at == NOON


def test_a_still_screen_is_one_frame_that_was_seen_until(desk: Desk) -> None:
    assert desk.look(200) == 1
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=180)]
    desk.agent.end_standing()
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=199)]


def test_a_frame_stood_until_the_look_before_the_next_one(desk: Desk) -> None:
    desk.look(10)
    desk.screens.windows = [Window("geany", "other", (0, 0, 200, 150), active=True)]
    assert desk.look() == 1
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=9)]


def test_an_excluded_window_beside_others_is_painted_out_and_named_nowhere(desk: Desk) -> None:
    desk.screens.windows = [PASSWORDS, EDITOR]
    assert desk.look() == 1
    metadata, pixels = opened(desk.frames()[0])
    assert not (pixels == shade("hunter2")).any()
    assert (pixels == shade("notes")).any()
    assert "hunter2" not in metadata.model_dump_json()


def test_what_happens_in_an_excluded_window_is_no_reason(desk: Desk) -> None:
    desk.screens.windows = [PASSWORDS, EDITOR]
    desk.look()
    desk.screens.windows = [Window("keepassxc", "another secret", PASSWORDS.rect), EDITOR]
    assert desk.look(5) == 0


def test_an_excluded_window_that_opens_during_the_grab_is_on_no_frame(desk: Desk) -> None:
    desk.look()
    desk.screens.between = [PASSWORDS, EDITOR]
    assert desk.look() == 0
    desk.look(3)
    assert len(desk.frames()) == 2
    assert not any((opened(frame)[1] == shade("hunter2")).any() for frame in desk.frames())


def test_while_locked_nothing_is_kept_and_what_stood_has_an_end(desk: Desk) -> None:
    desk.look(10)
    desk.screens.locked = True
    assert desk.look(100) == 0
    assert desk.agent.condition.state is CaptureState.LOCKED
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=9)]
    desk.screens.locked = False
    assert desk.look() == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(hours=-5)])
def test_a_clock_that_is_set_ends_what_stood_and_begins_anew(desk: Desk, ahead: timedelta) -> None:
    desk.look(10)
    desk.clock.ahead = ahead
    assert desk.look(5) == 1
    assert [frame.header.captured_at for frame in desk.frames()] == [NOON, NOON + ahead + timedelta(seconds=10)]
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=9)]


def test_after_a_sleep_the_screen_is_not_said_to_have_stood_meanwhile(desk: Desk) -> None:
    desk.look(10)
    desk.clock.passed += 8 * 3600
    assert desk.look() == 1
    assert [seen.seen_until for seen in desk.seen()] == [NOON + timedelta(seconds=9)]


def test_each_monitor_has_frames_of_its_own_and_may_come_and_go(desk: Desk) -> None:
    desk.screens.sizes = [(320, 200), (160, 100)]
    assert desk.look(2) == 2
    desk.screens.sizes = [(320, 200)]
    assert desk.look(2) == 0
    desk.screens.sizes = [(320, 200), (200, 100)]
    assert desk.look(2) == 1
    assert [frame.header.monitor for frame in desk.frames()] == [0, 1, 1]  # type: ignore[union-attr]


def test_only_the_monitors_that_are_set_are_looked_at(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DrawnScreens([EDITOR], [(320, 200)] * 3), config=Config(capture=Capture(monitors=(2,))))
    assert desk.look() == 1
    assert desk.frames()[0].header.monitor == 2  # type: ignore[union-attr]


def test_a_black_grab_is_never_kept_and_is_told(desk: Desk) -> None:
    desk.look()
    desk.screens.black = True
    assert desk.look(5) == 0
    assert desk.agent.condition.state is CaptureState.FAILED
    assert "one colour" in (desk.agent.condition.problem or "")
    desk.screens.black = False
    assert desk.look() == 1
    assert (desk.agent.condition.state, desk.agent.condition.problem) == (CaptureState.CAPTURING, None)


def test_one_dead_monitor_beside_a_live_one_is_told_and_the_other_is_kept(desk: Desk) -> None:
    desk.screens.sizes = [(320, 200), (1, 1)]
    assert desk.look(5) == 1
    assert desk.agent.condition.state is CaptureState.CAPTURING
    assert "Monitor 1" in (desk.agent.condition.problem or "")


def test_screens_that_went_away_are_an_error_with_the_remedy(desk: Desk) -> None:
    desk.screens.broken = "The X server closed the connection. Capture goes on when it is back."
    with pytest.raises(ScreensError, match="goes on"):
        desk.look()
