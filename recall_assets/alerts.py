"""Looks for what its owner should know, and tells it once: log, desktop, webhook.

    machines, spools, disk, vault, failed partitions ─► stages.alerts ─► rows ─┬─► log and desktop, when it happens
                                                                               └─► webhook, until it answered 2xx

What is told holds ids, counts and times: no word of a screen, no title, no path.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from recall_assets.engines import notifying
from recall_assets.records import Alert, AlertKey, Trouble
from recall_assets.settings import Settings
from recall_assets.stages import alerts as rules
from recall_assets.store import alerts as stored
from recall_assets.store import vault
from recall_assets.store.alerts import Call
from recall_assets.store.disk import room
from recall_assets.watch import alarms, watched

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One look: what is wrong now, what was raised and cleared by it, and how many calls wait for the webhook."""

    troubles: tuple[AlertKey, ...]
    raised: tuple[Alert, ...]
    cleared: tuple[Alert, ...]
    waiting: int = 0


def look(
    engine: Engine, settings: Settings, now: datetime, failed: Mapping[str, Sequence[str]], before: Collection[AlertKey]
) -> Look:
    """Looks once, and tells what changed.

    Args:
        failed: keys of failed partitions, by asset.
        before: what was wrong in the last look.
    """
    sends = settings.alert_webhook is not None
    with engine.begin() as connection:
        open_ = {alert.trouble.key for alert in stored.open_alerts(connection)}
        found = {one.key: one for one in troubles(connection, settings, now, failed, open_)}
        raising, clearing = rules.changes(found.keys(), before, open_)
        raised = stored.raise_(connection, [one for key, one in found.items() if key in raising], now, sends=sends)
        cleared = stored.clear(connection, clearing, now, sends=sends)
    for alert, over in [*((one, False) for one in raised), *((one, True) for one in cleared)]:
        _tell(settings, alert, cleared=over)
    return Look(tuple(found), tuple(raised), tuple(cleared), _send(engine, settings, now))


def troubles(
    connection: Connection,
    settings: Settings,
    now: datetime,
    failed: Mapping[str, Sequence[str]],
    open_: Collection[AlertKey],
) -> list[Trouble]:
    """What is wrong now."""
    machines = watched(connection, settings, now)
    reports = {machine.deployment.id: machine.report for machine in machines if machine.report is not None}
    filled = {id_: told.spooled_bytes / told.spool_budget for id_, told in reports.items() if told.spool_budget}
    now_free = room(settings)
    keys = None if vault.live_epoch(connection) is None else vault.condition(connection).fido2_slots
    return [
        *rules.machines({one.deployment.id: one.verdict.standing for one in alarms(machines)}),
        *rules.spools(filled, open_),
        *rules.partitions(failed),
        *rules.disk(now_free.free_bytes, now_free.spare_bytes, open_),
        *rules.vault(keys),
    ]


def try_out(settings: Settings) -> dict[str, bool]:
    """Sends one message over every way that is set; which of them took it."""
    text = "This is a test. Alerts of Recall come this way."
    ways = {"log": True}
    _log.warning("alert test: %s", text)
    if settings.alert_desktop:
        ways["desktop"] = notifying.show("Recall", text)
    if settings.alert_webhook is not None:
        payload = {"state": "test", "kind": "test", "subject": "", "text": text, "remedy": ""}
        ways["webhook"] = notifying.post(settings.alert_webhook.get_secret_value(), payload)
    return ways


def payload_of(call: Call) -> dict[str, object]:
    """What the webhook is told; `text` alone is enough for a chat."""
    alert = call.alert
    state = "cleared" if call.cleared else "raised"
    at = alert.cleared_at if call.cleared else alert.raised_at
    trouble = alert.trouble
    text = f"Over: {trouble.told}" if call.cleared else f"{trouble.told} {trouble.remedy}"
    return {
        "id": alert.id,
        "state": state,
        "kind": trouble.key.kind.value,
        "subject": trouble.key.subject,
        "text": text,
        "remedy": "" if call.cleared else trouble.remedy,
        "at": None if at is None else at.isoformat(),
    }


def _tell(settings: Settings, alert: Alert, *, cleared: bool) -> None:
    told = payload_of(Call(alert, cleared))
    level = logging.INFO if cleared else logging.WARNING
    _log.log(level, "alert %s %s %s: %s", told["state"], told["kind"], told["subject"], told["text"])
    if settings.alert_desktop:
        notifying.show("Recall: over" if cleared else "Recall: look at this", str(told["text"]))


def _send(engine: Engine, settings: Settings, now: datetime) -> int:
    """How many calls the webhook did not take; the first that fails ends it, so that the order holds."""
    if settings.alert_webhook is None:
        return 0
    with engine.connect() as connection:
        calls = stored.to_send(connection)
    for done, call in enumerate(calls):
        if not notifying.post(settings.alert_webhook.get_secret_value(), payload_of(call)):
            _log.warning("the webhook of alerts did not answer as it should; %d calls wait", len(calls) - done)
            return len(calls) - done
        with engine.begin() as connection:
            stored.sent(connection, call, now)
    return 0
