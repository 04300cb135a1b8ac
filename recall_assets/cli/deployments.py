"""`recall deployments`: invite a machine or enrol it by hand, list them, refuse one.

invite ─► link, once, for an hour ─► `recall-agent enrol LINK` there        revoke ─► every token refused, its days kept
enrol  ─► token, printed once
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from recall_assets.cli.invitations import invitation
from recall_assets.cli.opening import show
from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.settings import load_settings
from recall_assets.stages.silence import told
from recall_assets.store import deployments, reading, tokens
from recall_assets.vault.landing_keys import ensure_landing_key
from recall_assets.watch import Watched, watched

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Id = Annotated[str, typer.Argument(metavar="ID", help="1 to 32 lower-case letters, digits, hyphens.")]


def invite(
    hours: Annotated[float, typer.Option(min=0.01, max=168, help="How long the link can be used.")] = 1.0,
    deployment_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="For a machine that is enrolled: it gets a new token.")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Print a link that enrols one machine, once; use it there with `recall-agent enrol LINK`."""
    settings = load_settings()
    lifetime = timedelta(hours=hours)
    with opened_database(settings) as engine:
        link = invitation(settings, engine, lifetime, deployment_id)
    if as_json:
        print(json.dumps({"link": link, "expires_at": (datetime.now(UTC) + lifetime).isoformat()}))
        return
    until = (datetime.now(UTC) + lifetime).astimezone()
    print(f"On the machine that shall be captured, once, until {until:%H:%M} ({until:%Y-%m-%d}):\n")
    print(f"  recall-agent enrol '{link}'\n")
    if link.startswith("http:"):
        print("The link leads to this machine only. For others: recall up --listen ADDRESS")


def enrol(
    deployment_id: _Id,
    timezone: Annotated[
        str | None, typer.Option(help="IANA zone that the machine's clock shows, e.g. Europe/Berlin.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it; default: the id.")] = None,
    replace_token: Annotated[
        bool, typer.Option("--replace-token", help="For a machine that is enrolled: a new token, the old ones end.")
    ] = False,
    as_json: _AsJson = False,
) -> None:
    """Enrol a machine and print its token, which is shown this once."""
    settings = load_settings()
    with opened_database(settings) as engine, engine.begin() as connection:
        known = deployments.read(connection, deployment_id)
        if known is not None and known.revoked_at is None and not replace_token:
            raise InputError(f"Deployment {deployment_id} is enrolled already.", "For a new token: --replace-token.")
        if known is None:
            if timezone is None:
                raise InputError("A new machine needs its zone.", "Add e.g. --timezone Europe/Berlin.")
            deployments.enrol(connection, deployment_id, timezone=timezone, name=name)
        else:
            tokens.revoke_all(connection, deployment_id)
            deployments.restore(connection, deployment_id)
        token = tokens.make(connection, label="agent", deployment_id=deployment_id)
    identity = ensure_landing_key(settings.home).identity
    if as_json:
        print(json.dumps({"id": deployment_id, "token": token, "server_identity": identity}))
        return
    print(f"{deployment_id} is enrolled. Its token, shown only now:\n\n  {token}\n")
    print(f"Identity of this server, for its agent to pin:\n\n  {identity}")


def list_deployments(as_json: _AsJson = False) -> None:
    """List the enrolled machines: what each does, when it last kept and sent a frame, what waits there."""
    settings = load_settings()
    now = datetime.now(UTC)
    with opened_database(settings) as engine, engine.connect() as connection:
        found = deployments.read_all(connection)
        frames = deployments.frame_counts(connection)
        live = tokens.live_counts(connection)
        machines = {machine.deployment.id: machine for machine in watched(connection, settings, now)}
        chosen = reading.chosen(connection)
    if as_json:
        as_told = [
            _as_json(each, frames.get(each.id, 0), live.get(each.id, 0))
            | {"reading": asdict(chosen.get(each.id, settings.reading))}
            | _watched_as_json(machines.get(each.id))
            for each in found
        ]
        print(json.dumps(as_told, indent=2))
        return
    if not found:
        print("No machine is enrolled yet: recall deployments invite")
        return
    table = Table(
        "machine", "state", "last kept", "last upload", "waits there", "frames here", box=None, pad_edge=False
    )
    table.columns[0].no_wrap = True  # other commands ask for the id: it is not cut
    for each in found:
        named = each.id if each.name == each.id else f"{each.id}\n{each.name}"
        table.add_row(named, *_row(machines.get(each.id), now), str(frames.get(each.id, 0)))
    console = Console()
    console.print(table)
    for deployment_id, choice in chosen.items():
        console.print(Text(f"{deployment_id}: read by {choice.engine}, {choice.languages}", "dim"))
    for machine in machines.values():
        if machine.verdict.why:
            colour = "bold red" if machine.verdict.alarm else "dim"
            console.print(Text(f"{machine.deployment.id}: {machine.verdict.why}", colour))


def _row(machine: Watched | None, now: datetime) -> list[Text | str]:
    """State, last kept, last upload and what waits, of a machine; a revoked one is None."""
    if machine is None:
        return ["revoked", "", "", ""]
    state = Text(machine.verdict.standing.replace("_", " "), "bold red" if machine.verdict.alarm else "")
    report = machine.report
    if report is None:
        return [state, "", "", ""]
    waits = f"{report.spooled_items}, {report.spooled_bytes / 1e6:.1f} MB" if report.spooled_items else "nothing"
    if machine.lag >= timedelta(minutes=1):
        waits += f", for {told(machine.lag)}"
    if report.refused:
        waits += f", {report.refused} refused"
    if report.thinned:
        waits += f", {report.thinned} thinned out"
    return [state, _ago(report.last_kept_at, now), _ago(report.last_uploaded_at, now), waits]


def _ago(time: datetime | None, now: datetime) -> str:
    return "not yet" if time is None else f"{told(now - time)} ago"


def page() -> None:
    """Open the page of machines in your browser."""
    show("/deployments")


def revoke(deployment_id: _Id) -> None:
    """Refuse a machine from now on; what it sent stays."""
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        deployments.require(connection, deployment_id)
        revoked = deployments.revoke(connection, deployment_id)
        ended = tokens.revoke_all(connection, deployment_id)
    print(f"{deployment_id} {'is revoked' if revoked else 'was revoked before'}; {ended} tokens ended, its days stay.")


def _watched_as_json(machine: Watched | None) -> dict[str, object]:
    return {} if machine is None else machine.as_json()


def _as_json(deployment: deployments.Deployment, frames: int, live_tokens: int) -> dict[str, object]:
    def iso(time: datetime | None) -> str | None:
        return None if time is None else time.isoformat()

    return {
        "id": deployment.id,
        "name": deployment.name,
        "timezone": deployment.timezone,
        "frames": frames,
        "live_tokens": live_tokens,
        "enrolled_at": iso(deployment.enrolled_at),
        "last_seen_at": iso(deployment.last_seen_at),
        "revoked_at": iso(deployment.revoked_at),
    }
