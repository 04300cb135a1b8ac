"""What a backup holds: every file with its digest, every table with its rows, and what could not come along.

FOLDER/manifest.json    written last: a folder without it is no backup
       recall.dump      the schema, at one moment
       dagster.dump     runs, lineage and schedules
       frames/...       redacted images that rows of that moment name
       keys/...         identity, TLS, pins of the vault; no key of the landing
       recall.toml      settings, where there are any
"""

import hashlib
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from recall_assets.errors import InputError

NAME = "manifest.json"
VERSION = 1


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Held(_Strict):
    """One file of a backup."""

    sha256: str
    bytes: int


class Spooled(_Strict):
    """What an agent said last that it still holds: sealed to a key that no backup has."""

    deployment: str
    items: int
    at: AwareDatetime | None


class Manifest(_Strict):
    """A whole backup."""

    version: int = VERSION
    made_at: AwareDatetime
    revision: str  # of the schema
    files: dict[str, Held]
    rows: dict[str, int]
    images_missing: int = 0  # that rows name and no file held
    unread_frames: int = 0  # still sealed in the landing, and so not in here
    unheard_sound: int = 0
    waiting_for_vault: int = 0  # found secrets whose originals are in the landing alone
    spooled: tuple[Spooled, ...] = Field(default=())


def digest_of(file: Path) -> Held:
    """The digest and size of a file."""
    with file.open("rb") as opened:
        return Held(sha256=hashlib.file_digest(opened, "sha256").hexdigest(), bytes=file.stat().st_size)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        InputError: the folder holds none, or one of a later version.
    """
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except OSError as error:
        raise InputError(
            f"{folder} holds no whole backup: {NAME} cannot be read ({error.strerror}).",
            "Name the folder that `recall backup` was given.",
        ) from error
    except ValidationError as error:
        raise InputError(f"{folder / NAME} cannot be read.", "It was changed, or a newer Recall made it.") from error
    if manifest.version != VERSION:
        raise InputError(f"The backup has version {manifest.version}.", "Restore it with the Recall that made it.")
    return manifest


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """The files that are missing or not what they were."""
    return [
        name
        for name, held in sorted(manifest.files.items())
        if not (folder / name).is_file() or digest_of(folder / name) != held
    ]
