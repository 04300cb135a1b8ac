"""Every live machine, and whether it is captured as it should be: for list, page, doctor and asset check alike.

deployments ─ last report ─ newest frame ─► stages.silence ─► Watched
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from capture_agent.messages import AgentReport
from recall_assets.settings import Settings
from recall_assets.stages.silence import Limits, Machine, Verdict, Word, judge
from recall_assets.store import agent_reports, deployments
from recall_assets.store.deployments import Deployment


@dataclass(frozen=True, slots=True)
class Watched:
    """A machine with its agent's last report (and when that came), and what follows from them."""

    deployment: Deployment
    report: AgentReport | None
    heard_at: datetime | None
    verdict: Verdict
    lag: timedelta

    def as_json(self) -> dict[str, object]:
        """What is shown of it, as JSON can say it."""
        report = self.report
        return {
            "id": self.deployment.id,
            "name": self.deployment.name,
            "timezone": self.deployment.timezone,
            "standing": self.verdict.standing,
            "alarm": self.verdict.alarm,
            "why": self.verdict.why,
            "heard_at": None if self.heard_at is None else self.heard_at.isoformat(),
            "lag_seconds": int(self.lag.total_seconds()),
            "agent": None if report is None else report.model_dump(mode="json"),
        }


def watched(connection: Connection, settings: Settings, now: datetime) -> list[Watched]:
    """Every machine that is not revoked, by id."""
    limits = limits_of(settings)
    newest = deployments.newest_frames(connection)
    reports = agent_reports.last_reports(connection)
    found = []
    for deployment in deployments.read_all(connection):
        if deployment.revoked_at is not None:
            continue
        last = reports.get(deployment.id)
        if last is None:
            found.append(Watched(deployment, None, None, judge(Machine(), now, limits), timedelta()))
            continue
        word = _word(last.report)
        verdict = judge(Machine(word, last.received_at, newest.get(deployment.id)), now, limits)
        told = last.report
        if told.last_kept_at is None:  # since its start; what it kept before is here
            told = told.model_copy(update={"last_kept_at": newest.get(deployment.id)})
        found.append(Watched(deployment, told, last.received_at, verdict, word.lag))
    return found


def alarms(machines: Sequence[Watched]) -> list[Watched]:
    """Those whose owner should look."""
    return [machine for machine in machines if machine.verdict.alarm]


def limits_of(settings: Settings) -> Limits:
    """What the owner set, and the defaults of the rest."""
    return Limits(silent=timedelta(minutes=settings.silent_minutes), away=timedelta(days=settings.away_days))


def _word(report: AgentReport) -> Word:
    return Word(
        report.state.value,
        report.at,
        report.since,
        report.last_kept_at,
        report.spooled_items,
        report.oldest_spooled_at,
        report.problem,
    )
