"""`recall forget` shows what would go, asks, and says what went."""

import io
import json

import pytest

from tests.cli.conftest import Recall

TIME = ("--from", "2026-03-02", "--to", "2026-03-02")


@pytest.mark.usefixtures("told")
def test_what_would_go_is_shown_and_nothing_goes_without_a_yes(recall: Recall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    shown = recall("forget", *TIME, "--dry-run")
    assert "3 frames" in shown.out
    assert "made again from what is left" in shown.out
    assert recall("forget", *TIME).code == 1
    assert recall("forget", *TIME, "--dry-run").out == shown.out
    assert json.loads(recall("forget", *TIME, "--dry-run", "--json").out)["items"]["frames"] == 3


@pytest.mark.usefixtures("told")
def test_what_went_is_said_and_doctor_finds_nothing_of_it(recall: Recall) -> None:
    assert "3 frames" in recall("forget", *TIME, "--yes").out
    assert "Nothing that is here would go." in recall("forget", *TIME, "--dry-run").out
    assert "forgotten before" in recall("forget", *TIME, "--yes").out
    assert "No order was interrupted" in recall("forget", "--finish").out
    checks = {check["name"]: check for check in json.loads(recall("doctor", "--json").out)}
    assert (checks["forgotten"]["state"], "nothing of them is left" in checks["forgotten"]["found"]) == ("ok", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Nothing says what to forget"),
        (("--from", "soon"), "is no time"),
        (("--from", "now", "--to", "yesterday"), "is not before"),
        (("--deployment", "nowhere"), "There is no machine"),
        (("--project", "nothing"), "No project is called"),
        (("--text", "…"), "holds no word"),
    ],
)
def test_what_cannot_be_meant_is_refused(recall: Recall, words: tuple[str, ...], said: str) -> None:
    refused = recall("forget", *words, "--dry-run")
    assert (refused.code, said in refused.err) == (1, True)
