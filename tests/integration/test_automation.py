"""What the sensor reports and the conditions request, on real definitions and an instance on PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import dagster as dg
import pytest
from sqlalchemy import Engine, func, update

from recall_assets import edits
from recall_assets.cli.materialize import materialize_days
from recall_assets.records import DeploymentDay, Edit, Review
from recall_assets.settings import Settings
from recall_assets.store import day_summaries, projects
from recall_assets.store import partitions as stored
from recall_assets.store import settings as stored_settings
from recall_assets.store.review import set_review
from recall_assets.store.tables import arrivals, deployments, frames
from tests.days import drawn
from tests.graph import definitions, forget_definitions, land_read, opened_graph

LATER = datetime(2100, 1, 1, tzinfo=UTC)
CHAIN = ("ocr_text", "secrets", "activities")
Requested = dict[str, list[str]]


class Daemon:
    """The sensor, the conditions and the run launcher, one look at a time."""

    def __init__(self, instance: dg.DagsterInstance, database: Engine, *more: str) -> None:
        self.instance, self.database = instance, database
        self.assets = (*CHAIN, "projects", "day_summaries", "combined_day_summaries", *more)
        self.landed_below = 0
        self.cursor: object = None
        self.conditions()  # as the sensor does: nothing is reported before the conditions have looked once

    def sensor(self, now: datetime = LATER, most: int = 500) -> list[str]:
        """The partitions of `frames` that one look of the sensor reports."""
        from recall_assets.defs.landed import look_at_landing

        with self.database.connect() as connection:
            look = look_at_landing(connection, self.instance, self.landed_below, now, most)
        self.landed_below = look.cursor
        for event in look.events:
            day = DeploymentDay.from_partition_key(event.partition or "")
            self.instance.add_dynamic_partitions("deployment", [day.deployment_id])
            self.instance.report_runless_asset_event(event)
        return [event.partition or "" for event in look.events]

    def conditions(self) -> Requested:
        """The partitions that one look of the conditions requests, by asset."""
        looked = dg.evaluate_automation_conditions(definitions(), self.instance, cursor=self.cursor)  # type: ignore[arg-type]
        self.cursor = looked.cursor
        requested = {asset: looked.get_requested_partitions(dg.AssetKey(asset)) for asset in self.assets}
        return {asset: sorted(key for key in keys if key) for asset, keys in requested.items() if keys}

    def settle(self) -> Requested:
        """Everything that is requested and made until nothing more is, by asset."""
        self.sensor()
        made: Requested = defaultdict(list)
        for _ in range(8):
            requested = self.conditions()
            if not requested:
                assert self.sensor() == []
                return dict(made)
            for asset, keys in requested.items():
                made[asset] += keys
            self.execute(requested)
        raise AssertionError(f"It does not settle: {dict(made)}")

    def remake(self, **partitions: list[str]) -> Requested:
        """What follows when these partitions, by asset, are made by hand."""
        self.execute(partitions)
        return self.settle()

    def edited(self, edit: Edit) -> list[str]:
        """The partitions of what tells of days over all machines that are made again for an edit."""
        from recall_assets.defs.edited import requests

        job = definitions().resolve_implicit_global_asset_job_def()
        made: set[str] = set()
        for request in requests(edit.partitions, "edit"):
            assets = list(request.asset_selection or ())
            assert {dg.AssetKey("projects"), dg.AssetKey("combined_day_summaries")} < {*assets}
            run = job.execute_in_process(
                instance=self.instance, asset_selection=assets, partition_key=request.partition_key, tags=request.tags
            )
            made |= {event.partition or "" for event in run.get_asset_materialization_events()}
        return sorted(made)

    def execute(self, requested: Requested) -> None:
        assets_of: dict[str, list[dg.AssetKey]] = defaultdict(list)
        for asset, keys in requested.items():
            for key in keys:
                assets_of[key].append(dg.AssetKey(asset))
        job = definitions().resolve_implicit_global_asset_job_def()
        for key, assets in sorted(assets_of.items()):
            assert job.execute_in_process(instance=self.instance, asset_selection=assets, partition_key=key).success


@pytest.fixture
def daemon(settings: Settings, database: Engine) -> Iterator[Daemon]:
    with opened_graph(settings, database) as instance:
        yield Daemon(instance, database)


def land(database: Engine, deployment: str, day: date, columns: str = "aaabbb", *, hour: int = 9) -> None:
    begin = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    with database.begin() as connection:
        land_read(connection, drawn(columns, deployment=deployment, begin=begin))


def chain(*keys: str) -> Requested:
    return {asset: [*keys] for asset in CHAIN}


FOURTH, FIFTH = date(2026, 3, 4), date(2026, 3, 5)


def test_what_is_too_much_for_one_look_is_told_in_the_next_ones_and_nothing_twice(
    daemon: Daemon, database: Engine
) -> None:
    keys = []
    for day in (FIFTH, FOURTH):
        for deployment in ("laptop", "desktop"):
            land(database, deployment, day)
            keys.append(f"{day}|{deployment}")
    land(database, "laptop", FIFTH, hour=15)
    looks = [daemon.sensor(most=1) for _ in range(6)]
    assert sorted(key for look in looks for key in look) == sorted(keys)
    assert looks[0] == keys[:1]
    assert looks[-1] == []


def test_late_frames_remake_their_deployments_chain_and_that_days_summaries_and_nothing_else(
    daemon: Daemon, database: Engine
) -> None:
    for deployment in ("laptop", "desktop"):
        for day in (FOURTH, FIFTH):
            land(database, deployment, day)
    daemon.settle()

    land(database, "laptop", FOURTH, hour=15)

    assert daemon.settle() == chain("2026-03-04|laptop") | {
        "projects": ["2026-03-04"],
        "day_summaries": ["2026-03-04|desktop", "2026-03-04|laptop"],
        "combined_day_summaries": ["2026-03-04"],
    }


def test_frames_that_land_while_a_run_reads_their_day_are_reported_when_it_has_ended_and_read_by_another(
    daemon: Daemon, database: Engine
) -> None:
    land(database, "laptop", FIFTH)
    daemon.sensor()
    requested = daemon.conditions()
    assert requested.items() >= chain(f"{FIFTH}|laptop").items()
    run = daemon.instance.create_run_for_job(
        definitions().resolve_implicit_global_asset_job_def(),
        asset_selection={dg.AssetKey(asset) for asset in CHAIN},
        tags={"dagster/partition": f"{FIFTH}|laptop"},
        status=dg.DagsterRunStatus.STARTED,
    )
    for day in (FOURTH, FIFTH):
        land(database, "laptop", day, hour=15)
    assert daemon.sensor() == [f"{FOURTH}|laptop"]
    daemon.instance.report_run_canceled(run)
    daemon.execute(requested)  # what the conditions see next: that a run ended, and then a report
    assert daemon.sensor() == [f"{FIFTH}|laptop"]
    assert daemon.conditions().items() >= chain(f"{FOURTH}|laptop", f"{FIFTH}|laptop").items()


def test_an_edit_has_the_days_told_again_that_tell_of_it_and_no_other(daemon: Daemon, database: Engine) -> None:
    for day in (FOURTH, FIFTH):
        land(database, "laptop", day, "aaabbb" * 5)
    land(database, "laptop", FIFTH + timedelta(days=1), "xxxyyy" * 5)
    daemon.settle()
    with database.begin() as connection:
        orchard = next(one for one in projects.read_all(connection) if one.name == "orchard")
        edit = edits.rename_project(connection, orchard.id, "My trees")

    assert daemon.edited(edit) == ["2026-03-04", "2026-03-05"]
    with database.connect() as connection:  # at once, before the machines' own
        summary = day_summaries.read_day(connection, FOURTH)
        assert summary is not None
        assert "My trees" in summary.summary

    told = ["2026-03-04", "2026-03-05"]
    summaries = {"day_summaries": [f"{day}|laptop" for day in told], "combined_day_summaries": told}
    assert daemon.settle() == summaries
    with database.connect() as connection:
        summary = day_summaries.read_day(connection, FOURTH)
        assert summary is not None
        assert "My trees" in summary.summary


def test_a_machine_that_lacks_a_day_holds_nothing_back_and_gets_no_summary_of_it(
    daemon: Daemon, database: Engine
) -> None:
    land(database, "laptop", FOURTH)
    land(database, "desktop", FIFTH)

    assert daemon.settle() == chain("2026-03-04|laptop", "2026-03-05|desktop") | {
        "projects": ["2026-03-04", "2026-03-05"],
        "day_summaries": ["2026-03-04|laptop", "2026-03-05|desktop"],
        "combined_day_summaries": ["2026-03-04", "2026-03-05"],
    }


def test_a_new_deployment_makes_its_own_days_only(daemon: Daemon, database: Engine) -> None:
    land(database, "laptop", FOURTH)
    land(database, "laptop", FIFTH)
    daemon.settle()

    land(database, "tablet", FIFTH)

    made = daemon.settle()
    assert made["activities"] == ["2026-03-05|tablet"]
    assert made["combined_day_summaries"] == ["2026-03-05"]


def test_an_older_first_month_requests_no_run_of_the_days_that_exist(daemon: Daemon, database: Engine) -> None:
    land(database, "laptop", FOURTH)
    daemon.settle()
    land(database, "laptop", date(2025, 12, 24))
    assert daemon.sensor() == []  # the day is no partition yet

    with database.begin() as connection:
        assert stored_settings.lower_partitions_start(connection, date(2025, 12, 24))
    forget_definitions()

    assert daemon.settle() == chain("2025-12-24|laptop") | {
        "projects": ["2025-12-24"],
        "day_summaries": ["2025-12-24|laptop"],
        "combined_day_summaries": ["2025-12-24"],
    }


def test_what_a_command_made_is_not_made_again(daemon: Daemon, database: Engine, settings: Settings) -> None:
    for deployment in ("laptop", "desktop"):
        land(database, deployment, FOURTH)

    made = materialize_days(settings, database, FOURTH, FOURTH)

    assert len(made.runs) == 10  # for both: chain, memories, summary, index; projects; a summary over both
    assert daemon.sensor() == []
    assert daemon.conditions() == {}


def test_a_partition_is_reported_once_and_again_only_when_something_landed_or_stood_longer(
    daemon: Daemon, database: Engine
) -> None:
    land(database, "laptop", FOURTH)
    assert daemon.sensor() == ["2026-03-04|laptop"]
    assert daemon.sensor() == []

    with database.begin() as connection:
        one = frames.c.captured_at == datetime(2026, 3, 4, 9, tzinfo=UTC)
        connection.execute(update(frames).where(one).values(arrival=arrivals.next_value(), received_at=func.now()))

    assert daemon.sensor() == ["2026-03-04|laptop"]


def test_frames_wait_for_the_review_delay_of_their_deployment(daemon: Daemon, database: Engine) -> None:
    land(database, "laptop", FOURTH)
    land(database, "desktop", FOURTH)
    with database.begin() as connection:
        slow = deployments.c.id == "laptop"
        connection.execute(update(deployments).where(slow).values(review={"delay_seconds": 3600}))
        connection.execute(update(deployments).where(~slow).values(review={"delay_seconds": 0}))
    now = datetime.now(UTC)

    assert daemon.sensor(now) == ["2026-03-04|desktop"]
    assert daemon.sensor(now + timedelta(minutes=59)) == []
    assert daemon.sensor(now + timedelta(minutes=61)) == ["2026-03-04|laptop"]


def test_frames_of_a_machine_on_its_battery_wait_for_mains_and_others_for_the_night(
    daemon: Daemon, database: Engine
) -> None:
    now = datetime.now(UTC).replace(hour=12)
    with database.begin() as connection:
        for deployment, review in (("laptop", Review(on_mains=True)), ("desktop", Review(night=(time(1), time(6))))):
            land_read(connection, drawn("ab", deployment=deployment, begin=datetime(2026, 3, 4, 9, tzinfo=UTC)))
            set_review(connection, deployment, review)
        connection.execute(update(frames).values(received_at=now - timedelta(hours=1)))
        on_laptop = update(deployments).where(deployments.c.id == "laptop")
        connection.execute(on_laptop.values(reported={"on_battery": True}, reported_at=now))
    assert daemon.sensor(now) == []
    assert daemon.sensor(now + timedelta(minutes=20)) == ["2026-03-04|laptop"]
    assert daemon.sensor(now + timedelta(hours=13, minutes=1)) == ["2026-03-04|desktop"]


def test_a_deployment_on_demand_is_never_reported_and_holds_no_other_back(daemon: Daemon, database: Engine) -> None:
    land(database, "laptop", FOURTH)
    land(database, "desktop", FOURTH)
    with database.begin() as connection:
        asked = deployments.c.id == "laptop"
        connection.execute(update(deployments).where(asked).values(review={"delay_seconds": None}))

    assert daemon.sensor() == ["2026-03-04|desktop"]
    with database.connect() as connection:
        assert daemon.landed_below == stored.highest_arrival(connection)
