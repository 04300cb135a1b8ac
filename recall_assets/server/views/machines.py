"""The page of machines: whether each is captured as it should be.

GET /deployments      every live machine, see `watch`; the page looks again each half minute
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine

from recall_assets.server.views.rendering import counted, page
from recall_assets.settings import Settings
from recall_assets.stages.silence import told
from recall_assets.watch import Watched, alarms, watched


def add_machines_page(router: APIRouter, engine: Engine, settings: Settings) -> None:
    """Adds the route."""

    @router.get("/deployments")
    def machines_page(request: Request) -> Response:
        now = datetime.now(UTC)
        with engine.connect() as connection:
            found = watched(connection, settings, now)
        machines = [(machine, list(facts_of(machine, now))) for machine in found]
        return page(request, "machines.html", {"machines": machines, "state": _state(found)})


def facts_of(machine: Watched, now: datetime) -> Iterator[tuple[str, str]]:
    """What its agent said last, each under its name; nothing of a machine without an agent."""
    report = machine.report
    if report is None:
        return
    yield "last kept", _ago(report.last_kept_at, now)
    yield "last upload", _ago(report.last_uploaded_at, now)
    yield "waits there", _waiting(machine)
    yield "heard of", _ago(machine.heard_at, now)
    yield "monitors", str(report.monitors)
    if report.thinned:
        yield "thinned out", counted(report.thinned, "frame")
    if report.on_battery is not None:
        yield "power", "battery" if report.on_battery else "mains"


def _waiting(machine: Watched) -> str:
    report = machine.report
    assert report is not None
    said = []
    if report.spooled_items:
        said.append(f"{report.spooled_items} ({report.spooled_bytes / 1e6:.1f} MB)")
    if machine.lag >= timedelta(minutes=1):
        said.append(f"for {told(machine.lag)}")
    if report.refused:
        said.append(f"{report.refused} refused")
    return ", ".join(said) or "nothing"


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "not yet"
    return f"{told(now - moment)} ago" if now - moment >= timedelta(minutes=1) else "just now"


def _state(found: list[Watched]) -> str:
    if not found:
        return "No machine is enrolled yet: recall deployments invite"
    wrong = len(alarms(found))
    return f"{counted(len(found), 'machine')}, {f'{wrong} to look at' if wrong else 'all is well'}"
