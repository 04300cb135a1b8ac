"""The campaign of faults with a seed of this commit: each commit meets others, and a failure can be repeated."""

import subprocess
import sys
import warnings

import pytest

from tests.architecture.tree import ROOT

pytestmark = [pytest.mark.system, pytest.mark.long]


def test_25_faults_over_the_whole_of_recall_leave_every_frame_once_and_nothing_stuck() -> None:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    seed = str(int(commit[:8], 16))
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults", "25", seed], cwd=ROOT, capture_output=True, text=True, timeout=1800
    )
    print(told.stdout)
    if "did not end in order" in told.stdout:  # no frame is lost by it, but nobody would see it in a run that passes
        warnings.warn(f"seed {seed}: the agent hung when it was asked to end", stacklevel=1)
    assert told.returncode == 0, f"seed {seed}\n{told.stdout}\n{told.stderr[-3000:]}"
