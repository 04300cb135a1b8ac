"""The asset graph as a whole: what it says of itself, what it makes, and that making it again changes nothing."""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import pytest
from sqlalchemy import Engine, Table, select

from recall_assets.cli.materialize import materialize_days
from recall_assets.errors import InputError
from recall_assets.records import MemoryKind
from recall_assets.settings import Settings
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
from tests.days import WINDOWS, drawn
from tests.graph import definitions, land_read, opened_graph

DAY = date(2026, 3, 4)
MADE = (
    *(activities, projects, day_summaries, summary_sentences, sentence_sources, frames),
    *(memories, memory_sources, core_memory),
)
OF_A_RUN = {"run_id", "created_at"}


@pytest.fixture
def instance(settings: Settings, database: Engine) -> Iterator[dg.DagsterInstance]:
    with opened_graph(settings, database) as opened:
        yield opened


@pytest.fixture
def landed(database: Engine) -> Engine:
    with database.begin() as connection:
        for deployment in ("laptop", "desktop"):
            land_read(connection, drawn("aaabbbaaaccc" * 8 + "xxxyyyzzz" * 8, deployment=deployment))
    return database


def rows(database: Engine, table: Table) -> list[dict[str, object]]:
    """What a table holds, but for when and by which run."""
    with database.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [{name: value for name, value in row.items() if name not in OF_A_RUN} for row in found]


def test_every_asset_says_what_it_is_who_owns_it_and_which_code_makes_it(instance: dg.DagsterInstance) -> None:
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


def test_making_a_day_twice_leaves_the_same_rows(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    assert not materialize_days(settings, landed, DAY, DAY).failed
    before = {table.name: rows(landed, table) for table in MADE}
    assert not materialize_days(settings, landed, DAY, DAY).failed

    for table in MADE:
        assert rows(landed, table) == before[table.name], table.name
        assert before[table.name], table.name


def test_each_row_names_the_run_that_made_it_and_each_partition_says_where_its_rows_are(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    made = materialize_days(settings, landed, DAY, DAY)

    with landed.connect() as connection:
        assert {str(run) for run in connection.scalars(select(activities.c.run_id))} <= {*made.runs}
    for asset, key in (("activities", "2026-03-04|laptop"), ("combined_day_summaries", "2026-03-04")):
        wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[key])
        event = instance.fetch_materializations(wanted, limit=1).records[0].asset_materialization
        assert event is not None
        assert "recall lineage " in str(event.metadata["see"].value)
        assert str(event.metadata["rows"].value).startswith("recall.")


def test_dagsters_events_hold_no_text_of_a_screen(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    made = materialize_days(settings, landed, DAY, DAY)

    told = " ".join(str(record.event_log_entry) for run in made.runs for record in _events(instance, run))
    assert "combined_day_summaries" in told
    for shown in WINDOWS.values():
        assert shown.title not in told
        assert shown.text[:24] not in told


def test_days_without_frames_make_no_runs(instance: dg.DagsterInstance, landed: Engine, settings: Settings) -> None:
    made = materialize_days(settings, landed, DAY - timedelta(days=2), DAY + timedelta(days=3))

    assert {partition.day for partition in made.partitions} == {DAY}
    for asset in ("activities", "projects", "combined_day_summaries"):
        assert {key[:10] for key in instance.get_materialized_partitions(dg.AssetKey(asset))} == {"2026-03-04"}


def test_a_backfill_of_one_asset_makes_it_and_what_follows_from_it(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    materialize_days(settings, landed, DAY, DAY)

    made = materialize_days(settings, landed, DAY, DAY, stage="projects")

    runs = [instance.get_run_by_id(run) for run in made.runs]
    again = [sorted(key.to_user_string() for key in run.asset_selection or ()) for run in runs if run]
    memories = sorted(kind.asset for kind in MemoryKind)
    summaries = [["day_summaries"], ["day_summaries"], ["combined_day_summaries"]]
    assert again == [["projects"], *summaries, *2 * [["search_index"]], memories, ["core_memory"]]


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    with pytest.raises(InputError, match="combined_day_summaries"):
        materialize_days(settings, landed, DAY, DAY, stage="dreams")


def test_a_deployment_that_nobody_enrolled_is_refused(
    instance: dg.DagsterInstance, landed: Engine, settings: Settings
) -> None:
    with pytest.raises(InputError, match="no deployment 'lapdog'"):
        materialize_days(settings, landed, DAY, DAY, deployment_id="lapdog")


def test_checks_look_at_each_day_that_is_made(instance: dg.DagsterInstance, landed: Engine, settings: Settings) -> None:
    materialize_days(settings, landed, DAY, DAY)

    for asset, check in (
        ("frames", "nothing_missing_between_frames"),
        ("ocr_text", "frames_are_readable"),
        ("ocr_text", "text_is_there"),
        ("secrets", "nothing_is_left_in_images"),
        ("day_summaries", "every_sentence_has_a_source"),
        ("combined_day_summaries", "every_combined_sentence_has_a_source"),
    ):
        key = dg.AssetCheckKey(dg.AssetKey(asset), check)
        (found,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert found.status.value == "SUCCEEDED", check


def _events(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogRecord]:
    return [*instance.get_records_for_run(run_id).records]
