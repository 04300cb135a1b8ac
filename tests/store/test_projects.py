"""Projects in PostgreSQL: centroids are counted, names of the owner stay, old ids lead to the living project."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, Engine, insert, update

from recall_assets.records import Activity, Assignment, DeploymentDay, Project, ProjectConstraint
from recall_assets.store import activities, projects
from recall_assets.store.tables import project_constraints
from recall_assets.store.tables import projects as project_rows
from tests.store.stored_days import CODE, DAY, activity, add_deployment, id_of

ORCHARD = Project(id_of("orchard"), "Orchard", DAY, DAY)
CELLAR = Project(id_of("cellar"), "Cellar", DAY, DAY)


def _store(connection: Connection, rows: list[Activity], *made: Project) -> None:
    day = rows[0].day
    activities.replace_day(connection, DeploymentDay("laptop", day), rows, CODE)
    projects.save(connection, Assignment(tuple(rows), made), day, CODE)


def test_a_centroid_is_the_hours_of_its_activities_on_other_days(database: Engine) -> None:
    yesterday, tomorrow = DAY - timedelta(days=1), DAY + timedelta(days=1)
    with database.begin() as connection:
        add_deployment(connection)
        for day, terms in ((yesterday, {"word:oak": 2.0}), (DAY, {"word:elm": 5.0}), (tomorrow, {"word:oak": 1.0})):
            name = f"a{day}"
            _store(connection, [activity(name, 0, 60, day=day, terms=terms, project_id=ORCHARD.id)], ORCHARD)
        (found,) = projects.read_all(connection, without=DAY)
    assert found.terms == {"word:oak": 3.0}
    assert (found.first_seen, found.last_seen) == (DAY, DAY)


def test_a_name_that_the_owner_gave_stays(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        rows = [activity("a", 0, 9, project_id=ORCHARD.id)]
        _store(connection, rows, ORCHARD)
        connection.execute(update(project_rows).values(name="My trees", name_source="owner"))
        _store(connection, rows, replace(ORCHARD, name="Orchard again"))
        assert [project.name for project in projects.read_all(connection)] == ["My trees"]


def test_a_merged_project_lives_on_under_the_kept_id_on_every_day(database: Engine) -> None:
    yesterday = DAY - timedelta(days=1)
    with database.begin() as connection:
        add_deployment(connection)
        _store(connection, [activity("old", 0, 9, day=yesterday, project_id=CELLAR.id)], CELLAR)
        rows = [activity("a", 0, 9, project_id=ORCHARD.id)]
        _store(connection, rows, ORCHARD)
        projects.save(connection, Assignment(tuple(rows), (), {CELLAR.id: ORCHARD.id}), DAY, CODE)
        projects.save(connection, Assignment(tuple(rows), (), {CELLAR.id: ORCHARD.id}), DAY, CODE)
        assert [one.project_id for one in activities.read_day(connection, yesterday)] == [ORCHARD.id]
        assert projects.living_id(connection, CELLAR.id) == ORCHARD.id
        assert projects.living_id(connection, ORCHARD.id) == ORCHARD.id
        assert [project.id for project in projects.read_all(connection)] == [ORCHARD.id]


def test_a_project_of_one_day_that_nothing_holds_any_more_is_removed(database: Engine) -> None:
    with database.begin() as connection:
        add_deployment(connection)
        rows = [activity("a", 0, 9, project_id=ORCHARD.id), activity("b", 9, 18, project_id=CELLAR.id)]
        _store(connection, rows, ORCHARD, CELLAR)
        _store(connection, [rows[0]])
        assert [project.id for project in projects.read_all(connection)] == [ORCHARD.id]


def test_constraints_are_read_back(database: Engine) -> None:
    order = ProjectConstraint(id_of("order"), "must_link", ORCHARD.id, activity_id=id_of("a"))
    with database.begin() as connection:
        add_deployment(connection)
        _store(connection, [activity("a", 0, 9, project_id=ORCHARD.id)], ORCHARD)
        connection.execute(
            insert(project_constraints).values(
                id=order.id, kind=order.kind, project_id=order.project_id, activity_id=order.activity_id
            )
        )
        assert projects.constraints(connection) == [order]
