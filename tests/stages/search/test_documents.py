"""What of a day can be found: each activity, then what was seen and said in it, and no screen twice."""

from dataclasses import replace

from recall_assets.records import Activity, DaySummary, Memory, Resource, Transcript
from recall_assets.stages.search.documents import MOST_WORDS, document_of_memory, documents_of_day
from tests.days import drawn
from tests.store.stored_days import id_of

DAY = drawn("aaaa")


def told(text: list[str], *, inside: bool = True) -> list[tuple[str, str]]:
    frames = [replace(frame, text=shown, new_text=shown) for frame, shown in zip(DAY, text, strict=False)]
    first, last = frames[0], frames[-1]
    activity = Activity(
        id=id_of("it"),
        deployment_id=first.deployment_id,
        day=first.day,
        start_at=first.captured_at,
        end_at=last.seen_until,
        frame_ids=(),
        title="It",
    )
    frames = [replace(frame, activity_id=activity.id if inside else None) for frame in frames]
    said = Transcript(
        id_of("said"), id_of("s"), first.deployment_id, first.day, first.captured_at, last.seen_until, "We round once."
    )
    documents = documents_of_day(frames, [activity], [said], None, [])
    return [(one.kind, one.text) for one in documents if one.kind != "activity"]


def test_a_screen_that_stands_is_one_passage_and_what_was_said_follows() -> None:
    shown = "The control check compares the sum of the column."
    assert told([shown, shown, shown]) == [("frame", shown), ("transcript", "We round once.")]


def test_a_line_that_grows_is_found_as_it_was_in_the_end() -> None:
    typed = ["round once on", "round once on the total", "round once on the total, half up"]
    assert told(typed)[0] == ("frame", typed[-1])


def test_a_long_document_is_several_passages() -> None:
    lines = [f"Sentence number {n} has some more words in it." for n in range(40)]
    passages = [text for kind, text in told(["\n".join(lines)]) if kind == "frame"]
    assert len(passages) > 1
    assert all(len(text.split()) <= MOST_WORDS for text in passages)


def test_what_belongs_to_no_activity_is_found_too() -> None:
    assert ("frame", "A sentence that stands for itself.") in told(["A sentence that stands for itself."], inside=False)


def test_the_summary_of_a_day_without_any_text_spans_its_activities() -> None:
    first, last = DAY[0], DAY[-1]
    span = first.captured_at, last.seen_until
    activity = Activity(id_of("it"), first.deployment_id, first.day, *span, (), "It")
    summary = DaySummary(id_of("day"), first.deployment_id, first.day, ())
    documents = documents_of_day([], [activity], [], summary, [])
    assert [(one.kind, one.start_at, one.end_at) for one in documents] == [("activity", *span), ("day", *span)]


def test_a_memory_is_found_by_its_details_its_project_and_its_address() -> None:
    page = Resource("page", "VAT", uri="https://docs.example.test/vat")
    memory = Memory(id_of("m"), id_of("t"), "VAT", page, DAY[0].captured_at, details="Half up.", tree_path=("ledger",))
    document = document_of_memory(memory)
    assert (document.kind, document.title, document.hosts) == ("memory", "VAT", ("docs.example.test",))
    assert document.text == "ledger\nHalf up.\nhttps://docs.example.test/vat"
