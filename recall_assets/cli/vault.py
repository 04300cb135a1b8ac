"""`recall vault`, what changes it: make it, let keys open it, rotate, revoke, recover.

    init ─► enrol ─► enrol        a key lost: revoke SLOT ─► rotate --reseal        all keys lost: recover
    (code)  (first)  (second key)

How each change is made is `keyring` and `vault_changes`; looking and opening is `vault_looking`.
"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from recall_assets import keyring
from recall_assets.cli import vault_changes as changes
from recall_assets.cli.session import opened_database
from recall_assets.cli.vault_looking import ByCode, alarm_of
from recall_assets.cli.vault_terminal import (
    AtTerminal,
    ask,
    ask_code,
    confirm,
    require_terminal,
    show_code_once,
    tell,
)
from recall_assets.cli.vault_unlocking import open_vault
from recall_assets.errors import InputError, VaultError
from recall_assets.process_memory import no_inspection
from recall_assets.records import SlotKind
from recall_assets.settings import load_settings
from recall_assets.store import vault
from recall_assets.vault import opening, recovery_code
from recall_assets.vault.authenticator import SecurityKey, plugged_in
from recall_assets.vault.opening import Unlocked

_Label = Annotated[str, typer.Option(help="What to call the key, e.g. the colour of its ring.")]


def init() -> None:
    """Make the vault: its recovery code is shown once and typed back; what waited is sealed by the next run."""
    require_terminal()
    no_inspection()
    settings = load_settings()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            if vault.slots(connection, live=False):
                raise VaultError("There is a vault already.", "recall vault status")
        code = recovery_code.make()
        show_code_once(code)
        slot = changes.recovery_slot(code, _now())
        waited = keyring.found_vault(engine, settings.home, slot, _now())
    print("The vault is there. From now on what is found is sealed to it.")
    if waited:
        print(f"{waited} frames waited. `recall up` reads and seals them by itself; now: recall materialize --day D")
    print("Now enrol two security keys, so that losing one loses nothing:\n\n  recall vault enrol --label NAME")


def enrol(label: _Label = "security key", by_code: ByCode = False) -> None:
    """Let a further key open the vault; opened first by a key that is enrolled, or by the recovery code."""
    require_terminal()
    settings = load_settings()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            slots = vault.slots(connection)
        first_key = not any(slot.kind is SlotKind.FIDO2 for slot in slots)
        unlocked = open_vault(engine, settings, by_code=by_code or first_key)
        ask("Plug in the new key, and only that one; then press Enter. ")
        key = SecurityKey(plugged_in(), settings.vault_rp_id, AtTerminal())
        tell("It is touched three times: to make a credential, to use it, and to prove that it opens.")
        slot = changes.fido2_slot(key, label, settings.vault_rp_id, slots, _now())
        keyring.grant(engine, settings.home, slot, changes.seals_for(slot, unlocked))
    print(f"Enrolled: {label}. One touch of it opens everything in the vault.")
    if first_key:
        print("Enrol a second one, and keep it elsewhere: recall vault enrol --label NAME")


def rotate(
    reseal: Annotated[bool, typer.Option("--reseal", help="Also seal all older values anew; asks for a key.")] = False,
    by_code: ByCode = False,
) -> None:
    """Begin a new key for what is sealed from now on; with --reseal for all, going on where it was interrupted."""
    settings = load_settings()
    with opened_database(settings) as engine:
        unlocked = open_vault(engine, settings, by_code=by_code) if reseal else None
        with engine.connect() as connection:
            interrupted = reseal and keyring.is_resealing(connection)
        keyring.rotate(engine, settings.home, _now(), resealing=reseal)
        print("Going on where it was interrupted." if interrupted else "A new epoch began.")
        if unlocked is not None:
            done = changes.reseal(engine, settings.home, unlocked, _now(), lambda rows: tell(f"{rows} sealed anew"))
            print(f"Values sealed anew: {done.rows}; epochs that nobody can open any more: {done.emptied}.")
            if done.refused:
                print(f"{done.refused} could not be opened, and stay as they are.")
                raise typer.Exit(1)


def revoke(
    slot: Annotated[str, typer.Argument(metavar="SLOT", help="Id, its beginning, or the label.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End a key: nothing sealed from now on opens with it. For what it could open before: rotate --reseal."""
    settings = load_settings()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            live = vault.slots(connection)
        chosen = [each for each in live if slot == each.label or str(each.id).startswith(slot.lower())]
        if len(chosen) != 1:
            raise InputError(f"{'No' if not chosen else 'More than one'} live key is {slot}.", "recall vault keys")
        if not yes and not confirm(f"End {chosen[0].label} ({str(chosen[0].id)[:8]})?"):
            raise typer.Exit(1)
        keyring.revoke(engine, settings.home, chosen[0].id, _now())
    print(f"{chosen[0].label} opens nothing new. Who holds it and a copy of the database can open what is older;")
    print("to end that for this database, not for copies: recall vault rotate --reseal")


def recover() -> None:
    """With the recovery code alone: look at the keys, trust them again, get a new code, end lost keys."""
    require_terminal()
    no_inspection()
    settings = load_settings()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            slots = vault.slots(connection)
            recovery = next((slot for slot in slots if slot.kind is SlotKind.RECOVERY), None)
            if recovery is None:
                raise VaultError("The database has no recovery slot.", "Restore the database from a backup.")
            seals = vault.seals(connection, recovery.id)
        material = opening.stretched(ask_code(), recovery.header)
        unlocked = Unlocked(recovery, material, seals)
        with engine.connect() as connection:
            alarm = alarm_of(connection, settings.home)
        if alarm:
            tell(alarm)
            tell("Only this code vouches for itself. Every other key in the database is ended; enrol yours again.")
            if not confirm("Go on?"):
                raise typer.Exit(1)
            keyring.trust_alone(engine, settings.home, recovery, _now())
            with engine.connect() as connection:
                unlocked = Unlocked(recovery, material, vault.seals(connection, recovery.id))
        code = recovery_code.make()
        show_code_once(code)
        replacing = changes.recovery_slot(code, _now())
        keyring.replace_recovery(engine, settings.home, replacing, changes.seals_for(replacing, unlocked), _now())
    print("The new recovery code holds, the former one ended. A lost key: recall vault revoke SLOT;")
    print("a new one: recall vault enrol --recovery-code")


def _now() -> datetime:
    return datetime.now(UTC)
