"""The asset graph as a whole: what it says of itself, what it makes, and that making it again changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine, Table, select

from recall_assets.cli.materialize import MadeDays, materialize_days
from recall_assets.errors import InputError
from recall_assets.records import MemoryKind
from recall_assets.settings import Settings, load_settings
from recall_assets.store.database import connect
from recall_assets.store.tables import (
    activities,
    core_memory,
    day_summaries,
    frames,
    memories,
    memory_sources,
    projects,
    sentence_sources,
    summary_sentences,
)
from tests.conftest import cloned_database
from tests.days import WINDOWS, drawn
from tests.graph import definitions, land_read, opened_graph

DAY = date(2026, 3, 4)
MADE = (
    *(activities, projects, day_summaries, summary_sentences, sentence_sources, frames),
    *(memories, memory_sources, core_memory),
)
OF_A_RUN = {"run_id", "created_at"}


@dataclass(frozen=True)
class Recall:
    """One Recall for all tests here: the day was made once, from a range that is wider than it."""

    settings: Settings
    database: Engine
    instance: dg.DagsterInstance
    made: MadeDays

    def make(self, *, stage: str = "frames", deployment_id: str | None = None) -> MadeDays:
        """The day, once more."""
        where = self.settings, self.database, DAY, DAY
        return materialize_days(*where, stage=stage, deployment_id=deployment_id)


@pytest.fixture(scope="module")
def recall(server_url: str, service_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recall]:
    with cloned_database(server_url) as url:
        home = tmp_path_factory.mktemp("graph") / "home"
        settings = load_settings(home_path=home, database_url=url, service_folder=service_folder)
        database = connect(url)
        with database.begin() as connection:
            for deployment in ("laptop", "desktop"):
                land_read(connection, drawn("aaabbbaaaccc" * 8 + "xxxyyyzzz" * 8, deployment=deployment))
        with opened_graph(settings, database) as instance:
            made = materialize_days(settings, database, DAY - timedelta(days=2), DAY + timedelta(days=3))
            assert not made.failed
            yield Recall(settings, database, instance, made)
        database.dispose()


def rows(database: Engine, table: Table) -> list[dict[str, object]]:
    """What a table holds, but for when and by which run."""
    with database.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [{name: value for name, value in row.items() if name not in OF_A_RUN} for row in found]


def test_every_asset_says_what_it_is_who_owns_it_and_which_code_makes_it(recall: Recall) -> None:
    dg.Definitions.validate_loadable(definitions())
    graph = definitions().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name not in {None, "default"}, key
        assert node.code_version, key
        assert node.partitions_def is not None or key.to_user_string() in {"core_memory", "kept_images"}, key


def test_making_a_day_twice_leaves_the_same_rows(recall: Recall) -> None:
    before = {table.name: rows(recall.database, table) for table in MADE}
    made = recall.make()
    assert made.runs
    assert not made.failed

    for table in MADE:
        assert rows(recall.database, table) == before[table.name], table.name
        assert before[table.name], table.name


def test_each_row_names_the_run_that_made_it_and_each_partition_says_where_its_rows_are(recall: Recall) -> None:
    for asset, key in (("activities", "2026-03-04|laptop"), ("combined_day_summaries", "2026-03-04")):
        wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[key])
        (record,) = recall.instance.fetch_materializations(wanted, limit=1).records
        event = record.asset_materialization
        assert event is not None
        assert "recall lineage " in str(event.metadata["see"].value)
        assert str(event.metadata["rows"].value).startswith("recall.")
        if asset == "activities":
            named = select(activities.c.run_id).where(activities.c.deployment_id == "laptop")
            with recall.database.connect() as connection:
                assert {str(run) for run in connection.scalars(named)} == {record.run_id}


def test_dagsters_events_hold_no_text_of_a_screen(recall: Recall) -> None:
    told = " ".join(str(record.event_log_entry) for run in recall.made.runs for record in _events(recall.instance, run))
    assert "combined_day_summaries" in told
    for shown in WINDOWS.values():
        assert shown.title not in told
        assert shown.text[:24] not in told


def test_days_without_frames_make_no_runs(recall: Recall) -> None:
    assert {partition.day for partition in recall.made.partitions} == {DAY}
    for asset in ("activities", "projects", "combined_day_summaries"):
        assert {key[:10] for key in recall.instance.get_materialized_partitions(dg.AssetKey(asset))} == {"2026-03-04"}


def test_a_backfill_of_one_asset_makes_it_and_what_follows_from_it(recall: Recall) -> None:
    made = recall.make(stage="projects")

    runs = [recall.instance.get_run_by_id(run) for run in made.runs]
    again = [sorted(key.to_user_string() for key in run.asset_selection or ()) for run in runs if run]
    memories = sorted(kind.asset for kind in MemoryKind)
    summaries = [["day_summaries"], ["day_summaries"], ["combined_day_summaries"]]
    assert again == [["projects"], *summaries, *2 * [["search_index"]], memories, ["core_memory"]]


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do(recall: Recall) -> None:
    with pytest.raises(InputError, match="combined_day_summaries"):
        recall.make(stage="dreams")


def test_a_deployment_that_nobody_enrolled_is_refused(recall: Recall) -> None:
    with pytest.raises(InputError, match="no deployment 'lapdog'"):
        recall.make(deployment_id="lapdog")


def test_checks_look_at_each_day_that_is_made(recall: Recall) -> None:
    for asset, check in (
        ("frames", "nothing_missing_between_frames"),
        ("ocr_text", "frames_are_readable"),
        ("ocr_text", "text_is_there"),
        ("secrets", "nothing_is_left_in_images"),
        ("day_summaries", "every_sentence_has_a_source"),
        ("combined_day_summaries", "every_combined_sentence_has_a_source"),
    ):
        key = dg.AssetCheckKey(dg.AssetKey(asset), check)
        (found,) = recall.instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert found.status.value == "SUCCEEDED", check


def _events(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogRecord]:
    return [*instance.get_records_for_run(run_id).records]
