"""What the owner of a machine sets: one TOML file with comments, every key optional.

    agent.toml ─► parsed ─► checked ─► Config        a wrong line is named, with what it may be

`TEMPLATE` is the file as it is made: every key with its default, so that the file explains itself.
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

OnBattery = Literal["as usual", "slower", "pause"]
OnMetered = Literal["as usual", "hold"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ConfigError(Exception):
    """The settings cannot be used; the message names file, line and what is wrong."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Capture(_Section):
    """How often the screens are looked at, and which."""

    every_seconds: Annotated[float, Field(ge=0.2, le=60)] = 1.0
    forced_minutes: Annotated[float, Field(ge=1, le=120)] = 5.0
    idle_after_seconds: Annotated[float, Field(ge=5)] = 120.0
    idle_every_seconds: Annotated[float, Field(ge=0.2, le=600)] = 5.0
    monitors: tuple[Annotated[int, Field(strict=True, ge=0, le=255)], ...] = ()
    wayland: Literal["refuse", "everything"] = "refuse"


class Exclude(_Section):
    """What is never kept; patterns ignore case, and `*` stands for anything."""

    apps: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    private_windows: bool = True
    defaults: bool = True


class Hours(_Section):
    """When capture is on, on this machine's clock; `start` = `end` is the whole day, a later start spans midnight."""

    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    start: time = time(0)
    end: time = time(0)


class SpoolLimits(_Section):
    """What may wait on this disk while no server takes it."""

    megabytes: Annotated[int, Field(ge=10)] = 2000


class Power(_Section):
    """What changes on battery, and on a network that is paid by volume."""

    on_battery: OnBattery = "slower"
    battery_every_seconds: Annotated[float, Field(ge=0.2, le=600)] = 3.0
    on_metered: OnMetered = "hold"


class Audio(_Section):
    """Sound is off unless the owner turns it on."""

    enabled: bool = False
    microphone: bool = True
    system: bool = True


class Config(_Section):
    """All settings of an agent."""

    capture: Capture = Capture()
    exclude: Exclude = Exclude()
    hours: Hours = Hours()
    spool: SpoolLimits = SpoolLimits()
    power: Power = Power()
    audio: Audio = Audio()


TEMPLATE = """\
# Settings of the capture agent on this machine. Every key may be left out; what stands here is the default.
# Check it after a change:  recall-agent config check        The running agent takes a change within a few seconds.

[capture]
every_seconds = 1.0         # how often the screens are looked at; a frame is kept only when something changed
forced_minutes = 5          # one frame at least this often while somebody works
idle_after_seconds = 120    # without input for so long, the screens are looked at less often:
idle_every_seconds = 5.0
monitors = []               # [] is all of them; [0] is the left-most alone
wayland = "refuse"          # "everything": also Wayland, where windows are unknown and [exclude] cannot be kept

[exclude]                   # what is never kept. Case is ignored, * stands for anything.
apps = []                   # whole names:      ["signal", "steam*"]
titles = []                 # anywhere in it:   ["salary", "therapy*notes"]
urls = []                   # anywhere in it:   ["bank.example", "mail.example/*/private"]
private_windows = true      # private windows of browsers
defaults = true             # password managers, lock screens, Recall's own pages

[hours]                     # on this machine's clock
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
start = 00:00:00            # start = end is the whole day
end = 00:00:00

[spool]
megabytes = 2000            # what may wait here while the server is away; then old frames that show little are given up

[power]
on_battery = "slower"       # "as usual", "slower" or "pause"
battery_every_seconds = 3.0
on_metered = "hold"         # "as usual", or "hold": frames wait here until another network is there

[audio]
enabled = false             # sound needs the extra agent-audio: docs/agent.md
microphone = true           # what you say
system = true               # what the speakers play: the others in a call
"""


def read_config(path: Path) -> Config:
    """The settings in `path`; the defaults where there is no such file.

    Raises:
        ConfigError: the file cannot be read, is no TOML, or holds a key or value that is not known.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    try:
        return Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error
    except ValidationError as error:
        raise ConfigError("\n".join(_told(path, text, each) for each in error.errors())) from None


def _told(path: Path, text: str, error: Any) -> str:
    """One line: where in the file, which key, and what it should be."""
    where: list[str | int] = list(error["loc"])
    named = ".".join(str(part) for part in where)
    if error["type"] == "extra_forbidden":
        known = sorted(_keys(where[:-1]))
        wrong = f"there is no {named!r} here; known are {', '.join(known)}"
    else:
        wrong = f"{named}: {error['msg'][0].lower()}{error['msg'][1:]}, not {error['input']!r}"
    line = _line_of(text, where)
    return f"{path}, line {line}: {wrong}" if line else f"{path}: {wrong}"


def _keys(section: Sequence[str | int]) -> list[str]:
    if not section:
        return [*Config.model_fields]
    kind: Any = Config.model_fields[str(section[0])].annotation
    return [*kind.model_fields]


def _line_of(text: str, where: Sequence[str | int]) -> int | None:
    """The line, counted from 1, on which a key or a section stands; TOML's reader does not say it."""
    names = [str(part) for part in where if isinstance(part, str)]
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = header[1]
            if names == [current]:
                return number
        elif key := re.match(r"\s*\"?([\w-]+)\"?\s*[.=]", line):
            inside = [current, key[1]] if current else [key[1]]
            if names[: len(inside)] == inside:
                return number
    return None
