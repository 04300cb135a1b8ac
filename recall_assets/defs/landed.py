"""The sensor that tells the graph what landed: changed partitions, each once, when their review is due.

    recall.frames: arrival 1 2 3 4 5 6 7 ...
                             │     └ highest arrival of a partition; above the one that its last materialisation of
                             │       `frames` counted (by this sensor or by a run): it changed
                             └ cursor: all below it is told; a partition that waits for its delay, or for the end of
                               a run that reads it, holds it back

A partition that nothing landed in since is never reported, so the graph settles. Where a day lies before the first day
that the loaded definitions know, the code location is loaded again, and the next look reports it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin
from sqlalchemy import Connection, Table

from recall_assets.defs import metadata
from recall_assets.defs.automation import AUTOMATION, LOOK_EVERY_SECONDS
from recall_assets.defs.resources import Recall
from recall_assets.defs.under_way import UNFINISHED, makes
from recall_assets.partitions import DEPLOYMENTS, START, has_partition
from recall_assets.records import DeploymentDay
from recall_assets.stages.review import is_due, runs_on_battery
from recall_assets.store import disk, partitions
from recall_assets.store import settings as stored
from recall_assets.store.review import ReviewStanding, reviews
from recall_assets.store.tables import audio_segments, frames

_TABLES: dict[str, Table] = {"frames": frames, "audio_segments": audio_segments}
# What is made of them first: which of them it has read, nobody knows until its run has ended.
_READ_BY = {"frames": "ocr_text", "audio_segments": "transcripts"}

RELOAD_SECONDS = 60
# Partitions in one look: an import of years is told in many, each of which takes no longer than a sensor may.
MOST_AT_ONCE = 500


class Look(NamedTuple):
    """What a look at the landing found: what to report, and the arrival number below which all is told."""

    events: list[dg.AssetMaterialization]
    cursor: int


@dg.sensor(
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports the partitions of frames and audio that have new rows, when their deployment's review is due.",
)
def landed(context: dg.SensorEvaluationContext, recall: Recall) -> dg.SensorResult | dg.SkipReason:
    """One look at the landing."""
    if (room := disk.room(recall.settings)).is_short:
        return dg.SkipReason(f"The disk is nearly full: {room}. {disk.REMEDY}")
    if not _automation_has_looked(context.instance):
        return dg.SkipReason("The automation conditions have not looked yet; they would miss what is reported now.")
    with recall.transaction() as connection:
        look = look_at_landing(connection, context.instance, int(context.cursor or 0), datetime.now(UTC))
        start = stored.partitions_start(connection)
    if start is not None and start < START:
        context.log.info("The days now begin at %s instead of %s: loading the definitions again.", start, START)
        _load_again(context)
    known = context.instance.get_dynamic_partitions(DEPLOYMENTS.name or "")
    new = {DeploymentDay.from_partition_key(event.partition or "").deployment_id for event in look.events} - {*known}
    return dg.SensorResult(
        asset_events=look.events,
        dynamic_partitions_requests=[DEPLOYMENTS.build_add_request(sorted(new))] if new else [],
        cursor=str(look.cursor),
    )


def look_at_landing(
    connection: Connection, instance: dg.DagsterInstance, after_arrival: int, now: datetime, most: int = MOST_AT_ONCE
) -> Look:
    """The changed partitions whose review is due, by deployment, then day; frames before audio.

    Args:
        after_arrival: the cursor of the last look, 0 at first.
        most: partitions of frames, and of audio, that are looked at; those that begin later wait for the next look.
    """
    standings = reviews(connection)
    under_way = instance.get_runs(UNFINISHED)
    events: list[dg.AssetMaterialization] = []
    told = partitions.highest_arrival(connection)
    for asset, table in _TABLES.items():
        changed = partitions.changed(connection, table, after_arrival, most)
        if changed.next_arrival is not None:
            told = min(told, changed.next_arrival - 1)
        reported = _reported_arrivals(instance, asset, changed.partitions)
        # What is not among them was counted by a run.
        for partition, new in partitions.waiting(connection, table, reported).items():
            standing = standings[partition.deployment_id]
            if standing.review.delay is None:  # the owner asks for reviews
                continue
            is_read = any(makes(run, _READ_BY[asset], partition) for run in under_way)
            if not is_read and has_partition(partition.day) and _is_due(standing, now - new.oldest_received_at, now):
                events.append(_event(connection, asset, partition))
            else:
                told = min(told, new.first_arrival - 1)
    return Look(events, max(told, after_arrival))


def _is_due(standing: ReviewStanding, waited: timedelta, now: datetime) -> bool:
    clock = now.astimezone(ZoneInfo(standing.timezone)).time()
    on_battery = runs_on_battery(standing.on_battery, standing.reported_at, now)
    return is_due(standing.review, waited, clock, on_battery=on_battery)


def _reported_arrivals(
    instance: dg.DagsterInstance, asset: str, changed: Sequence[DeploymentDay]
) -> dict[DeploymentDay, int]:
    """The highest arrival that each partition's last materialisation counted; 0 where there is none."""
    counted = dict.fromkeys(changed, 0)
    if not counted:  # asked for the latest of no partition, Dagster gives those of all
        return counted
    latest = instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(asset), dg.DagsterEventType.ASSET_MATERIALIZATION, {one.partition_key for one in changed}
    )
    asked = dg.AssetRecordsFilter(dg.AssetKey(asset), storage_ids=list(latest.values()))
    found = instance.fetch_materializations(asked, limit=len(latest)).records if latest else ()
    for told in (record.asset_materialization for record in found):
        arrival = told.metadata.get("arrival") if told else None
        if told and isinstance(arrival, dg.IntMetadataValue) and arrival.value is not None:
            counted[DeploymentDay.from_partition_key(told.partition or "")] = arrival.value
    return counted


def _event(connection: Connection, asset: str, partition: DeploymentDay) -> dg.AssetMaterialization:
    if asset == "frames":
        described = metadata.of_frames(partition, partitions.landed(connection, partition))
    else:
        described = metadata.of_audio(partition, partitions.recorded(connection, partition))
    return dg.AssetMaterialization(asset, metadata=described, partition=partition.partition_key)


def _automation_has_looked(instance: dg.DagsterInstance) -> bool:
    """Whether the conditions have a state: what is reported before their first look is never new to them."""
    states = [state for state in instance.all_instigator_state() if state.instigator_name == AUTOMATION]
    return any(getattr(state.instigator_data, "cursor", None) for state in states)


def _load_again(context: dg.SensorEvaluationContext) -> None:
    """Asks the code server that runs this to load the definitions anew; daemon and webserver notice by themselves."""
    origin = context.code_location_origin
    if isinstance(origin, GrpcServerCodeLocationOrigin):
        origin.create_client().reload_code(timeout=RELOAD_SECONDS)
