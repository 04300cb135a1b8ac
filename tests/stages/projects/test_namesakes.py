"""Titles that call a project by its name belong to it."""

from recall_assets.stages.projects import assign
from recall_assets.stages.projects.namesakes import called, leading_names
from tests.stages.projects.test_assigning import TREES, WINE, work
from tests.store.stored_days import DAY


def test_a_call_named_after_a_project_joins_it_whatever_is_said_there() -> None:
    day = [work("a", TREES), work("b", WINE, start=30), work("c", {"name:orchard": 2.0, "word:lunch": 4.0}, start=60)]
    orchard, wine, call = (one.project_id for one in assign(day, [], [], DAY).activities)
    assert call == orchard != wine


def test_a_channel_of_a_project_joins_it_though_chats_found_none() -> None:
    chat = work("c", {"name:orchard": 2.0, "word:lunch": 4.0}, label="chat", start=60)
    orchard, _, joined = (
        one.project_id for one in assign([work("a", TREES), work("b", WINE, start=30), chat], [], [], DAY).activities
    )
    assert joined == orchard


def test_a_name_shown_in_passing_calls_nobody() -> None:
    assert leading_names({"name:orchard": 0.1, "name:lunch": 3.0}, 1.0) == {"lunch"}
    assert leading_names({"name:orchard": 0.1}, 1.0) == frozenset()


def test_a_name_leads_although_the_page_is_called_by_another_in_title_and_address() -> None:
    assert leading_names({"name:orchard": 2.0, "name:sync": 4.0}, 0.3) == {"orchard", "sync"}


def test_a_name_that_two_projects_have_calls_neither() -> None:
    assert called(frozenset({"orchard"}), ["gravel", "Orchard"]) == 1
    assert called(frozenset({"orchard"}), ["orchard", "Orchard"]) is None
