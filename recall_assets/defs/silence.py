"""Machines that should capture and do not, as an asset check on `frames`.

    watch_machines (sensor, every 2 minutes) ─► watch.watched ─► an alarm in two looks in a row, or its end
                                                                   └─► result of the check machines_are_captured

What is silent makes no run, so no run can check it: the sensor reports the result when it changes, and once a day.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from recall_assets.defs.resources import Recall
from recall_assets.settings import Settings
from recall_assets.watch import Watched, alarms, watched

CHECK = "machines_are_captured"


@dg.asset_check(
    asset="frames", name=CHECK, description="Every machine that should capture does, and what it keeps arrives here."
)
def machines_are_captured(recall: Recall) -> dg.AssetCheckResult:
    """All machines, whatever partition was asked for."""
    with recall.transaction() as connection:
        silent = alarms(watched(connection, recall.settings, datetime.now(UTC)))
    told = evaluation(silent, recall.settings)
    return dg.AssetCheckResult(
        passed=told.passed, asset_key=told.asset_key, check_name=CHECK, severity=told.severity, metadata=told.metadata
    )


@dg.sensor(
    # Longer than an agent takes to keep its first frame after a machine wakes, and to report it.
    minimum_interval_seconds=120,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails the check of frames where a machine that should capture is silent.",
)
def watch_machines(context: dg.SensorEvaluationContext, recall: Recall) -> dg.SensorResult:
    """One look; a machine that woke a moment ago is silent in one look and not in the next."""
    now = datetime.now(UTC)
    with recall.transaction() as connection:
        silent = alarms(watched(connection, recall.settings, now))
    before = json.loads(context.cursor or "{}")
    seen = sorted(machine.deployment.id for machine in silent)
    sure = [machine for machine in silent if machine.deployment.id in before.get("seen", ())]
    standing = {"silent": sorted(machine.deployment.id for machine in sure), "day": now.date().isoformat()}
    changed = any(before.get(key) != value for key, value in standing.items())
    return dg.SensorResult(
        asset_events=[evaluation(sure, recall.settings)] if changed else [],
        cursor=json.dumps(standing | {"seen": seen}),
    )


def evaluation(silent: Sequence[Watched], settings: Settings) -> dg.AssetCheckEvaluation:
    """The check's result: passed where no machine is silent."""
    severity = dg.AssetCheckSeverity.ERROR if settings.silence_is_error else dg.AssetCheckSeverity.WARN
    named = ", ".join(f"{machine.deployment.id} {machine.verdict.standing}" for machine in silent)
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("frames"),
        check_name=CHECK,
        passed=not silent,
        severity=severity,
        metadata={"silent": len(silent), "machines": named or "none", "see": "recall deployments list"},
    )
