"""`recall search` answers in a form for eyes and in one for programs, and teaches its filters."""

import json

import pytest

from tests import told_day as day
from tests.cli.conftest import Recall

FIELDS = ["id", "kind", "deployment_id", "start_at", "end_at", "activity_id", "project_id", "title", "snippet", "score"]


@pytest.mark.usefixtures("findable")
def test_json_is_a_list_of_hits_best_first(recall: Recall) -> None:
    hits = json.loads(recall("search", "rounding bug kind:activity", "--json").out)
    assert {tuple(hit) for hit in hits} == {tuple(FIELDS)}
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert (hits[0]["id"], hits[0]["activity_id"], hits[0]["project_id"]) == (
        str(day.BUG),
        str(day.BUG),
        str(day.LEDGER),
    )


@pytest.mark.usefixtures("findable")
def test_a_hit_says_what_when_where_and_why(recall: Recall) -> None:
    ran = recall("search", "what did I round?", "kind:transcript")
    assert ran.code == 0
    assert "transcript" in ran.out
    assert "desktop" in ran.out
    assert "We round once." in ran.out


@pytest.mark.usefixtures("findable")
def test_a_day_that_was_asked_is_named_and_times_are_those_of_the_machine(recall: Recall) -> None:
    told = recall("search", f"what did I do on {day.DAY}").out
    assert told.startswith("Monday, 2 March 2026")
    assert "10:00-10:20  laptop  Rounding bug" in told
    assert "2026-03-02 to 2026-03-02" in recall("search", "what did I do on 2026-03-01").out


@pytest.mark.usefixtures("findable")
def test_nothing_found_says_what_finds_more(recall: Recall) -> None:
    assert "recall search --help" in recall("search", "xylophone").out
    assert json.loads(recall("search", "xylophone", "--json").out) == []


def test_a_filter_that_is_none_names_those_that_are(recall: Recall) -> None:
    ran = recall("search", "kind:picture")
    assert ran.code == 1
    assert "day, project, activity, frame, transcript, memory" in ran.err


def test_a_leg_that_is_none_names_those_that_are(recall: Recall) -> None:
    assert "--legs text,vector" in recall("search", "invoice", "--legs", "smell").err


def test_help_teaches_the_filters(recall: Recall) -> None:
    told = recall("search", "--help").out
    for word in ("app:firefox", "project:", "deployment:", "kind:", "before:", "after:", "on:", "-word", '"Quotes"'):
        assert word in told
