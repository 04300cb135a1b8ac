"""What was ordered to be forgotten is nowhere, stays away, and what is left is made again without it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, func, select

from recall_assets import forgetting
from recall_assets.edits import rename_project
from recall_assets.forgetting import Forgot
from recall_assets.records import DeploymentDay, ForgetCriteria
from recall_assets.settings import Settings
from recall_assets.store import activities, day_summaries, edits, projects, tables
from recall_assets.store.forgetting import rules
from tests.days import DAY, MORNING
from tests.everywhere import Everywhere
from tests.forgetting.lived import CELLAR, LATER, NEXT_DAY, SEEN, images, make

HOLDING = ("frames", "ocr_text", "activities", "projects", "day_summaries", "memories", "passages")
OF_A_RUN = {"run_id", "created_at"}
Rows = dict[object, dict[str, object]]


@pytest.fixture
def everywhere(database: Engine, settings: Settings, service_folder: Path) -> Everywhere:
    return Everywhere(settings.home, database, service_folder)


def forget(database: Engine, settings: Settings, criteria: ForgetCriteria) -> Forgot:
    """The order, and what the graph then makes again."""
    done = forgetting.forget(database, settings.home, criteria)
    for day in sorted({DeploymentDay.from_partition_key(key).day for key in done.stale}):
        make(database, settings, day)
    return done


def is_orchard(title: str) -> bool:
    return "orchard" in title or "ORC-12" in title


def rows(database: Engine, table: Table) -> Rows:
    with database.connect() as connection:
        found = connection.execute(select(table)).mappings().all()
    keys = [column.name for column in table.primary_key.columns]
    return {tuple(row[key] for key in keys): {k: v for k, v in row.items() if k not in OF_A_RUN} for row in found}


def counts(database: Engine) -> dict[str, int]:
    with database.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
        }


def test_forgotten_words_lie_in_no_file_and_the_rest_is_made_again_without_them(
    lived: Engine, settings: Settings, everywhere: Everywhere
) -> None:
    assert {place.partition("recall.")[2] for place in everywhere.find(CELLAR)} >= {*HOLDING, "search_postings"}
    orchard = {id_: row for id_, row in rows(lived, tables.frames).items() if is_orchard(str(row["window_title"]))}
    before = images(settings.home)
    (settings.home.dumps / "recall-0001-20260304T000000.dump").write_text("cellar")

    done = forget(lived, settings, ForgetCriteria(LATER, text="cellar"))
    assert forgetting.erase(lived, settings.home)

    assert everywhere.find(CELLAR) == {}
    seen = [frame for of_day in SEEN.values() for frame in of_day]
    assert done.rows["frames"] == sum(not is_orchard(str(frame.window_title)) for frame in seen)
    assert rows(lived, tables.frames) == orchard
    assert images(settings.home) == {str(row["image_ref"]) for row in orchard.values()} < before
    with lived.connect() as connection:
        told = {scope: day_summaries.read_day(connection, scope) for scope in (DAY, NEXT_DAY)}
        assert [one.name for one in projects.read_all(connection)] == ["orchard"]
    assert all(summary is not None and "orchard" in summary.summary.lower() for summary in told.values())
    assert forgetting.left(lived, settings.home, limit=1000).left == {}


def test_a_time_on_one_machine_goes_and_nothing_else_changes(lived: Engine, settings: Settings) -> None:
    before = {name: rows(lived, tables.metadata.tables[f"recall.{name}"]) for name in ("frames", "activities")}
    day = DeploymentDay("laptop", DAY)
    done = forget(lived, settings, ForgetCriteria(MORNING + timedelta(hours=2), MORNING, ("laptop",)))

    assert done.stale == (DAY.isoformat(),)  # nothing is left of the laptop's day, but the desktop was on that day too
    after = {name: rows(lived, tables.metadata.tables[f"recall.{name}"]) for name in before}
    for name, kept in before.items():
        others = {id_: row for id_, row in kept.items() if (row["deployment_id"], row["day"]) != ("laptop", DAY)}
        assert after[name] == others, name
    with lived.connect() as connection:
        assert day_summaries.read_day(connection, day) is None
        assert activities.read_day(connection, day) == []
        combined = day_summaries.read_day(connection, DAY)
    assert combined is not None
    assert "orchard" not in combined.summary.lower()


def test_a_part_of_an_activity_goes_and_the_activity_is_described_by_the_rest(
    lived: Engine, settings: Settings
) -> None:
    with lived.connect() as connection:
        (was, *_) = activities.read_day(connection, DeploymentDay("laptop", DAY))
    forgetting.forget(lived, settings.home, ForgetCriteria(MORNING + timedelta(seconds=60), MORNING, ("laptop",)))
    with lived.connect() as connection:
        now = activities.read(connection, was.id)
    assert now is not None
    assert (now.title, now.sentences, now.terms, now.project_id) == ("", (), {}, was.project_id)
    make(lived, settings, DAY)
    with lived.connect() as connection:
        again = activities.read(connection, was.id)
    assert again is not None
    assert again.title
    assert len(again.frame_ids) == len(was.frame_ids) - 6


def test_a_project_goes_with_all_that_belongs_to_it_and_late_frames_of_its_stretches(
    lived: Engine, settings: Settings
) -> None:
    with lived.connect() as connection:
        cellar = next(one for one in projects.read_all(connection) if one.name != "orchard")
    forget(lived, settings, ForgetCriteria(LATER, project_id=cellar.id))
    with lived.connect() as connection:
        assert [one.name for one in projects.read_all(connection)] == ["orchard"]
        late = {rule.deployment_id for rule in rules.all_rules(connection)}
        left = connection.scalars(select(tables.frames.c.window_title)).all()
    assert all(is_orchard(str(title)) for title in left)
    assert late == {"laptop", "desktop"}


def test_an_order_that_is_given_twice_changes_nothing_the_second_time(lived: Engine, settings: Settings) -> None:
    for criteria in (ForgetCriteria(LATER, app="evince"), ForgetCriteria(MORNING, MORNING - timedelta(days=9))):
        forget(lived, settings, criteria)
        before = counts(lived)
        assert forgetting.forget(lived, settings.home, criteria) == Forgot(None, {})
        assert counts(lived) == before


def test_looking_changes_nothing_and_says_what_goes(lived: Engine, settings: Settings) -> None:
    before, stored = counts(lived), images(settings.home)
    chosen = forgetting.look(lived, settings.home, ForgetCriteria(LATER, url="mail.example"))
    assert (counts(lived), images(settings.home)) == (before, stored)
    assert chosen.programs == {"firefox": chosen.items["frames"]}
    assert {picture.deployment_id for picture in chosen.pictures} == {"laptop", "desktop"}
    done = forgetting.forget(lived, settings.home, ForgetCriteria(LATER, url="mail.example"))
    assert done.rows["frames"] == chosen.items["frames"]


class KilledError(Exception):
    """What stands for a power cut."""


def test_an_order_that_was_killed_is_ended_later(lived: Engine, settings: Settings) -> None:
    def cut(what: str, _done: int, _total: int) -> None:
        if what == "deleting rows":
            raise KilledError

    with pytest.raises(KilledError):
        forgetting.forget(lived, settings.home, ForgetCriteria(LATER, text="cellar"), cut)
    proof = forgetting.left(lived, settings.home, limit=1000)
    assert proof.orders[0].finished_at is None
    assert proof.left
    (done,) = forgetting.go_on(lived, settings.home)
    assert done.rows["frames"]
    proof = forgetting.left(lived, settings.home, limit=1000)
    assert (proof.orders[0].finished_at is None, proof.left) == (False, {})


def test_the_edits_of_what_goes_go_and_the_journal_has_the_days_made_again(lived: Engine, settings: Settings) -> None:
    with lived.begin() as connection:
        cellar = next(one for one in projects.read_all(connection) if one.name != "orchard")
        rename_project(connection, cellar.id, "Wine below")
    done = forgetting.forget(lived, settings.home, ForgetCriteria(LATER, text="landlord"))
    with lived.connect() as connection:
        (journalled,) = edits.newest_first(connection)
        assert edits.newest_standing(connection) is None
        assert [one.name for one in projects.read_all(connection)] == ["orchard"]
    assert (journalled.kind, journalled.partitions) == ("forget", done.stale)
