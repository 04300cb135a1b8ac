"""Where Recall lies on disk, and where its images do.

$RECALL_HOME/            umask 077, the owner's alone
  recall.toml            settings, all optional       (RECALL_* variables win over it)
  pg/                    embedded PostgreSQL's data   (elsewhere when we run as root: see engines.postgres)
  landing/ frames/       sealed envelopes, redacted images   (those in a bucket, where `frames_url` names one)
  dagster/               DAGSTER_HOME: compute logs, no storage
  keys/                  landing key, identity key, database password
  agent/                 the agent that captures this machine itself: its settings, credentials, spool
  dumps/                 what the database held before a migration
  run/ logs/             pid and lock files, sockets; logs of the processes
"""

from dataclasses import dataclass, field
from pathlib import Path

from recall_assets.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3-compatible bucket; `endpoint` is empty for Amazon's own, `key_id` where the machine's role signs."""

    name: str
    prefix: str
    region: str
    endpoint: str = ""
    key_id: str = ""
    secret_key: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}".rstrip("/") + (f" at {self.endpoint}" if self.endpoint else "")


class Home:
    """The folders below `RECALL_HOME`; each is made on first use, for the owner alone (0700).

    Args:
        images: the bucket that redacted images lie in; None: they lie in the folder `frames`.
    """

    def __init__(self, path: Path, images: Bucket | None = None) -> None:
        self.path = path.expanduser().absolute()
        self.images = images

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    def _folder(self, name: str) -> Path:
        folder = self.path / name
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"{folder} cannot be made: {error.strerror}.", "Point RECALL_HOME at a folder that is yours to write."
            ) from error
        return folder

    @property
    def settings_file(self) -> Path:
        return self.path / "recall.toml"

    @property
    def pg(self) -> Path:
        return self._folder("pg")

    @property
    def frames(self) -> Path:
        return self._folder("frames")

    @property
    def landing(self) -> Path:
        return self._folder("landing")

    @property
    def dagster(self) -> Path:
        return self._folder("dagster")

    @property
    def keys(self) -> Path:
        return self._folder("keys")

    @property
    def agents(self) -> Path:
        return self._folder("agent")

    @property
    def dumps(self) -> Path:
        return self._folder("dumps")

    @property
    def run(self) -> Path:
        return self._folder("run")

    @property
    def logs(self) -> Path:
        return self._folder("logs")
