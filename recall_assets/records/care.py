"""What its owner should look at: an alarm in a sentence of counts and ids, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class AlertKind(StrEnum):
    """What can be wrong."""

    MACHINE = "machine"  # should be captured and is not
    SPOOL = "spool"  # of an agent, more than half full
    PARTITION = "partition"  # of an asset, failed
    DISK = "disk"  # little room where home or database lies
    VAULT = "vault"  # opened by one security key alone


class AlertKey(NamedTuple):
    """What an alert is about: of one key at most one is open."""

    kind: AlertKind
    subject: str  # a deployment, an asset, or nothing


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now; no word of a screen is in it."""

    key: AlertKey
    told: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A trouble that was raised; `cleared_at` is None while it lasts."""

    id: int
    trouble: Trouble
    raised_at: datetime
    cleared_at: datetime | None
