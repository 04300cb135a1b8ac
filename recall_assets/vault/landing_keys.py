"""The landing's key pairs on disk: what the server makes at its first start and shows to agents.

    $RECALL_HOME/keys/            0700, in no backup
      identity                    Ed25519, private: signs landing keys; agents pin its public half at enrolment
      landing/<key id>.key        X25519, private: read by `vault.landing` alone
      landing/<key id>.json       the public half, signed: what agents fetch
      landing/current             the key id that new envelopes are sealed to

One pair per key id, so that a successor can be made current while envelopes under the old one still wait.
The server reads the `.json` files only; opening envelopes is `vault.landing`.
"""

import fcntl
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError

from capture_agent.protocol import (
    SUITE_X25519_SHA256_AES256GCM,
    LandingKeyAnswer,
    landing_key_id,
    landing_key_statement,
)
from recall_assets.errors import LandingError
from recall_assets.settings import Home
from recall_assets.vault.private_files import write_private

_KEY_ID = re.compile(r"[0-9a-f]{32}")


def landing_key_folder(home: Home) -> Path:
    """Where the landing's key pairs lie, made for the owner alone."""
    folder = home.keys / "landing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def ensure_landing_key(home: Home) -> LandingKeyAnswer:
    """The signed current landing key; makes the pair, and the identity, where there is none yet."""
    folder = landing_key_folder(home)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two servers that start at once, one makes the pair
        current = folder / "current"
        if not current.exists():
            write_private(current, _make_pair(home, folder).encode())
        return _published(folder, current.read_text().strip())


def known_key_ids(home: Home) -> frozenset[bytes]:
    """The key ids that envelopes may be sealed to and still be opened here."""
    stems = (path.stem for path in landing_key_folder(home).glob("*.key"))
    return frozenset(bytes.fromhex(stem) for stem in stems if _KEY_ID.fullmatch(stem))


def _make_pair(home: Home, folder: Path) -> str:
    identity = _identity(home)
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    suite = SUITE_X25519_SHA256_AES256GCM
    answer = LandingKeyAnswer(
        suite=suite,
        key_id=landing_key_id(suite, public).hex(),
        public_key=public.hex(),
        identity=identity.public_key().public_bytes_raw().hex(),
        signature=identity.sign(landing_key_statement(suite, public)).hex(),
    )
    write_private(folder / f"{answer.key_id}.key", private.private_bytes_raw())
    write_private(folder / f"{answer.key_id}.json", answer.model_dump_json().encode())
    return answer.key_id


def _identity(home: Home) -> Ed25519PrivateKey:
    path = home.keys / "identity"
    if path.exists():
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    private = Ed25519PrivateKey.generate()
    write_private(path, private.private_bytes_raw())
    return private


def _published(folder: Path, key_id: str) -> LandingKeyAnswer:
    try:
        return LandingKeyAnswer.model_validate_json((folder / f"{key_id}.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise LandingError(
            f"The landing key {key_id} cannot be read from {folder}.", "Restore the folder `keys/landing`."
        ) from error
