"""The owner's map: which deployment the rows of each user, device, organisation or old deployment belong to.

    [deployment]                              names that stand in the source, all of them
    "deployment-5f1c..." = "laptop"           ─► a deployment of [deployments], or one that is enrolled here
    [user]
    "user-1" = "laptop"
    "user-2" = "-"                            ─► left out, and counted

Nothing is guessed: a name that the map does not have stops the import before anything is written.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from recall_assets.errors import InputError
from recall_assets.importers.legacy.catalogue import Owner
from recall_assets.store.deployments import check_id, check_timezone

LEFT_OUT = "-"
_HEAD = """\
# Whose rows are whose: written by `recall import legacy --write-map`, finished by you.
#
# Each name below stands in the source, with the number of its rows. Write the deployment (machine) that these rows
# belong to between the quotes, or "-" to leave them out. Several names may go to one deployment.

# Stands in the id of every imported row: keep it for later runs of the same source.
source = {source}

# Your machines: an id of lower-case letters, digits and hyphens, and the zone that its clock shows.
{deployments}"""


def _zone(name: str) -> str:
    return check_timezone(name)


class _Machine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_zone)]
    name: str | None = None


class OwnerMap(BaseModel):
    """What the file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$")]
    deployments: dict[str, _Machine] = Field(default_factory=dict)
    deployment: dict[str, str] = Field(default_factory=dict)
    device: dict[str, str] = Field(default_factory=dict)
    user: dict[str, str] = Field(default_factory=dict)
    organization: dict[str, str] = Field(default_factory=dict)
    none: dict[str, str] = Field(default_factory=dict)

    def of(self, owner: Owner) -> Mapping[str, str]:
        """The names of one kind, each with where its rows go."""
        names: dict[str, str] = getattr(self, owner.value)
        return names


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Who a row of the source belongs to, as the source says it."""

    owner: Owner
    value: str = ""

    def __str__(self) -> str:
        return f"{self.owner} {self.value!r}" if self.value else "rows of nobody"


@dataclass(slots=True)
class Named:
    """How many rows a name has, and in which tables."""

    rows: int = 0
    tables: set[str] = field(default_factory=set)


def read_map(file: Path) -> OwnerMap:
    """What the owner wrote.

    Raises:
        InputError: the file cannot be read, or says something that cannot be.
    """
    try:
        return OwnerMap.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}.", "`--write-map FILE` writes one for you to finish."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}.", "Correct it at that place.") from error
    except (ValidationError, InputError) as error:
        reason = error.problem if isinstance(error, InputError) else _reason(error)
        raise InputError(
            f"{file} cannot be used: {reason}", "Correct it; `--write-map FILE` writes a fresh one."
        ) from error


def check_total(
    owner_map: OwnerMap, found: Mapping[Name, Named], enrolled: Mapping[str, str]
) -> dict[Name, str | None]:
    """Where the rows of each name go; None: they are left out.

    Args:
        enrolled: deployments that are here, with their zones.

    Raises:
        InputError: a name is missing, or goes to a deployment that is nowhere described; lists all of them.
    """
    said = {name: owner_map.of(name.owner).get(name.value, "") for name in found}
    if missing := sorted(name for name, target in said.items() if not target):
        listed = "\n".join(
            f"  {name}: {found[name].rows} rows ({', '.join(sorted(found[name].tables))})" for name in missing
        )
        raise InputError(
            f"The map does not say which deployment these belong to; nothing was written:\n{listed}",
            'Write each into the map with its deployment, or "-" to leave it out.',
        )
    machines = {*owner_map.deployments, *enrolled}
    for target in {*said.values()} - {LEFT_OUT}:
        check_id(target)
        if target not in machines:
            raise InputError(
                f"The map sends rows to {target!r}, which is no deployment; nothing was written.",
                f'Add [deployments.{target}] with timezone = "..." to the map.',
            )
    return {name: None if target == LEFT_OUT else target for name, target in said.items()}


def template(source: str, found: Mapping[Name, Named], timezones: Mapping[str, str]) -> str:
    """A map with every name of the source, for the owner to finish.

    Args:
        timezones: what the source says of its users' zones, by user.
    """
    zone = next(iter(timezones.values()), "Europe/Berlin")
    machine = f'[deployments.laptop]\ntimezone = "{zone}"\n'
    parts = [_HEAD.format(source=_quoted(source), deployments=machine)]
    for owner in Owner:
        names = sorted(name for name in found if name.owner is owner)
        if not names:
            continue
        parts.append(f"\n[{owner.value}]\n")
        for name in names:
            tables = ", ".join(sorted(found[name].tables))
            parts.append(f'{_quoted(name.value)} = ""   # {found[name].rows} rows: {tables}\n')
    return "".join(parts)


def _quoted(text: str) -> str:
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text)
    return f'"{escaped}"'


def _reason(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
