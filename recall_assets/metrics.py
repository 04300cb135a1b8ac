"""What Prometheus is told: how far behind each stage is, what waits, what failed, what takes room, what models cost.

    GET /metrics ─► Meter ─┬─ at each question     lags, spools, silence, alerts, spent tokens, free bytes
                           └─ every five minutes   what takes a look at every row or file: frames by status, disk use

Names of machines, stages and models are labels; no text of a screen, no title, no path.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine

from recall_assets.disk_use import disk_use
from recall_assets.records import AlertKind, Status
from recall_assets.settings import Settings
from recall_assets.store import llm_calls
from recall_assets.store.alerts import open_alerts
from recall_assets.store.disk import room
from recall_assets.store.frames import counts_by_status
from recall_assets.store.lags import lags
from recall_assets.watch import watched

_EVERY = timedelta(minutes=5)
_LAG_OVER = timedelta(days=7)


class Meter(Collector):
    """Measures one Recall; asked again within five minutes, it does not count rows and files anew."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._counted_at: datetime | None = None
        self._counted: list[Metric] = []

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing: to register is not to measure."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """What is measured now, and what was counted lately."""
        now = datetime.now(UTC)
        with self._engine.connect() as connection:
            if self._counted_at is None or now - self._counted_at > _EVERY:
                self._counted = [*_counted(connection, self._settings)]
                self._counted_at = now
            measured = [
                *_of_stages(connection, now),
                *_of_machines(connection, self._settings, now),
                *_of_models(connection),
                _of_alerts(connection),
            ]
        free = GaugeMetricFamily("recall_disk_free_bytes", "Free where home or database lies, on the fuller volume.")
        free.add_metric([], room(self._settings).free_bytes)
        return [*measured, free, *self._counted]


def _of_stages(connection: Connection, now: datetime) -> Iterable[Metric]:
    names = ["stage", "deployment"]
    lag = GaugeMetricFamily("recall_stage_lag_seconds", "How long the oldest has waited for a stage.", labels=names)
    waiting = GaugeMetricFamily(
        "recall_stage_waiting",
        "Frames, stretches of sound or days of the last week that wait for a stage.",
        labels=names,
    )
    for one in lags(connection, now, (now - _LAG_OVER).date()):
        lag.add_metric([one.stage, one.deployment_id], one.longest.total_seconds())
        waiting.add_metric([one.stage, one.deployment_id], one.waiting)
    return lag, waiting


def _of_machines(connection: Connection, settings: Settings, now: datetime) -> Iterable[Metric]:
    labels = ["deployment"]
    silent = GaugeMetricFamily(
        "recall_capture_silent", "1 where a machine should be captured and is not.", labels=[*labels, "standing"]
    )
    kept = GaugeMetricFamily("recall_last_kept_timestamp_seconds", "When the newest frame was kept.", labels=labels)
    heard = GaugeMetricFamily("recall_last_heard_timestamp_seconds", "When the agent reported last.", labels=labels)
    items = GaugeMetricFamily("recall_spool_items", "Items that wait on the machine.", labels=labels)
    size = GaugeMetricFamily("recall_spool_bytes", "Their bytes.", labels=labels)
    share = GaugeMetricFamily("recall_spool_filled_ratio", "Share of the spool that is full.", labels=labels)
    for machine in watched(connection, settings, now):
        own = [machine.deployment.id]
        silent.add_metric([*own, machine.verdict.standing], float(machine.verdict.alarm))
        if machine.heard_at is not None:
            heard.add_metric(own, machine.heard_at.timestamp())
        if (report := machine.report) is not None:
            items.add_metric(own, report.spooled_items)
            size.add_metric(own, report.spooled_bytes)
            if report.spool_budget:
                share.add_metric(own, report.spooled_bytes / report.spool_budget)
            if report.last_kept_at is not None:
                kept.add_metric(own, report.last_kept_at.timestamp())
    return silent, kept, heard, items, size, share


def _of_models(connection: Connection) -> Iterable[Metric]:
    labels = ["purpose", "model"]
    tokens = CounterMetricFamily("recall_llm_tokens", "Tokens that models took.", labels=[*labels, "kind"])
    calls = CounterMetricFamily("recall_llm_calls", "Questions to models.", labels=[*labels, "outcome"])
    for one in llm_calls.spent(connection):
        tokens.add_metric([one.purpose, one.model, "prompt"], one.prompt_tokens)
        tokens.add_metric([one.purpose, one.model, "completion"], one.completion_tokens)
        calls.add_metric([one.purpose, one.model, "answered"], one.calls - one.failed)
        calls.add_metric([one.purpose, one.model, "failed"], one.failed)
    return tokens, calls


def _of_alerts(connection: Connection) -> Metric:
    alerts = GaugeMetricFamily("recall_alerts", "Alerts that are open.", labels=["kind"])
    kinds = [alert.trouble.key.kind for alert in open_alerts(connection)]
    for kind in AlertKind:
        alerts.add_metric([kind.value], kinds.count(kind))
    return alerts


def _counted(connection: Connection, settings: Settings) -> Iterable[Metric]:
    frames = GaugeMetricFamily("recall_frames", "Frames by how far they are read.", labels=["deployment", "status"])
    for (deployment_id, status), count in counts_by_status(connection).items():
        frames.add_metric([deployment_id, Status(status).name.lower()], count)
    use: Mapping[str, int] = disk_use(connection, settings.home)
    disk = GaugeMetricFamily("recall_disk_bytes", "Room that is taken, by kind.", labels=["kind"])
    for kind, size in use.items():
        disk.add_metric([kind], size)
    return frames, disk
