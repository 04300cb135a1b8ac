"""`recall vault`, what looks and opens: keys, status, list, reveal, page, export.

    list ─► reveal ID ─► key or code ─► one value, on this terminal, 60 seconds

A value is opened in this process alone; nothing here changes the vault.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from recall_assets.cli.opening import show
from recall_assets.cli.session import opened_database
from recall_assets.cli.vault_terminal import confirm, require_terminal, show_value, tell
from recall_assets.cli.vault_unlocking import open_vault
from recall_assets.errors import InputError, VaultError
from recall_assets.records import Slot
from recall_assets.sealer import check_chains, pinned_vault
from recall_assets.settings import Home, load_settings
from recall_assets.store import secrets, vault
from recall_assets.vault.opening import Unlocked
from recall_assets.vault.private_files import write_private

SHOWN_SECONDS = 60
ByCode = Annotated[bool, typer.Option("--recovery-code", help="Open with the recovery code instead of a key.")]
_SEAL_NOW = "`recall up` does it by itself; now: recall materialize --day D"
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def alarm_of(connection: Connection, home: Home) -> str:
    """What the pins say against the vault in the database; empty where they agree, or where there is neither."""
    try:
        pinned_vault(connection, home)
    except VaultError as error:
        return error.problem
    return ""


def keys(as_json: _AsJson = False) -> None:
    """What opens the vault, and what no longer does."""
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        slots = vault.slots(connection, live=False)
    if as_json:
        print(json.dumps([_slot_as_json(slot) for slot in slots], indent=2))
        return
    if not slots:
        print("There is no vault yet: recall vault init")
        return
    table = Table("slot", "kind", "label", "made", "last used", "state")
    for slot in slots:
        state = "live" if slot.revoked_at is None else f"revoked {slot.revoked_at:%Y-%m-%d}"
        used = "never" if slot.last_used_at is None else f"{slot.last_used_at:%Y-%m-%d}"
        table.add_row(str(slot.id)[:8], slot.kind.value, slot.label, f"{slot.created_at:%Y-%m-%d}", used, state)
    Console().print(table)


def status(as_json: _AsJson = False) -> None:
    """How the vault stands: keys, what is sealed, what waits, whether anything is missing; exits with 1 at an alarm."""
    settings = load_settings()
    with opened_database(settings) as engine, engine.connect() as connection:
        now = vault.condition(connection)
        chain = check_chains(connection)
        epochs, slots = vault.epochs(connection), vault.slots(connection)
        alarm = alarm_of(connection, settings.home)
    told = {
        "vault": bool(slots),
        "security_keys": now.fido2_slots,
        "recovery_codes": now.recovery_slots,
        "epochs": len(epochs),
        "sealed": now.sealed,
        "waiting": now.waiting,
        "unsealed": now.unsealed,
        "missing": chain.missing,
        "changed": chain.changed,
        "broken_chains": chain.broken,
        "foreign": chain.foreign,
        "alarm": alarm,
    }
    if as_json:
        print(json.dumps(told, indent=2))
    else:
        table = Table.grid(padding=(0, 2))
        for name, value in told.items():
            table.add_row(name.replace("_", " "), "yes" if value is True else "no" if value is False else str(value))
        Console().print(table)
        if not slots and not alarm:
            print("\nThere is no vault yet: recall vault init")
        elif now.waiting:
            print(f"\nWhat waits is sealed when its day is made again. {_SEAL_NOW}")
    if alarm or not chain.holds:
        raise typer.Exit(1)


def list_secrets(
    kind: Annotated[str | None, typer.Option(help="Only of this kind, e.g. password.")] = None,
    day: Annotated[str | None, typer.Option(help="Only of this day, as 2026-11-09.")] = None,
    as_json: _AsJson = False,
) -> None:
    """What was found, where and when, without the values; with a ? where a language model took it for no secret."""
    try:
        on = None if day is None else date.fromisoformat(day)
    except ValueError:
        raise InputError(f"{day} is no day.", "Write it as 2026-11-09.") from None
    with opened_database(load_settings()) as engine, engine.connect() as connection:
        found = secrets.listed(connection, kind=kind, day=on)
        digits = _telling_digits([each.id for each in secrets.listed(connection)])
    if as_json:
        print(json.dumps([each.as_json() for each in found], indent=2))
        return
    if not found:
        print("Nothing was found.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("id", "captured", "machine", "kind", "sealed"):
        table.add_column(name, no_wrap=True)
    table.add_column("where")  # the one that is cut on a narrow terminal
    for each in found:
        where = each.window_title or each.app_name or each.place
        sealed = "yes" if each.is_sealed else "waits"
        at = f"{each.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(
            str(each.id)[-digits:],
            at,
            each.deployment_id,
            f"{each.kind}?" if each.review == "no_secret" else each.kind,
            sealed,
            Text(where, no_wrap=True, overflow="ellipsis"),
        )
    Console().print(table)


def _telling_digits(ids: Sequence[UUID]) -> int:
    """How much of each id's end tells it from the others; those of one run begin alike."""
    return next(length for length in range(8, 37) if len({str(id_)[-length:] for id_ in ids}) == len(ids))


def reveal(
    secret_id: Annotated[str, typer.Argument(metavar="ID", help="As `recall vault list` shows it, or whole.")],
    by_code: ByCode = False,
    pipe: Annotated[bool, typer.Option("--pipe", help="Print the value alone, for another program.")] = False,
    crop: Annotated[Path | None, typer.Option(help="Write the picture under the black box to this file.")] = None,
) -> None:
    """Open one value, on this terminal, for 60 seconds."""
    if not pipe:
        require_terminal()
    settings = load_settings()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            found = secrets.called(connection, secret_id)
        if len(found) != 1:
            raise InputError(
                f"{'No' if not found else 'More than one'} secret is called {secret_id}.", "recall vault list"
            )
        row = found[0]
        if row.sealed is None:
            raise VaultError("This value is not sealed yet: its day is to be made again.", _SEAL_NOW)
        unlocked = open_vault(engine, settings, by_code=by_code)
    clear = unlocked.open(row.id, row.deployment_id, row.kind, row.sealed)
    if crop is not None:
        if clear.pixels is None:
            raise InputError("This value stood in no pixels.")
        write_private(crop, clear.pixels)
    if pipe:
        print(clear.value)
    else:
        show_value([f"{row.kind}, {row.place} of {row.deployment_id}", "", clear.value], SHOWN_SECONDS)


def page() -> None:
    """Open the vault's page in your browser: make a vault there, open it, change its keys."""
    show("/vault")


def export(
    file: Annotated[Path, typer.Argument(help="Where to write; must not exist.")], by_code: ByCode = False
) -> None:
    """Write every value in clear to a file, to leave with; think first where that file will lie."""
    require_terminal()
    if file.exists():
        raise InputError(f"{file} exists.", "Name another file.")
    if not confirm(f"Everything in the vault will stand in clear in {file}. Go on?"):
        raise typer.Exit(1)
    settings = load_settings()
    with opened_database(settings) as engine:
        unlocked = open_vault(engine, settings, by_code=by_code)
        with engine.connect() as connection:
            listed = secrets.listed(connection)
            by_id = {row.id: row for row in secrets.read(connection, [each.id for each in listed])}
    told, refused = [], 0
    for each in listed:
        try:
            told.append(each.as_json() | {"value": _value(unlocked, by_id[each.id])})
        except VaultError as error:
            refused += 1
            tell(error.problem)
    write_private(file.absolute(), json.dumps({"secrets": told}, indent=1, ensure_ascii=False).encode())
    print(f"{len(told)} values in {file}{f'; {refused} could not be opened' if refused else ''}.")


def _value(unlocked: Unlocked, row: secrets.Secret) -> str | None:
    if row.sealed is None:
        return None
    return unlocked.open(row.id, row.deployment_id, row.kind, row.sealed).value


def _slot_as_json(slot: Slot) -> dict[str, object]:
    return {
        "id": str(slot.id),
        "kind": slot.kind.value,
        "label": slot.label,
        "created_at": slot.created_at.isoformat(),
        "last_used_at": None if slot.last_used_at is None else slot.last_used_at.isoformat(),
        "revoked_at": None if slot.revoked_at is None else slot.revoked_at.isoformat(),
    }
