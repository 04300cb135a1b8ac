"""Where language models are asked: an address, a model and a key, for all purposes or for one of them.

llm_url, llm_model, llm_key …            what holds for every purpose
[llm_for.day_summaries] url, model …     what is another for this one; what it leaves out is taken from above,
                                         but the key, which goes to no other address than its own
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from recall_assets.errors import SettingsError

# What a language model is asked for; each is an asset, and `llm_calls.purpose`.
Purpose = Literal["activity_titles", "project_summaries", "day_summaries", "extracted_memories", "secret_reviews"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: `localhost`, or an address that never leaves it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def private_url(url: str, key_setting: str) -> str:
    """The address without a slash at its end.

    Raises:
        ValueError: it is none, holds more than an address, or would be reached in clear over a network.
    """
    try:
        split = urlsplit(url)
        if split.port == 0 or not split.hostname:
            raise ValueError
    except ValueError:
        raise ValueError("must be an address such as https://models.example/v1") from None
    if split.username or split.password or split.query or split.fragment:
        raise ValueError(f"holds more than an address; a key goes into {key_setting}")
    if split.scheme != "https" and not (split.scheme == "http" and is_loopback(split.hostname)):
        raise ValueError("must start with https://; plain http:// is for this machine alone (127.0.0.1, localhost)")
    return url.rstrip("/")


def header_key(key: SecretStr) -> SecretStr:
    """The key.

    Raises:
        ValueError: no header can carry it.
    """
    if not re.fullmatch(r"[!-~]+", key.get_secret_value()):
        raise ValueError("holds a space, a line break or a letter that no key has")
    return key


class PurposeModel(BaseModel):
    """What is another for one purpose than for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = None
    model: str | None = Field(default=None, min_length=1, max_length=200)
    key: SecretStr | None = Field(default=None, repr=False)
    key_file: Path | None = None
    daily_tokens: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, gt=0, le=3600)

    @field_validator("url", mode="after")
    @classmethod
    def _private_way(cls, url: str | None) -> str | None:
        return None if url is None else private_url(url, "key")

    @field_validator("key", mode="after")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        return None if key is None else header_key(key)

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.key is not None and self.key_file is not None:
            raise ValueError("key and key_file are both set; keep one of them")
        return self


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Where a purpose is asked, for how long, and with how many tokens a day; the key is read when it is needed."""

    url: str
    model: str
    seconds: float
    daily_tokens: int
    key: SecretStr | None = field(default=None, repr=False)
    key_file: Path | None = None

    def read_key(self) -> str | None:
        """The key itself; None where the endpoint wants none.

        Raises:
            SettingsError: the file cannot be read, others may read it, or it holds no key.
        """
        if self.key_file is None:
            return None if self.key is None else self.key.get_secret_value()
        path = self.key_file.expanduser()
        try:
            if path.stat().st_mode & 0o077:
                raise SettingsError(f"{path} can be read by others.", f"Run `chmod 600 {path}`.")
            return header_key(SecretStr(path.read_text().strip())).get_secret_value()
        except OSError as error:
            raise SettingsError(
                f"The key file {path} cannot be read: {error.strerror}.", "Correct llm_key_file in recall.toml."
            ) from error
        except ValueError:
            raise SettingsError(f"The key file {path} holds no key.", "It is the key alone, in one line.") from None


def choose(every: ModelChoice | None, own: PurposeModel) -> ModelChoice | None:
    """What holds for a purpose; None where nothing names an endpoint for it."""
    url = own.url or (every.url if every else None)
    model = own.model or (every.model if every else None)
    if url is None or model is None:
        return None
    seconds = own.seconds if own.seconds is not None or every is None else every.seconds
    tokens = own.daily_tokens if own.daily_tokens is not None or every is None else every.daily_tokens
    key, key_file = own.key, own.key_file
    if every is not None and url == every.url and key is None and key_file is None:
        key, key_file = every.key, every.key_file
    return ModelChoice(url, model, seconds or 120.0, 200_000 if tokens is None else tokens, key, key_file)
