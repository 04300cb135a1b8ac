"""The vault's pins: outside the database, which keys may be sealed to.

    $RECALL_HOME/keys/vault/pins.json    {"v": 1, "epochs": ["<fingerprint>"], "slots": ["<fingerprint>"]}

    change:   accept(old, new) ─► the database commits ─► accept(new)
                                └ killed here: both are accepted until the next change

Whoever can write the database, but not this file, cannot make Recall seal to a key of theirs.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recall_assets.errors import VaultError, VaultTamperedError
from recall_assets.settings import Home
from recall_assets.vault.private_files import write_private


@dataclass(frozen=True, slots=True)
class Pins:
    """Fingerprints that are accepted: of the epoch that is sealed to, and of the set of live slots."""

    epochs: tuple[str, ...]
    slots: tuple[str, ...]


def read(home: Home) -> Pins | None:
    """The pins of this home; None where there are none.

    Raises:
        VaultError: the file is there and cannot be read.
    """
    path = _path(home)
    try:
        stored = json.loads(path.read_bytes())
        return Pins(tuple(map(str, stored["epochs"])), tuple(map(str, stored["slots"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VaultError(f"The vault's pins {path} cannot be read.", "recall vault recover makes them anew.") from error


def check(home: Home, *, epoch: bytes | None, slots: bytes) -> None:
    """Nothing, if the database's vault is the one that was pinned.

    Args:
        epoch: fingerprint of the live epoch; None where the database has none.
        slots: fingerprint of the set of live slots.

    Raises:
        VaultTamperedError: it is another one; nothing may be sealed.
    """
    pins = read(home)
    if pins is None:
        raise VaultTamperedError(
            "The database has a vault that this home has not pinned; nothing is sealed to it.",
            "Restore keys/vault of RECALL_HOME, or prove that the vault is yours: recall vault recover.",
        )
    if epoch is None or epoch.hex() not in pins.epochs:
        what = "gone from the database" if epoch is None else "not the pinned one"
        raise VaultTamperedError(f"ALARM: the key that secrets are sealed to is {what}; nothing is sealed.", _REMEDY)
    if slots.hex() not in pins.slots:
        raise VaultTamperedError("ALARM: the vault's slots are not the pinned ones; nothing is sealed.", _REMEDY)


_REMEDY = (
    "Somebody changed the vault's rows in the database, or it was restored from a backup. Look at `recall vault keys`; "
    "only if every slot there is yours: recall vault recover."
)


def accept(home: Home, *, epochs: Iterable[bytes], slots: Iterable[bytes]) -> None:
    """From now on these fingerprints are accepted, and no others.

    Before a change is committed: the old and the new ones. After it: the new ones.
    """
    pins = Pins(tuple(dict.fromkeys(map(bytes.hex, epochs))), tuple(dict.fromkeys(map(bytes.hex, slots))))
    path = _path(home)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, json.dumps({"v": 1, "epochs": pins.epochs, "slots": pins.slots}).encode())


def _path(home: Home) -> Path:
    return home.keys / "vault" / "pins.json"
