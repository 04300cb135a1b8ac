"""The landing's key pairs on disk: what the server makes at its first start, replaces each month, shows to agents.

    $RECALL_HOME/keys/            0700, in no backup
      identity                    Ed25519, private: signs landing keys; agents pin its public half at enrolment
      landing/<key id>.json       the public half, signed: what agents fetch; and since when it is there
      landing/<key id>.key        X25519, private: read by `vault.landing` alone
      landing/current             the key id that new envelopes are sealed to

    make a pair:  .json ─► .key ─► current        each written whole, under a lock; killed in between, `current` stands
    forget one:   .key ─► .json

One pair per key id, so that a successor is made current while envelopes under the old one still wait. Who may still
hold an old one, and so when it goes, is `landing_rotation`. Opening envelopes is `vault.landing`.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import AwareDatetime, ValidationError

from capture_agent.messages import LandingKeyAnswer, landing_key_id, landing_key_statement
from capture_agent.protocol import SUITE_X25519_SHA256_AES256GCM
from recall_assets.errors import LandingError
from recall_assets.settings import Home
from recall_assets.vault.private_files import sync_folder, write_private

_KEY_ID = re.compile(r"[0-9a-f]{32}")
_BEFORE_ROTATION = datetime(1970, 1, 1, tzinfo=UTC)  # of pairs that were made before there was a `since`


class _Stored(LandingKeyAnswer):
    """What `<key id>.json` holds."""

    since: AwareDatetime = _BEFORE_ROTATION


@dataclass(frozen=True, slots=True)
class LandingKeyPair:
    """A key pair whose private half is here."""

    key_id: bytes
    since: datetime
    is_current: bool


def landing_key_folder(home: Home) -> Path:
    """Where the landing's key pairs lie, made for the owner alone."""
    folder = home.keys / "landing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def ensure_landing_key(home: Home) -> LandingKeyAnswer:
    """The signed current landing key; makes the pair, and the identity, where there is none yet."""
    with _locked(home) as folder:
        current = _current(folder)
        if current is None:
            current = _make_pair(home, folder, datetime.now(UTC))
        stored = _read(folder, current)
    return LandingKeyAnswer(**stored.model_dump(exclude={"since"}))


def make_successor(home: Home, now: datetime) -> bytes:
    """The id of a new pair, which is the current one from now on; the older ones stay to open what still arrives."""
    with _locked(home) as folder:
        return bytes.fromhex(_make_pair(home, folder, now))


def key_pairs(home: Home) -> list[LandingKeyPair]:
    """Every pair whose private half is here, the current one first, then the newest."""
    folder = landing_key_folder(home)
    current = _current(folder)
    pairs = []
    for key_id in known_key_ids(home):
        published = (folder / f"{key_id.hex()}.json").exists()
        since = _read(folder, key_id.hex()).since if published else _BEFORE_ROTATION
        pairs.append(LandingKeyPair(key_id, since, key_id.hex() == current))
    return sorted(pairs, key=lambda pair: (pair.is_current, pair.since, pair.key_id), reverse=True)


def forget_key(home: Home, key_id: bytes) -> None:
    """Deletes an older pair: what is still sealed to it can never be opened again.

    Raises:
        LandingError: it is the current one.
    """
    with _locked(home) as folder:
        if key_id.hex() == _current(folder):
            raise LandingError("The current landing key cannot be deleted.", "recall keys rotate-landing")
        for suffix in (".key", ".json"):
            (folder / f"{key_id.hex()}{suffix}").unlink(missing_ok=True)
            sync_folder(folder)


def forget_orphans(home: Home) -> None:
    """Deletes public halves without a private one, which a kill in the middle of a change left."""
    with _locked(home) as folder:
        for path in folder.glob("*.json"):
            if not path.with_suffix(".key").exists():
                path.unlink()


def known_key_ids(home: Home) -> frozenset[bytes]:
    """The key ids that envelopes may be sealed to and still be opened here."""
    stems = (path.stem for path in landing_key_folder(home).glob("*.key"))
    return frozenset(bytes.fromhex(stem) for stem in stems if _KEY_ID.fullmatch(stem))


@contextmanager
def _locked(home: Home) -> Iterator[Path]:
    """The folder, which nobody else changes meanwhile: of two servers that start at once, one makes the pair."""
    folder = landing_key_folder(home)
    with os.fdopen(os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _current(folder: Path) -> str | None:
    try:
        return (folder / "current").read_text().strip()
    except FileNotFoundError:
        return None


def _make_pair(home: Home, folder: Path, now: datetime) -> str:
    identity = _identity(home)
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    suite = SUITE_X25519_SHA256_AES256GCM
    stored = _Stored(
        suite=suite,
        key_id=landing_key_id(suite, public).hex(),
        public_key=public.hex(),
        identity=identity.public_key().public_bytes_raw().hex(),
        signature=identity.sign(landing_key_statement(suite, public)).hex(),
        since=now,
    )
    write_private(folder / f"{stored.key_id}.json", stored.model_dump_json().encode())
    write_private(folder / f"{stored.key_id}.key", private.private_bytes_raw())
    write_private(folder / "current", stored.key_id.encode())
    return stored.key_id


def _identity(home: Home) -> Ed25519PrivateKey:
    path = home.keys / "identity"
    if path.exists():
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    private = Ed25519PrivateKey.generate()
    write_private(path, private.private_bytes_raw())
    return private


def _read(folder: Path, key_id: str) -> _Stored:
    try:
        return _Stored.model_validate_json((folder / f"{key_id}.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise LandingError(
            f"The landing key {key_id} cannot be read from {folder}.", "Restore the folder `keys/landing`."
        ) from error
