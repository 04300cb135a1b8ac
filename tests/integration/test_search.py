"""The search over a told day: each filter, each kind, what is gone, and a change of the model."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update

from recall_assets.engines.embedding import Embedder
from recall_assets.engines.embedding.minilm import NAME
from recall_assets.errors import EngineError
from recall_assets.indexing import index_day
from recall_assets.records import Concept, DeploymentDay, Hit, Memory, MemoryKind
from recall_assets.search import search, with_boxes
from recall_assets.settings import Settings
from recall_assets.stages.memories.day import memory_id, topic_of
from recall_assets.store import memories, memory_edits, search_index, tables
from recall_assets.store.database import connect
from tests import told_day as day
from tests.conftest import cloned_database
from tests.indexed import MADE, make_findable

Find = Callable[..., list[Hit]]
SEEN = {
    0: "The invoice total is rounded half up once.\nKeep the per line mode for Portugal.",
    1: "Delivery of the oak worktops on the third of December.",
}


def tell(database: Engine) -> None:
    """The told day with more to read on its screens."""
    with database.begin() as connection:
        day.tell(connection)
        for number, shown in SEEN.items():
            row = tables.ocr_text.c.frame_id == day.FRAMES[number]
            layout = {
                "v": 1,
                "size": [800, 600],
                "lines": [_line(n, line) for n, line in enumerate(shown.splitlines())],
            }
            connection.execute(update(tables.ocr_text).where(row).values(text=shown, new_text=shown, layout=layout))
        frame = update(tables.frames).where(tables.frames.c.id == day.FRAMES[1])
        shop = {"app_name": "Firefox", "window_title": "Worktops", "url": "https://shop.example.test/oak"}
        connection.execute(frame.values(shop))
    make_findable(database, day.DAY, "laptop", "desktop")


@pytest.fixture(scope="module")
def kept(server_url: str) -> Iterator[Engine]:
    """The day for tests that only look."""
    with cloned_database(server_url) as url:
        database = connect(url)
        tell(database)
        yield database
        database.dispose()


@pytest.fixture
def told(settings: Settings, database: Engine) -> Engine:
    """The day for tests that change it."""
    tell(database)
    return database


def _line(number: int, line: str) -> list[list[object]]:
    return [[word, 60 * place, 30 * number, 50, 20, 95] for place, word in enumerate(line.split())]


def found_in(database: Engine, typed: str, **options: Any) -> list[Hit]:
    with database.connect() as connection:
        return search(connection, typed, today=date(2026, 3, 5), **options)


@pytest.fixture
def find(kept: Engine) -> Find:
    return partial(found_in, kept)


def test_a_word_leads_to_the_frame_and_to_the_place_where_it_stood(kept: Engine, find: Find) -> None:
    hit = find("rounding of invoices", legs=["text"])[0]
    assert (hit.kind, hit.frame_id, hit.activity_id, hit.project_id) == ("frame", day.FRAMES[0], day.BUG, day.LEDGER)
    assert [hit.snippet[start:end] for start, end in hit.highlights] == ["invoice", "rounded"]
    with kept.connect() as connection:
        (placed,) = with_boxes(connection, [hit])
    assert {(box.x, box.y) for box in placed.boxes} == {(60, 0), (240, 0)}


def test_what_is_meant_is_found_without_a_word_in_common(find: Find) -> None:
    assert find("when will the wooden kitchen counters arrive", legs=["text"]) == []
    assert find("when will the wooden kitchen counters arrive")[0].frame_id == day.FRAMES[1]


def test_a_misspelled_word_is_found(find: Find) -> None:
    assert find("Portugul", legs=["text"])[0].frame_id == day.FRAMES[0]


def test_what_was_said_is_found_with_its_activity(find: Find) -> None:
    (hit,) = find("round once kind:transcript")
    assert (hit.id, hit.deployment_id, hit.activity_id) == (day.SPOKEN, "desktop", day.STANDUP)


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("ledger kind:project", {"project"}),
        ("rounding kind:day", {"day"}),
        ("rounding kind:activity", {"activity"}),
        ("rounding kind:frame kind:transcript", {"frame", "transcript"}),
    ],
)
def test_kinds(find: Find, typed: str, kinds: set[str]) -> None:
    assert {hit.kind for hit in find(typed)} == kinds


def found_frames(hits: list[Hit]) -> set[UUID | None]:
    return {hit.frame_id for hit in hits if hit.kind == "frame"}


@pytest.mark.parametrize(
    ("filters", "passed"),
    [
        ("app:firefox", {1}),
        ("app:EDIT", {0}),
        ("app:firefox app:editor", {0, 1}),
        ("url:example.test", {1}),
        ("url:elsewhere", set()),
        ("deployment:laptop", {0, 1}),
        ("deployment:desktop", set()),
        ("project:ledger", {0, 1}),
        ("project:orchard", set()),
        ("on:2026-03-02", {0, 1}),
        ("after:2026-03-02", {0, 1}),
        ("after:2026-03-03", set()),
        ("before:2026-03-02", set()),
        ("before:2026-03-03", {0, 1}),
        ("on:monday", {0, 1}),
        ("-oak", {0}),
        ('-"invoice total"', {1}),
    ],
)
def test_filters(find: Find, filters: str, passed: set[int]) -> None:
    hits = find(f"invoice delivery {filters}", legs=["text"])
    assert found_frames(hits) == {day.FRAMES[number] for number in passed}


def test_filters_hold_for_what_is_meant_too(find: Find) -> None:
    assert found_frames(find("wooden kitchen counters app:editor", legs=["vector"])) == set()
    assert found_frames(find("the invoice sum was rounded up app:editor", legs=["vector"])) == {day.FRAMES[0]}


def test_a_phrase_is_found_as_it_stands_only(find: Find) -> None:
    assert found_frames(find('"half up once"')) == {day.FRAMES[0]}
    assert find('"once half up"') == []


def test_filters_alone_give_what_happened_the_day_before_its_activities(find: Find) -> None:
    hits = find("on:2026-03-02")
    assert [hit.kind for hit in hits] == ["day", "activity", "activity"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.id for hit in find("on:2026-03-02", limit=2)] == [hit.id for hit in hits[:2]]
    assert find("on:2026-03-03") == []
    assert find("") == []


def test_a_question_after_what_was_done_is_answered_by_the_day_and_its_activities(find: Find) -> None:
    asked = find("what did I do on monday?")
    assert [hit.id for hit in asked] == [hit.id for hit in find("on:2026-03-02")]
    assert asked[0].deployment_id is None
    assert find("what did I do on sunday?") == []


def test_a_part_of_the_day_is_taken_by_the_machines_own_clock(find: Find) -> None:
    assert {hit.id for hit in find("what did I do on monday morning")} == {day.BUG, day.STANDUP}
    assert {hit.id for hit in find("what was I doing on monday at 10:05")} == {day.BUG, day.STANDUP}
    assert find("what did I do on monday afternoon") == []


def test_how_long_a_project_took_is_told_before_its_activities(find: Find) -> None:
    total, *done = find("how long did I work on Ledger on monday")
    assert (total.kind, total.id, total.snippet) == ("project", day.LEDGER, "20 min in 2 activities")
    assert {hit.id for hit in done} == {day.BUG, day.STANDUP}
    assert {hit.kind for hit in find("how long did I work on Ledger in january")} <= {"frame", "transcript"}


def test_the_last_time_of_something_is_the_newest_of_what_holds_every_word(told: Engine) -> None:
    with told.begin() as connection:
        later = day._at(60)
        copy = update(tables.activities).where(tables.activities.c.id == day.STANDUP)
        connection.execute(copy.values(start_at=later, end_at=later + timedelta(minutes=5), title="Bug stand-up"))
    make_findable(told, day.DAY, "desktop")
    assert found_in(told, "rounding bug kind:activity")[0].id == day.BUG
    assert found_in(told, "when did I last have a bug kind:activity")[0].id == day.STANDUP
    assert found_in(told, "when did I last have a rounding bug kind:activity")[0].id == day.BUG


def test_a_day_in_the_text_is_a_filter_and_counts_as_words_where_nothing_answers(find: Find) -> None:
    assert find("invoice on monday")
    assert find("delivery on the third of December")[0].frame_id == day.FRAMES[1]


def test_the_same_text_on_another_machine_is_one_hit_with_its_span(told: Engine) -> None:
    alone = found_in(told, "oak worktops kind:frame", legs=["text"])[0]
    with told.begin() as connection:
        shown = {"text": SEEN[1], "new_text": SEEN[1], "layout": {}, "engine": "t", "language": "eng"}
        of_frame = {
            "frame_id": day.FRAMES[2],
            "detector_version": "d1",
            "code_version_read": "v1",
            "code_version": "v1",
        }
        connection.execute(insert(tables.ocr_text).values(shown | of_frame))
        same = {"window_title": "Worktops", "ocr_status": 1}
        connection.execute(update(tables.frames).where(tables.frames.c.id == day.FRAMES[2]).values(same))
    make_findable(told, day.DAY, "desktop")
    (hit,) = found_in(told, "oak worktops kind:frame", legs=["text"])
    assert hit.count == 2
    assert hit.start_at == alone.start_at
    assert hit.end_at > alone.end_at


def test_indexing_again_leaves_the_same_and_embeds_nothing(told: Engine) -> None:
    before = found_in(told, "invoice")

    class Unwanted(Embedder):
        name = NAME

        def embed(self, texts: Any) -> Any:
            raise AssertionError(texts)

    index_day(told, DeploymentDay("laptop", day.DAY), Unwanted(), MADE)
    assert found_in(told, "invoice") == before


def test_a_frame_that_goes_takes_its_passages_and_vectors_along(told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(delete(tables.secrets))
        connection.execute(delete(tables.frames).where(tables.frames.c.id == day.FRAMES[1]))
        gone = select(tables.passages).where(tables.passages.c.text.contains("worktops"))
        assert connection.execute(gone).all() == []
    assert day.FRAMES[1] not in found_frames(found_in(told, "worktops"))


def test_a_day_whose_text_is_rewritten_is_dropped_whole_with_its_words(told: Engine) -> None:
    with told.begin() as connection:
        of_frame = tables.frames.c.id == day.FRAMES[0]
        search_index.drop_days_of(connection, tables.frames, of_frame)
        words = set(connection.scalars(select(tables.search_terms.c.term)))
        counted = select(func.count()).where(tables.search_postings.c.term == "portugal")
        assert connection.execute(counted).scalar_one() == 0
    assert "portugal" not in words
    assert found_frames(found_in(told, "invoice worktops")) == set()


def test_words_are_counted_by_block(told: Engine) -> None:
    make_findable(told, day.DAY, "laptop", "desktop")
    counts = text(
        "select count(*) from recall.search_terms t where blocks <> "
        "(select count(*) from recall.search_postings p where p.term = t.term)"
    )
    with told.connect() as connection:
        assert connection.scalar(counts) == 0
        assert connection.execute(select(func.count()).select_from(tables.search_terms)).scalar_one() > 10


def remembered(topic: str, summary: str, on: date, details: str = "") -> Memory:
    about = topic_of(MemoryKind.SEMANTIC, topic)
    said = Concept("fee", "fact", "Contract")
    since = datetime.combine(on, time(9), UTC)
    return Memory(memory_id(about, on), about, summary, said, since, details=details, day=on, tree_path=("Ledger",))


def remember(database: Engine, on: date, *found: Memory) -> None:
    """The day is found with what it leaves behind."""
    with database.begin() as connection:
        memories.replace_day(connection, on, [MemoryKind.SEMANTIC], found, MADE)
    make_findable(database, on, "laptop")


def test_a_memory_is_found_as_its_newest_day_says_it(told: Engine) -> None:
    later = day.DAY + timedelta(days=1)
    remember(told, day.DAY, remembered("fee", "The yearly fee is 100 euro.", day.DAY))
    remember(told, later, remembered("fee", "The yearly fee is 120 euro.", later))
    (hit,) = found_in(told, "yearly fee kind:memory project:ledger")
    assert (hit.title, hit.start_at.date(), hit.deployment_id) == ("The yearly fee is 120 euro.", later, None)
    assert found_in(told, f"yearly fee kind:memory on:{day.DAY}") == []


def test_what_the_owner_wrote_is_found_with_the_next_day_and_what_they_forget_leaves_no_word(told: Engine) -> None:
    fee = remembered("fee", "The yearly fee is 100 euro.", day.DAY)
    remember(told, day.DAY, fee)
    with told.begin() as connection:
        memory_edits.rewrite(connection, fee.id, summary="Quarterly instalments.")
    make_findable(told, day.DAY + timedelta(days=7), "desktop")
    assert [hit.title for hit in found_in(told, "instalments kind:memory")] == ["Quarterly instalments."]
    with told.begin() as connection:
        memory_edits.forget(connection, fee.id)
        word = select(func.count()).where(tables.search_postings.c.term.in_(["instal", "instalment"]))
        assert connection.execute(word).scalar_one() == 0


def test_vectors_of_another_model_are_not_compared_and_a_backfill_makes_new_ones(told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(update(tables.embeddings).values(model="older"))
    assert found_in(told, "wooden kitchen counters", legs=["vector"]) == []
    make_findable(told, day.DAY, "laptop")
    assert found_in(told, "wooden kitchen counters", legs=["vector"])[0].frame_id == day.FRAMES[1]


def test_without_its_model_the_search_finds_words(find: Find) -> None:
    class Away(Embedder):
        name = NAME

        def embed(self, texts: Any) -> Any:
            raise EngineError("The embedding endpoint cannot be reached.", "Start it.")

    assert find("invoice", embedder=Away())[0].frame_id == day.FRAMES[0]
