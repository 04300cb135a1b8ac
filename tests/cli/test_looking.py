"""`recall timeline`, `show`, `projects` and `stats` tell of a day, and change what the owner says."""

import json
from datetime import timedelta

import pytest

from recall_assets.cli.bars import bar, length
from tests import told_day as day
from tests.cli.conftest import Recall

pytestmark = pytest.mark.usefixtures("told")


def test_the_newest_day_is_shown_unless_another_is_named(recall: Recall) -> None:
    for words in ((), ("--day", "2 march 2026")):
        out = recall("timeline", *words).out
        assert "Monday, 2026-03-02" in out
        assert "Rounding bug" in out
        assert str(day.BUG)[:8] in out
    (told,) = json.loads(recall("timeline", "--day", "2026-03-02", "--json").out)
    assert {one["title"] for one in told["activities"]} == {"Rounding bug", "Stand-up"}


def test_a_week_has_a_line_a_day(recall: Recall) -> None:
    out = recall("timeline", "--day", "2026-03-04", "--week").out
    assert "Mon 2026-03-02" in out
    assert "A rounding bug took 20 minutes." in out


def test_a_day_of_which_nothing_is_known_says_which_are(recall: Recall) -> None:
    ran = recall("timeline", "--day", "2020-01-01")
    assert (ran.code, ran.err) == (0, "")
    assert "from 2026-03-02 to 2026-03-02" in " ".join(ran.out.split())
    refused = recall("timeline", "--day", "whenever")
    assert refused.code == 1
    assert "names no day" in refused.err


@pytest.mark.parametrize(
    ("row", "shown"),
    [(day.FRAMES[0], "def vat(total)"), (day.BUG, "Rounding bug"), (day.LEDGER, "in 2 activities"),
     (day.SPOKEN, "me: We round once."), (day.ABOUT_BUG, "A rounding bug took 20 minutes.")],
)  # fmt: skip
def test_anything_is_shown_by_its_id(row: object, shown: str, recall: Recall) -> None:
    assert shown in recall("show", str(row)[:13]).out
    assert json.loads(recall("show", str(row), "--json").out)["kind"]


def test_time_is_counted_by_project_and_machine(recall: Recall) -> None:
    assert "Ledger" in recall("stats").out
    ran = recall("stats", "--by", "machine", "--from", "2026-03-02", "--to", "2026-03-02", "--json")
    by_machine = json.loads(ran.out)
    assert [(one["key"], one["seconds"]) for one in by_machine] == [("desktop", 1200.0), ("laptop", 1200.0)]


def test_an_edit_is_a_word_and_so_is_the_way_back(recall: Recall) -> None:
    assert "Renamed Ledger to Books" in recall("projects", "rename", "ledger", "Books").out
    split = recall("projects", "split", "books", str(day.BUG)[:8], "--name", "Bugs").out
    assert "Split Bugs from Books" in split
    assert "Bugs" in recall("projects").out
    assert "Merged Bugs into Books" in recall("projects", "merge", "bugs", "books").out
    assert recall("projects", "assign", str(day.BUG)[:8], "--none").code == 0
    for _ in range(4):
        assert "Took back" in recall("projects", "undo").out
    assert [one["name"] for one in json.loads(recall("projects", "list", "--json").out)] == ["Ledger"]
    for words, why in ((("rename", "nothing", "x"), "no project"), (("assign", str(day.BUG)), "where the activities")):
        ran = recall("projects", *words)
        assert ran.code == 1
        assert why in ran.err


def test_a_bar_is_never_nothing_and_never_too_long() -> None:
    assert (bar(0, 4), bar(0.001, 4), bar(0.5, 4), bar(1, 4)) == ("    ", "▏   ", "██  ", "████")
    assert (length(timedelta(minutes=45)), length(timedelta(hours=2, minutes=5))) == ("45 min", "2 h 05 min")


@pytest.mark.parametrize("words", ["materialize --day", "backfill --to today --from", "export --to today --from"])
def test_a_command_that_wants_a_day_says_how_one_is_said(words: str, recall: Recall) -> None:
    ran = recall(*words.split(), "someday")
    assert ran.code == 1
    assert "'someday' names no day." in ran.err
    assert "yesterday, thursday" in ran.err
