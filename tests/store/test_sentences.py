"""Sentences in PostgreSQL: an owner has exactly what was written last, in order, with its sources."""

from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import IntegrityError

from recall_assets.records import Provenance, Sentence, Source, SourceKind
from recall_assets.store import activities, sentences
from recall_assets.store.tables import sentence_sources, summary_sentences
from tests.store.stored_days import CODE, LAPTOP, activity, add_deployment, add_frames, id_of

OWNER = id_of("a")
COLUMN: sentences.OwnerColumn = "activity_id"


def _prepare(connection: Connection) -> list[UUID]:
    """Two activities without sentences; the ids of the frames that they hold."""
    add_deployment(connection)
    shown = add_frames(connection, range(6))
    rows = [activity("a", 0, 3, frame_ids=shown[:3]), activity("b", 3, 6, frame_ids=shown[3:])]
    activities.replace_day(connection, LAPTOP, rows, CODE)
    return shown


def _of_frames(text: str, *frame_ids: UUID) -> Sentence:
    return Sentence(text, tuple(Source(SourceKind.FRAME, frame_id) for frame_id in frame_ids))


def test_sentences_come_back_in_order_with_their_sources_in_order(database: Engine) -> None:
    with database.begin() as connection:
        shown = _prepare(connection)
        written = (
            _of_frames("The roof is dry.", shown[2], shown[0]),
            Sentence(
                "It will stay so.",
                (Source(SourceKind.ACTIVITY, id_of("b")), Source(SourceKind.FRAME, shown[1])),
                "inference",
            ),
        )
        sentences.replace(connection, COLUMN, OWNER, written, CODE)
        assert sentences.read(connection, COLUMN, OWNER) == written
        both = sentences.sentences_of(connection, COLUMN, [OWNER, id_of("b")])
        assert both == {OWNER: written, id_of("b"): ()}


def test_a_second_run_leaves_the_same_rows_but_run_and_time(database: Engine) -> None:
    columns = [summary_sentences.c[name] for name in ("id", "activity_id", "position", "text", "kind", "code_version")]
    with database.begin() as connection:
        shown = _prepare(connection)
        written = [_of_frames("One.", shown[0]), _of_frames("Two.", shown[1])]
        kept = []
        for run in ("first", "second"):
            sentences.replace(connection, COLUMN, OWNER, written, Provenance("v1", id_of(run)))
            rows = connection.execute(select(*columns).order_by(summary_sentences.c.position)).all()
            kept.append(
                (rows, connection.execute(select(sentence_sources).order_by(sentence_sources.c.sentence_id)).all())
            )
            assert set(connection.scalars(select(summary_sentences.c.run_id))) == {id_of(run)}
        assert kept[0] == kept[1]


def test_fewer_sentences_take_the_others_and_their_sources_away(database: Engine) -> None:
    with database.begin() as connection:
        shown = _prepare(connection)
        sentences.replace(
            connection, COLUMN, OWNER, [_of_frames(text, *shown[:3]) for text in ("1.", "2.", "3.")], CODE
        )
        sentences.replace(connection, COLUMN, id_of("b"), [_of_frames("Mine.", shown[4])], CODE)
        sentences.replace(connection, COLUMN, OWNER, [_of_frames("Only this.", shown[0])], CODE)
        assert [said.text for said in sentences.read(connection, COLUMN, OWNER)] == ["Only this."]
        sentences.replace(connection, COLUMN, OWNER, [], CODE)
        assert sentences.read(connection, COLUMN, OWNER) == ()
        assert connection.scalar(select(func.count()).select_from(sentence_sources)) == 1


def test_a_source_that_does_not_exist_is_refused(database: Engine) -> None:
    with database.begin() as connection:
        _prepare(connection)
        with pytest.raises(IntegrityError), connection.begin_nested():
            sentences.replace(connection, COLUMN, OWNER, [_of_frames("So they say.", id_of("nowhere"))], CODE)
