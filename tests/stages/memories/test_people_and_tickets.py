"""Names are people where something treats them so; tickets are those of titles and addresses."""

from recall_assets.stages.memories.people import people
from recall_assets.stages.memories.tickets import fields_on, tickets
from tests.days import MORNING, Shown, frame
from tests.stages.memories.drawn_day import day, page

MAIL = """From
Rosa Quill
rosa.quill@cellar.example
Harbour Freight asks for the deposit by 20 March.
Rosa Quill signs it."""
COMMENTS = "Ada Birch 8 Mar, 09:02\nIt fails again.\nAda Birch 8 Mar, 11:45\nFixed by a second graft.\nOffice Supplies"
TICKET = Shown(
    "firefox",
    "ORC-12 Grafting fails - Tracker - Firefox",
    "https://tracker.example/orchard/ORC-12",
    "ORC-12\nGrafting fails\nStatus\nIn progress\nAssignee  Ada Birch\nDue\n20 March\nPriority\nStatus quo of the tree",
)


def test_who_wrote_something_or_has_an_address_is_a_person_and_a_company_is_none() -> None:
    found = {one.summary: one.details for one in people(day(*[page("Mail", MAIL)] * 2, *[page("Issue", COMMENTS)] * 2))}

    assert found.keys() == {"Ada Birch, in Orchard", "Rosa Quill, in Orchard"}
    assert found["Rosa Quill, in Orchard"].splitlines()[0] == "E-mail: rosa.quill@cellar.example"


def test_a_note_that_begins_with_two_capitals_is_nobody() -> None:
    assert [*people(day(*[page("Notes", "Call Rosa 9 Mar")] * 3))] == []


def test_a_misread_name_is_no_second_person() -> None:
    misread = MAIL.replace("Rosa Quill", "Rosa Quiil")
    assert len([*people(day(*[page("Mail", MAIL)] * 3, *[page("Mail", misread)] * 2))]) == 1


def test_a_ticket_is_called_as_in_its_title_and_stands_as_its_fields_say() -> None:
    (found,) = tickets(day(TICKET, TICKET))

    assert found.summary == "ORC-12: Grafting fails"
    assert found.details.splitlines() == ["Status: In progress", "Assignee: Ada Birch", "Due: 20 March"]
    assert found.seconds == 120.0


def test_a_field_without_a_value_takes_none_of_the_next_field() -> None:
    shown = Shown("firefox", "ORC-12", None, "Milestone\nDue\n20 March")
    assert fields_on(frame(shown, MORNING, MORNING)) == {"Due": "20 March"}
