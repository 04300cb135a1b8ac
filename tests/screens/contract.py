"""What every windowing system must keep, whichever it is: the contract of `Screens`."""

from datetime import timedelta

import numpy as np
import pytest

from capture_agent.desktop import Monitor, Screens, ScreensError
from capture_agent.screens.geometry import overlap


def keeps_the_contract(screens: Screens) -> None:
    """Fails where `screens` breaks a promise. Something must be shown on it."""
    assert screens.name
    monitors = screens.monitors()
    assert [monitor.index for monitor in monitors] == [*range(len(monitors))]
    assert [monitor.rect[:2] for monitor in monitors] == sorted(monitor.rect[:2] for monitor in monitors)
    for monitor in monitors:
        pixels = screens.grab(monitor)
        assert pixels.shape == (monitor.rect[3], monitor.rect[2], 3)
        assert pixels.dtype == np.uint8
    with pytest.raises(ScreensError):
        screens.grab(Monitor(len(monitors), (100_000, 0, 640, 480)))
    _windows_are_sane(screens)
    assert not screens.wait(timedelta(milliseconds=10))


def _windows_are_sane(screens: Screens) -> None:
    shown = screens.desktop()
    assert sum(window.active for window in shown.windows) <= 1
    assert shown.idle is None or shown.idle >= timedelta()
    for window in shown.windows:
        assert any(overlap(window.rect, monitor.rect) for monitor in screens.monitors())
