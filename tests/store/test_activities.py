"""Activities in PostgreSQL: a partition is replaced, and what other stages wrote on survivors stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from recall_assets.records import Assignment, DeploymentDay, Interruption, Project, Sentence, Source, SourceKind
from recall_assets.store import activities, projects
from recall_assets.store.tables import frames
from tests.store.stored_days import CODE, DAY, LAPTOP, activity, add_deployment, add_frames, at, id_of


def _owners(connection: Connection) -> dict[UUID, UUID | None]:
    return {row.id: row.activity_id for row in connection.execute(select(frames.c.id, frames.c.activity_id))}


def test_a_day_is_read_back_as_it_was_written(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        shown = add_frames(connection, range(30))
        written = replace(
            activity("a", 0, 30, frame_ids=shown, terms={"repository:orchard": 4.0}),
            sentences=(Sentence("Twelve trees were planted.", (Source(SourceKind.FRAME, shown[3]),)),),
            interruptions=(Interruption(at(3), at(4), "chat"),),
        )
        activities.replace_day(connection, LAPTOP, [written], CODE)
        assert activities.read_day(connection, LAPTOP) == [written]
        assert activities.read_day(connection, DAY) == [written]
        assert activities.read(connection, written.id) == written
        assert activities.read(connection, id_of("nothing")) is None


def test_a_survivor_keeps_its_project_while_everything_else_of_it_changes(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        shown = add_frames(connection, range(30))
        first = activity("a", 0, 20, frame_ids=shown[:20])
        activities.replace_day(connection, LAPTOP, [first], CODE)
        project = Project(id_of("orchard"), "Orchard", DAY, DAY)
        assigned = replace(first, project_id=project.id, project_score=0.9)
        projects.save(connection, Assignment((assigned,), (project,)), DAY, CODE)
        longer = activity("a", 0, 30, frame_ids=shown)
        activities.replace_day(connection, LAPTOP, [longer], CODE)
        assert activities.read_day(connection, LAPTOP) == [replace(longer, project_id=project.id, project_score=0.9)]


def test_frames_point_at_the_activity_that_holds_them_and_at_none_after_it_is_gone(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        shown = add_frames(connection, range(4))
        activities.replace_day(connection, LAPTOP, [activity("a", 0, 3, frame_ids=shown[:3])], CODE)
        assert _owners(connection) == {
            **dict.fromkeys(shown[:3], id_of("a")),
            shown[3]: None,
        }
        activities.replace_day(connection, LAPTOP, [activity("b", 1, 4, frame_ids=shown[1:])], CODE)
        assert _owners(connection) == {shown[0]: None, **dict.fromkeys(shown[1:], id_of("b"))}
        activities.replace_day(connection, LAPTOP, [], CODE)
        assert set(_owners(connection).values()) == {None}


def test_replacing_one_partition_leaves_the_others_alone(database: Engine) -> None:
    desktop = DeploymentDay("desktop", DAY)
    with database.begin() as connection:
        add_deployment(connection)
        add_deployment(connection, "desktop")
        ours, theirs = activity("a", 0, 9), activity("b", 0, 9, deployment="desktop")
        activities.replace_day(connection, LAPTOP, [ours], CODE)
        activities.replace_day(connection, desktop, [theirs], CODE)
        activities.replace_day(connection, LAPTOP, [], CODE)
        assert activities.read_day(connection, DAY) == [theirs]


def test_document_frequency_counts_the_activities_of_the_thirty_days_before(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        for age, terms in ((0, {"word:today": 1.0}), (1, {"word:oak": 1.0, "word:elm": 2.0}), (30, {"word:oak": 1.0})):
            day = DAY - timedelta(days=age)
            rows = [activity(f"a{age}", 0, 9, day=day, terms=terms)]
            activities.replace_day(connection, DeploymentDay("laptop", day), rows, CODE)
        old = DAY - timedelta(days=31)
        activities.replace_day(
            connection, DeploymentDay("laptop", old), [activity("old", 0, 9, day=old, terms={"word:oak": 1.0})], CODE
        )
        found = activities.document_frequency(connection, LAPTOP)
    assert found.documents == 2
    assert found.counts == {"word:oak": 2, "word:elm": 1}
