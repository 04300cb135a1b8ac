"""Opens the vault for one command: by the key that is plugged in, or by the recovery code.

slots ─► key: PIN, touch ─► PRF ─┐
         code: typed ─► Argon2id ┴► Unlocked ─► what the chain and the epochs say is told before anything else
"""

from datetime import UTC, datetime

from sqlalchemy import Engine

from recall_assets.cli.vault_changes import credential_id
from recall_assets.cli.vault_terminal import AtTerminal, ask_code, tell
from recall_assets.errors import VaultError
from recall_assets.process_memory import no_inspection
from recall_assets.records import Slot, SlotKind
from recall_assets.sealer import check_chains
from recall_assets.settings import Settings
from recall_assets.store import vault
from recall_assets.vault import opening
from recall_assets.vault.authenticator import SecurityKey, plugged_in
from recall_assets.vault.opening import Unlocked


def open_vault(engine: Engine, settings: Settings, *, by_code: bool) -> Unlocked:
    """The vault, open in this process, which from here on nobody else may look into.

    Raises:
        VaultError: there is no vault, no key, or it does not fit.
    """
    no_inspection()
    with engine.connect() as connection:
        slots = vault.slots(connection)
    if not slots:
        raise VaultError("There is no vault yet.", "recall vault init")
    slot, material = _by_code(slots) if by_code else _by_key(slots, settings.vault_rp_id)
    with engine.begin() as connection:
        unlocked = Unlocked(slot, material, vault.seals(connection, slot.id))
        vault.mark_used(connection, slot.id, datetime.now(UTC))
    _tell_condition(engine, unlocked)
    return unlocked


def _by_code(slots: list[Slot]) -> tuple[Slot, bytes]:
    code = ask_code()
    recovery = [slot for slot in slots if slot.kind is SlotKind.RECOVERY]
    if not recovery:
        raise VaultError("This vault has no recovery code.", "Open it with a key.")
    return recovery[0], opening.stretched(code, recovery[0].header)


def _by_key(slots: list[Slot], rp_id: str) -> tuple[Slot, bytes]:
    of_keys = {credential_id(slot): slot for slot in slots if slot.kind is SlotKind.FIDO2}
    if not of_keys:
        raise VaultError("No security key is enrolled.", "recall vault enrol, or open with --recovery-code.")
    foreign = {str(slot.header["rp_id"]) for slot in of_keys.values()} - {rp_id}
    if foreign:
        raise VaultError(
            f"Keys are enrolled for {', '.join(sorted(foreign))}, and this home says {rp_id}.",
            "Set RECALL_VAULT_RP_ID to what they were enrolled for.",
        )
    key = SecurityKey(plugged_in(), rp_id, AtTerminal())
    evals = {id_: bytes.fromhex(str(slot.header["prf_eval"])) for id_, slot in of_keys.items()}
    id_, material = key.prf(evals)
    return of_keys[id_], material


def _tell_condition(engine: Engine, unlocked: Unlocked) -> None:
    with engine.connect() as connection:
        report = check_chains(connection)
        shut = [e for e in vault.epochs(connection) if e.key_id not in unlocked.key_ids]
        lost = vault.count_sealed(connection, [epoch.key_id for epoch in shut])
    if report.holds:
        tell(f"The chain holds: {report.sealed} sealed, none missing.")
    else:
        tell(
            f"ALARM: of {report.sealed} sealed, {report.missing} are missing and {report.changed} changed; "
            f"{report.broken} chains are broken, {report.foreign} sealed rows are in none."
        )
    if lost or unlocked.damaged:
        tell(
            f"{lost} values are sealed to epochs that this slot does not open"
            f"{'; of some the seal was changed in the database' if unlocked.damaged else ''}."
        )
