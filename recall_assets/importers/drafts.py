"""What a row of another system becomes, before its texts are redacted.

    row there ─► translate ─► Item ─┬─► Draft(target, values in clear, what is sealed)
                                    └─► Dropped(why)

`writing` redacts and stores the drafts; nothing here does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from recall_assets.intake.imported import ClearValue

# What code_version and engine say of a row that another program made.
IMPORTED = "import"


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that a legacy row becomes; texts are in clear, `sealed` are its secrets.

    Args:
        deployment_id: whose what is found in its texts is; None: the row is of all machines.
    """

    target: str
    key: UUID
    deployment_id: str | None
    values: Mapping[str, Any] = field(repr=False)
    satellites: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=(), repr=False)
    sealed: tuple[ClearValue, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row, or a part of one, that becomes nothing, and why."""

    why: str


Outcome = Draft | Dropped


@dataclass(frozen=True, slots=True)
class Item:
    """What one row of a table there becomes; `is_row` is False where a row is looked at a second time."""

    table: str
    outcomes: list[Outcome] = field(repr=False)
    is_row: bool = True


def plain(value: Any) -> Any:
    """A value as JSON can say it."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(one) for one in value]
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if value is None or isinstance(value, str | bool | int | float):
        return value.replace("\x00", "") if isinstance(value, str) else value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
