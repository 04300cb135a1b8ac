"""`recall keys`: the keys that frames are sealed to between capture and reading; those of the vault are `recall vault`.

rotate-landing ─► successor ─► agents fetch it with their next report ─► what came under the old one is read ─► it goes
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from recall_assets import landing_rotation
from recall_assets.cli.session import opened_database
from recall_assets.landing_rotation import KeyStanding
from recall_assets.settings import load_settings

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def status(as_json: _AsJson = False) -> None:
    """The landing's keys: since when, how many envelopes wait under each, and which machines still hold it.

    An older key's private half is deleted once nothing waits under it and no machine holds it. A machine that will not
    come back is ended with `recall deployments revoke`.
    """
    settings = load_settings()
    with opened_database(settings) as engine, engine.begin() as connection:
        found = landing_rotation.standings(connection, settings.home)
    if as_json:
        print(json.dumps([_as_json(each) for each in found], indent=2))
        return
    if not found:
        print("There is no landing key yet; the first start of the server makes it.")
        return
    table = Table("key", "since", "envelopes waiting", "held by", "state")
    for each in found:
        state = "current" if each.is_current else "needed" if each.is_needed else "goes tonight"
        held_by = ", ".join(each.deployments) or "nobody"
        table.add_row(each.key_id.hex(), f"{each.since:%Y-%m-%d}", str(each.envelopes), held_by, state)
    Console().print(table)


def rotate_landing() -> None:
    """Make a new landing key, signed by this server's identity; done each month by itself while `recall up` runs.

    Older keys stay until nothing needs them; those that nothing needs now are deleted. Made again at once it makes no
    further key.
    """
    settings = load_settings()
    with opened_database(settings) as engine, engine.begin() as connection:
        current = landing_rotation.rotate(connection, settings.home, datetime.now(UTC))
        gone = landing_rotation.forget_unneeded(connection, settings.home)
        kept = len(landing_rotation.standings(connection, settings.home)) - 1
    print(f"New envelopes are sealed to {current.hex()}; agents fetch it when they report next.")
    if gone:
        print(f"Older keys deleted, since nothing needed them: {len(gone)}")
    if kept:
        print(f"Older keys that are still needed: {kept}; recall keys status says by what.")


def _as_json(standing: KeyStanding) -> dict[str, object]:
    return {
        "key_id": standing.key_id.hex(),
        "since": standing.since.isoformat(),
        "current": standing.is_current,
        "envelopes": standing.envelopes,
        "held_by": list(standing.deployments),
        "needed": standing.is_needed,
    }
