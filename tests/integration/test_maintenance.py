"""What the nightly and weekly jobs find: the missed, the failed, the dead, and what may be deleted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from sqlalchemy import Engine, func, select, text, update

from recall_assets.cli.materialize import materialize_days
from recall_assets.records import DeploymentDay, Status
from recall_assets.settings import Settings
from recall_assets.store import partitions, vault
from recall_assets.store.dagster_runs import is_kept
from recall_assets.store.tables import frames
from recall_assets.vault.landing_keys import ensure_landing_key, key_pairs, landing_key_folder
from tests.days import drawn
from tests.graph import definitions, land_read, opened_graph
from tests.server.told_pages import browser
from tests.vault.vaults import key_material, make_vault

DAY = date(2026, 3, 4)
LAPTOP = DeploymentDay("laptop", DAY)


@pytest.fixture
def instance(settings: Settings, database: Engine) -> Iterator[dg.DagsterInstance]:
    with opened_graph(settings, database) as opened:
        with database.begin() as connection:
            land_read(connection, drawn("aaabbb"))
        yield opened


def requests(schedule: str, instance: dg.DagsterInstance, night: date = date(2026, 3, 8)) -> dict[str, list[str]]:
    """What a schedule requests that night: assets by partition key."""
    from recall_assets.defs.resources import Recall

    with dg.build_schedule_context(
        instance,
        scheduled_execution_time=datetime(night.year, night.month, night.day, 4, tzinfo=UTC),
        resources={"recall": Recall()},
        repository_def=definitions().get_repository_def(),
    ) as context:
        ticked = definitions().resolve_schedule_def(schedule).evaluate_tick(context)
    return {
        str(request.partition_key): [key.to_user_string() for key in request.asset_selection or ()]
        for request in ticked.run_requests or ()
    }


CHAIN = ["ocr_text", "secrets", "activities"]


def test_catch_up_requests_a_chain_that_was_never_made_and_nothing_once_the_day_is_whole(
    instance: dg.DagsterInstance, database: Engine, settings: Settings
) -> None:
    assert requests("catch_up", instance) == {"2026-03-04|laptop": CHAIN}

    materialize_days(settings, database, DAY, DAY)

    assert requests("catch_up", instance) == {}


def test_catch_up_requests_days_with_frames_that_wait_for_too_long(
    instance: dg.DagsterInstance, database: Engine, settings: Settings
) -> None:
    materialize_days(settings, database, DAY, DAY)
    with database.begin() as connection:
        connection.execute(update(frames).values(ocr_status=Status.PENDING))
    assert requests("catch_up", instance) == {}  # they only just came

    with database.begin() as connection:
        connection.execute(update(frames).values(received_at=func.now() - timedelta(hours=2)))

    assert requests("catch_up", instance) == {"2026-03-04|laptop": CHAIN}


def test_catch_up_makes_what_follows_from_whole_chains(
    instance: dg.DagsterInstance, database: Engine, settings: Settings
) -> None:
    from recall_assets.cli import graph_runs

    stages = graph_runs.STAGES[: graph_runs.STAGES.index("combined_day_summaries")]
    all_but_the_last = graph_runs.plan([LAPTOP], [], stages)
    graph_runs.execute(instance, all_but_the_last, progress=lambda _what, _done, _total: None)

    assert requests("catch_up", instance) == {"2026-03-04|laptop": ["search_index"]}
    assert requests("catch_up_days", instance) == {"2026-03-04": ["combined_day_summaries"]}


def test_unreadable_frames_are_pending_again_each_night(instance: dg.DagsterInstance, database: Engine) -> None:
    with database.begin() as connection:
        one = select(func.min(frames.c.captured_at)).scalar_subquery()
        connection.execute(
            update(frames).where(frames.c.captured_at == one).values(ocr_status=Status.ERROR, landing_ref="kept")
        )

    assert requests("recheck_errors", instance) == {"2026-03-04|laptop": CHAIN}
    with database.connect() as connection:
        assert partitions.landed(connection, LAPTOP).pending == 1


def a_dead_worker() -> str:
    told = "from recall_assets.defs.worker_lease import *; from recall_assets.settings import load_settings;"
    told += "print(worker_of_this_process(load_settings().home))"
    return subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip()


def executed_by(instance: dg.DagsterInstance, worker: str) -> str:
    """The id of a run that has started there."""
    from recall_assets.defs.worker_lease import tag_of

    job = definitions().resolve_implicit_global_asset_job_def()
    run_id = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED).run_id
    instance.add_run_tags(run_id, tag_of(run_id, worker))
    return run_id


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_runs_of_a_process_that_is_gone_fail_and_those_of_a_living_one_stay(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    from recall_assets.defs.maintenance import bury_dead_runs
    from recall_assets.defs.worker_lease import worker_of_this_process

    living, dead = worker_of_this_process(settings.home), a_dead_worker()
    of_a_container_that_is_gone = f"elsewhere/{dead.rpartition('/')[2]}"
    on_another_machine = "elsewhere/0123"
    runs = {
        worker: executed_by(instance, worker)
        for worker in (living, dead, of_a_container_that_is_gone, on_another_machine)
    }

    assert bury_dead_runs(instance, settings.home) == 2
    assert bury_dead_runs(instance, settings.home) == 0

    status = {worker: status_of(instance, run) for worker, run in runs.items()}
    failed, started = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED
    assert status == {
        living: started,
        on_another_machine: started,
        dead: failed,
        of_a_container_that_is_gone: failed,
    }
    assert [path.name for path in (settings.home.run / "workers").iterdir()] == [living.rpartition("/")[2]]


def test_a_run_that_dagster_tries_again_is_not_taken_for_one_of_the_dead_worker_before(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    from recall_assets.defs.maintenance import bury_dead_runs
    from recall_assets.defs.worker_lease import WORKER_TAG

    first = executed_by(instance, a_dead_worker())
    assert bury_dead_runs(instance, settings.home) == 1
    again = tried_again(instance, first)
    assert instance.get_run_by_id(again).tags[WORKER_TAG].startswith(first)  # type: ignore[union-attr]
    started = DagsterEvent(DagsterEventType.PIPELINE_START.value, "__ASSET_JOB")
    instance.report_dagster_event(started, again)

    assert bury_dead_runs(instance, settings.home) == 0
    assert status_of(instance, again) is dg.DagsterRunStatus.STARTED


def tried_again(instance: dg.DagsterInstance, run_id: str) -> str:
    """The id of the run by which Dagster's daemon repeats it."""
    module = LoadableTargetOrigin(executable_path=sys.executable, module_name="recall_assets.definitions")
    origin = InProcessCodeLocationOrigin(module, location_name="recall")
    with create_test_daemon_workspace_context(InProcessWorkspaceLoadTarget(origin), instance) as workspace:
        request = workspace.create_request_context()
        location = request.get_code_location("recall")
        (repository,) = location.get_repositories().values()
        return instance.create_reexecuted_run(
            request_context=request,
            parent_run=instance.get_run_by_id(run_id),  # type: ignore[arg-type]
            code_location=location,
            remote_job=repository.get_full_job("__ASSET_JOB"),
            strategy=ReexecutionStrategy.ALL_STEPS,
            use_parent_run_tags=True,
        ).run_id


def test_pruning_keeps_what_made_each_partition_last_and_deletes_how_it_went_and_what_it_superseded(
    instance: dg.DagsterInstance, database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    superseded, last = (materialize_days(settings, database, DAY, DAY, stage="activities").runs for _ in range(2))
    with instance.event_log_storage.index_connection() as connection:  # type: ignore[attr-defined]
        for table, column in (("event_logs", "timestamp"), ("runs", "update_timestamp")):
            connection.execute(text(f"update {table} set {column} = {column} - interval '100 days'"))
        connection.commit()
    monkeypatch.setenv("RECALL_DAGSTER_RUNS_DAYS", "101")
    assert definitions().resolve_job_def("prune_events").execute_in_process(instance=instance).success

    left = {record.event_log_entry.dagster_event_type for run in superseded for record in _records(instance, run)}
    assert dg.DagsterEventType.STEP_START not in left
    assert dg.DagsterEventType.ASSET_MATERIALIZATION in left

    monkeypatch.setenv("RECALL_DAGSTER_RUNS_DAYS", "99")
    assert definitions().resolve_job_def("prune_events").execute_in_process(instance=instance).success
    assert [run for run in superseded if instance.get_run_by_id(run)] == []
    assert all(instance.get_run_by_id(run) for run in last)
    assert instance.get_materialized_partitions(dg.AssetKey("activities")) == {"2026-03-04|laptop"}
    assert [is_kept(database, UUID(run)) for run in (superseded[0], last[0])] == [False, True]
    page = browser(database, settings)
    assert page.get(f"/runs/{last[0]}").headers["location"] == f"/dagster/runs/{last[0]}"
    assert "no longer kept" in page.get(f"/runs/{superseded[0]}").text


def test_a_new_month_begins_with_new_keys(instance: dg.DagsterInstance, database: Engine, settings: Settings) -> None:
    made = ensure_landing_key(settings.home)
    published = landing_key_folder(settings.home) / f"{made.key_id}.json"
    published.write_text(json.dumps(json.loads(published.read_text()) | {"since": "2026-01-31T23:00:00Z"}))
    with database.begin() as connection:
        slot = make_vault(connection, settings.home, key_material())
        assert len(vault.seals(connection, slot.id)) == 1

    for _ in range(2):
        assert definitions().resolve_job_def("renew_keys").execute_in_process(instance=instance).success

    assert [pair.key_id.hex() != made.key_id for pair in key_pairs(settings.home)] == [True]
    with database.begin() as connection:
        assert len(vault.seals(connection, slot.id)) == 2


def _records(instance: dg.DagsterInstance, run_id: str) -> list[dg.EventLogRecord]:
    return [*instance.get_records_for_run(run_id).records]
