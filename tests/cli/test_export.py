"""`recall export` writes one JSON object, to standard output or to a file for the owner alone."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Recall


@pytest.mark.usefixtures("told")
def test_standard_output_is_one_object(recall: Recall) -> None:
    ran = recall("export", "--from", "2026-03-01", "--to", "2026-03-02", "--format", "json")
    assert ran.code == 0
    lists = "deployments frames transcripts activities projects day_summaries secrets"
    assert list(json.loads(ran.out)) == lists.split()


@pytest.mark.usefixtures("told")
def test_a_file_is_readable_by_the_owner_alone(recall: Recall, tmp_path: Path) -> None:
    file = tmp_path / "days.json"
    assert recall("export", "--from", "2026-03-02", "--to", "2026-03-02", "-o", str(file)).code == 0
    assert len(json.loads(file.read_text("utf-8"))["frames"]) == 3
    assert file.stat().st_mode & 0o777 == 0o600


def test_days_in_the_wrong_order_are_refused(recall: Recall) -> None:
    ran = recall("export", "--from", "2026-03-02", "--to", "2026-03-01")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "recall: The last day lies before the first.")


def test_a_day_that_is_none_is_refused(recall: Recall) -> None:
    assert recall("export", "--from", "2026-02-30", "--to", "2026-03-01").code == 1


def test_a_file_that_cannot_be_written_is_a_message(recall: Recall, tmp_path: Path) -> None:
    ran = recall(
        "export", "--from", "2026-11-09", "--to", "2026-11-09", "--output", str(tmp_path / "none" / "out.json")
    )
    assert ran.code == 1
    assert "cannot be written" in ran.err
