"""A day's memories as a whole: every one has sources of that day, and the rules look at the same day the same way."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import FoundSecret, MemoryKind, VaultEntry
from recall_assets.stages.memories import memories_of
from recall_assets.stages.memories.consolidation import duplicates
from recall_assets.stages.memories.core import Machine, Spell, core_blocks
from recall_assets.stages.memories.facts import facts
from recall_assets.stages.memories.together import together
from tests.days import WINDOWS
from tests.stages.memories.drawn_day import DAY, MORNING, ORCHARD, day, page, terminal

LETTERS = st.lists(st.sampled_from([*sorted(WINDOWS), "."]), min_size=1, max_size=12)


@given(LETTERS)
def test_every_memory_rests_on_rows_of_its_day(letters: list[str]) -> None:
    drawn = day(*(WINDOWS.get(letter) for letter in letters))
    rows = {*drawn.frames, *(activity.id for activity in drawn.activities)}

    found = memories_of(drawn, [*MemoryKind])

    assert all(one.sources and {source.id for source in one.sources} <= rows for one in found)
    assert len({one.id for one in found}) == len(found)
    assert found == memories_of(drawn, [*MemoryKind])


def test_an_episode_tells_the_most_of_what_stood_there() -> None:
    (found,) = memories_of(
        day(page("VAT", "Most software rounds the total half up once, by 19 percent."), page("VAT", "")),
        [MemoryKind.EPISODIC],
    )
    assert found.summary == "Rounding of the total (coding, Orchard)"
    assert "19 percent" in found.details


def test_the_vault_tells_of_a_secret_once_a_place_and_never_its_value() -> None:
    drawn = day(terminal("export TOKEN=[REDACTED:token]"), terminal("ls"))
    first, second = drawn.frames
    rows = [
        FoundSecret(uuid4(), "token", "laptop", MORNING + timedelta(seconds=place), one)
        for place, one in enumerate((first, second))
    ]

    (found,) = memories_of(drawn, [MemoryKind.KNOWLEDGE_VAULT], rows)

    assert (found.summary, found.times) == ("Token in xterm of shop", 2)
    assert isinstance(found.particulars, VaultEntry)
    assert found.particulars.secret_id == rows[0].id

    doubted = [replace(row, review="no_secret") for row in rows]
    for told, sensitivity in ((doubted[:1] + rows[1:], "medium"), (doubted, "low")):
        (found,) = memories_of(drawn, [MemoryKind.KNOWLEDGE_VAULT], told)
        assert isinstance(found.particulars, VaultEntry)
        assert found.particulars.sensitivity == sensitivity


def test_heard_beside_read_is_one_fact_and_another_number_is_another() -> None:
    seen = "The October partition attached in 11 seconds, so the lock window is fine."
    heard = "Jonas: The October partition attached in eleven seconds, so the lock window is fine."
    other = seen.replace("11", "12")
    chat, notes = page("Chat", seen), page("Notes", heard, "https://notes.example/retro")
    found = [*facts(day(chat, notes)), *facts(day(page("Chat", other), on=DAY + timedelta(days=1)))]

    merges = duplicates(found)

    assert [(one.memory.summary, one.into.summary) for one in merges] in ([(seen, heard)], [(heard, seen)])


def test_older_days_add_what_the_newest_does_not_say() -> None:
    told = together("Status: Done", ["Status: In progress\nDue: 12 March", "Fixed by a second graft."])
    assert told.splitlines() == ["Status: Done", "Due: 12 March", "Fixed by a second graft."]


def test_the_core_counts_machines_projects_hours_and_people() -> None:
    end = MORNING + timedelta(hours=8)
    spells = [Spell(DAY, ORCHARD.id, 7200, MORNING, end), Spell(date(2020, 1, 1), ORCHARD.id, 9e9, MORNING, end)]
    blocks = core_blocks([Machine("laptop", "Mill", "Linux", "UTC")], [ORCHARD], spells, ["Rosa Quill"])

    assert {one.label: one.value for one in blocks} == {
        "machines": "Mill (laptop): Linux, UTC",
        "projects": "Orchard: 2.0 h on 1 days, last on 2026-03-04",
        "hours": "mostly between 09:00 and 17:00",
        "people": "Rosa Quill",
    }
