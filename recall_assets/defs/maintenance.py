"""What keeps the graph whole over months: what was missed, what failed, what died, and what may go.

catch_up, catch_up_days   nightly   pending frames and sound, failed or missing partitions ─► run requests
recheck_errors  nightly        frames and sound of status 2 ─► pending again, and a run of their partitions
dead_runs       each 30 s      runs whose process is gone ─► failed, so that retries and catch_up see them
renew_keys      nightly        envelopes carried for a day, landing keys that nothing needs ─► deleted
                               a new month ─► new landing key, new epoch
erase_old       nightly        where a scan or an order took out what was stored ─► PostgreSQL's files written anew
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from recall_assets import forgetting, landing_rotation, sealer
from recall_assets.defs import worker_lease
from recall_assets.defs.heartbeat import bury_silent_runs, last_beat
from recall_assets.defs.resources import Recall
from recall_assets.engines.speech.choice import has_engine
from recall_assets.partitions import DAYS, DEPLOYMENT_DAYS, DEPLOYMENTS, START, has_partition
from recall_assets.records import DeploymentDay, MemoryKind, Status
from recall_assets.settings import Home
from recall_assets.stages.review import runs_on_battery
from recall_assets.store import audio_segments, carried, disk, erasure, frames, landing, partitions, vault
from recall_assets.store.forgetting import rules
from recall_assets.store.review import ReviewStanding, reviews

# Frames that came this lately are the sensor's.
PENDING_FOR = timedelta(hours=1)
# A run tells which process executes it before its first asset; one that did not by then never will.
SILENT_FOR = timedelta(minutes=3)
# How long the last finds of a window stay sealed in the landing, for later runs to know their values.
CARRIED_FOR = timedelta(days=1)
# Requests of one schedule in one night, the newest days first; of years that were never made, the rest waits its turn.
MOST_A_NIGHT = 500

CHAIN = ("ocr_text", "secrets", "activities")
SOUND = ("transcripts",)
OF_DEPLOYMENTS = dg.AssetSelection.assets(*CHAIN, *SOUND, "day_summaries", "search_index")
MEMORIES = tuple(kind.asset for kind in MemoryKind)
OF_DAYS = dg.AssetSelection.assets("projects", "combined_day_summaries", *MEMORIES)


# Two schedules of one rule: a schedule's assets must share their partitions.
@dg.schedule(
    cron_schedule="20 3 * * *",
    target=OF_DEPLOYMENTS,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Requests deployments' days that are pending for more than an hour, failed, or were never made.",
)
def catch_up(context: dg.ScheduleEvaluationContext, recall: Recall) -> Iterator[dg.RunRequest]:
    """Incomplete chains; where a day's chains and projects are whole, summaries that are not."""
    yield from _catch_up(context, recall, {*CHAIN, *SOUND, "day_summaries", "search_index"})


@dg.schedule(
    cron_schedule="50 3 * * *",
    target=OF_DAYS,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Requests projects, memories and combined summaries of days whose machines are whole and theirs not.",
)
def catch_up_days(context: dg.ScheduleEvaluationContext, recall: Recall) -> Iterator[dg.RunRequest]:
    """What spans machines, of days on which nothing before it is incomplete."""
    yield from _catch_up(context, recall, {"projects", "combined_day_summaries", *MEMORIES})


def _may_review(standing: ReviewStanding, now: datetime) -> bool:
    """Whether frames of this deployment may be reviewed tonight without being asked for."""
    draining = standing.review.on_mains and runs_on_battery(standing.on_battery, standing.reported_at, now)
    return standing.review.delay is not None and not draining


def _catch_up(context: dg.ScheduleEvaluationContext, recall: Recall, own: set[str]) -> Iterator[dg.RunRequest]:
    if (room := disk.room(recall.settings)).is_short:
        context.log.warning("The disk is nearly full: %s.", room)
        return
    with recall.transaction() as connection:
        reviewed = {id_ for id_, standing in reviews(connection).items() if _may_review(standing, datetime.now(UTC))}
        landed = [
            partition
            for partition in partitions.with_frames(connection, START, date.max)
            if partition.deployment_id in reviewed and has_partition(partition.day)
        ]
        received_before = datetime.now(UTC) - PENDING_FOR
        pending = {*partitions.with_status(connection, Status.PENDING, received_before=received_before)}
        due = partitions.with_sound_to_hear(
            connection, received_before=received_before, has_engine=has_engine(recall.settings)
        )
        unheard = [one for one in due if one.deployment_id in reviewed and has_partition(one.day)]
    context.instance.add_dynamic_partitions(DEPLOYMENTS.name or "", sorted(reviewed))
    night = context.scheduled_execution_time.date()
    found = incomplete(context.instance, landed, pending & {*landed}, unheard)
    wanted = [(key, assets) for keys, assets in found if own.issuperset(assets) for key in keys]
    for key, assets in sorted(wanted, reverse=True)[:MOST_A_NIGHT]:
        yield dg.RunRequest(
            run_key=f"catch_up/{night}/{assets[-1]}/{key}",
            partition_key=key,
            asset_selection=[dg.AssetKey(asset) for asset in assets],
        )


def incomplete(
    instance: dg.DagsterInstance,
    landed: Iterable[DeploymentDay],
    pending: set[DeploymentDay],
    unheard: Iterable[DeploymentDay] = (),
) -> list[tuple[list[str], tuple[str, ...]]]:
    """Partition keys with the assets to make of them, in the order of the graph.

    What is downstream of an incomplete chain is left out: it follows by itself when the chain was made.

    Args:
        landed: the partitions that hold frames.
        pending: those of them with frames that wait for too long.
        unheard: partitions with sound that waits for too long.
    """
    landed = sorted(landed)
    keys = [partition.partition_key for partition in landed]
    chains = _unmade(instance, CHAIN, keys, DEPLOYMENT_DAYS) | {partition.partition_key for partition in pending}
    touched = {DeploymentDay.from_partition_key(key).day for key in chains}
    days = sorted({partition.day.isoformat() for partition in landed if partition.day not in touched})
    unassigned = _unmade(instance, ("projects",), days, DAYS)
    whole = {*days} - unassigned
    assigned = [partition.partition_key for partition in landed if partition.day.isoformat() in whole]
    forgetful = _unmade(instance, MEMORIES, sorted(whole), DAYS)
    summaries = _unmade(instance, ("day_summaries",), assigned, DEPLOYMENT_DAYS)
    unsummed = {key.partition("|")[0] for key in summaries} | unassigned
    combined = _unmade(instance, ("combined_day_summaries",), [day for day in days if day not in unsummed], DAYS)
    unindexed = _unmade(instance, ("search_index",), [key for key in keys if key not in chains], DEPLOYMENT_DAYS)
    return [
        (sorted(partition.partition_key for partition in unheard), SOUND),
        (sorted(chains), CHAIN),
        (sorted(unassigned), ("projects",)),
        (sorted(forgetful), MEMORIES),
        (sorted(summaries), ("day_summaries",)),
        (sorted(combined), ("combined_day_summaries",)),
        (sorted(unindexed), ("search_index",)),
    ]


def _unmade(
    instance: dg.DagsterInstance, assets: Iterable[str], keys: list[str], definition: dg.PartitionsDefinition[str]
) -> set[str]:
    """Those of the keys whose partition of one of the assets is missing or failed, and not being made."""
    unmade: set[str] = set()
    for asset in assets:
        status: Mapping[str, object] = instance.get_status_by_partition(dg.AssetKey(asset), keys, definition) or {}
        unmade |= {key for key in keys if getattr(status.get(key), "name", "MISSING") in {"MISSING", "FAILED"}}
    return unmade


@dg.schedule(
    cron_schedule="40 4 * * *",
    target=dg.AssetSelection.assets(*CHAIN, *SOUND),
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Tries frames and sound that could not be read (status 2) once more; frames only so often.",
)
def recheck_errors(context: dg.ScheduleEvaluationContext, recall: Recall) -> Iterator[dg.RunRequest]:
    """Sets what was unreadable back to pending and requests the chain of its partitions.

    The run itself gives up what was tried often enough; where that waits for a vault, nothing is requested.
    """
    attempts = recall.settings.unreadable_attempts
    with recall.transaction() as connection:
        ends = recall.settings.unreadable_fate == "delete" or vault.live_epoch(connection) is not None
        unreadable = [
            key
            for key in partitions.with_status(connection, Status.ERROR)
            if has_partition(key.day)
            and (frames.set_pending(connection, key, [Status.ERROR], attempts_below=attempts) or ends)
        ]
        unheard = [key for key in partitions.with_sound_of(connection, Status.ERROR) if has_partition(key.day)]
        for partition in unheard:
            audio_segments.set_pending(connection, partition, [Status.ERROR])
    machines = {key.deployment_id for key in (*unreadable, *unheard)}
    context.instance.add_dynamic_partitions(DEPLOYMENTS.name or "", sorted(machines))
    for found, assets in ((unheard, SOUND), (unreadable, CHAIN)):
        for partition in found:
            yield dg.RunRequest(
                run_key=f"recheck/{context.scheduled_execution_time.date()}/{assets[-1]}/{partition.partition_key}",
                partition_key=partition.partition_key,
                asset_selection=[dg.AssetKey(asset) for asset in assets],
            )


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails runs whose process is gone; Dagster's launcher on one machine does not look after them.",
)
def dead_runs(context: dg.SensorEvaluationContext, recall: Recall) -> dg.SkipReason:
    """One look at the runs that say they are executing."""
    dead = bury_dead_runs(context.instance, recall.home)
    dead += bury_silent_runs(context.instance, recall.engine, recall.settings.celery_silent_for)
    return dg.SkipReason(f"{dead} runs had died.")


def bury_dead_runs(instance: dg.DagsterInstance, home: Home) -> int:
    """How many runs were executing in a process that is gone (a crash, a power cut); they are failed now.

    Their places in pools are free again, so that nothing waits for the dead.
    """
    executing = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
    buried = 0
    for record in instance.get_run_records(executing):
        run = record.dagster_run
        if last_beat(run) is not None:
            continue  # a worker's, perhaps of another machine: `bury_silent_runs` looks after it
        worker = worker_lease.worker_of(run)
        silent = datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC) > SILENT_FOR
        if worker_lease.lives(home, worker) if worker else not silent:
            continue
        instance.report_run_failed(run, "The process that executed this run is gone.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        buried += 1
    worker_lease.forget_ended(home)
    return buried


@dg.op(out=dg.Out(dg.Nothing))
def turn_keys(context: dg.OpExecutionContext, recall: Recall) -> None:
    """Carried envelopes go after a day; a new month has a new landing key and a new epoch; unneeded landing keys go."""
    with recall.transaction() as connection:
        released = carried.release_older(connection, datetime.now(UTC) - CARRIED_FOR)
    landing.delete_envelopes(recall.home, released)
    with recall.transaction() as connection:
        made = landing_rotation.rotate_monthly(connection, recall.home, datetime.now(UTC))
        gone = landing_rotation.forget_unneeded(connection, recall.home)
    told = "%d envelopes released; landing keys: %s new, %d older ones deleted"
    context.log.info(told, len(released), "one" if made else "none", len(gone))
    with recall.transaction() as connection:
        sealer.live_epoch(connection, recall.home, datetime.now(UTC))


@dg.job(description="Renews landing key and vault epoch each month.", executor_def=dg.in_process_executor)
def renew_keys() -> None:
    """Bounds what a key that was stolen today opens of tomorrow."""
    turn_keys()


@dg.op(out=dg.Out(dg.Nothing))
def erase_where_due(context: dg.OpExecutionContext, recall: Recall) -> None:
    """Nothing, but where a scan or an order to forget took something out of stored rows."""
    with recall.transaction() as connection:
        interrupted = bool(rules.orders(connection, unfinished=True))
    if interrupted:
        context.log.info("%d orders to forget ended", len(forgetting.go_on(recall.engine, recall.home)))
    with recall.transaction() as connection:
        forgot, due = rules.waits_for_erasure(connection), erasure.is_due(connection)
    if forgot or due:
        whole = forgetting.erase(recall.engine, recall.home) if forgot else erasure.erase(recall.engine)
        context.log.info("tables written anew%s", "" if whole else "; the server keeps its statistics and log")


@dg.job(description="Erases what changed rows held, where that must go.", executor_def=dg.in_process_executor)
def erase_old_versions() -> None:
    """A changed row's old version stays in PostgreSQL's files until its table is written anew."""
    erase_where_due()


erase_nightly = dg.ScheduleDefinition(
    name="erase_nightly",
    job=erase_old_versions,
    cron_schedule="20 5 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Writes tables anew whose changed rows held a secret or what was forgotten.",
)

renew_nightly = dg.ScheduleDefinition(
    name="renew_keys_nightly",
    job=renew_keys,
    cron_schedule="5 4 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Makes a new landing key where the newest is old enough, and lets go of those that seal nothing more.",
)
