"""What every translation of a legacy row needs to know, and how values of its columns are read.

Ids are uuid5 of (source, table, id there): the same row becomes the same row, whenever it is imported.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from recall_assets.errors import InputError
from recall_assets.importers.legacy.catalogue import OWNER_COLUMNS, Owner
from recall_assets.importers.legacy.owner_map import Name
from recall_assets.records import RECALL_NAMESPACE
from recall_assets.stages.forgetting import Judge, Seen
from recall_assets.store.foreign import Row


@dataclass(slots=True)
class Context:
    """What translations share: whose is what, in which zone, and what the owner ordered to be forgotten."""

    source: str
    owners: Mapping[Name, str | None]
    zones: Mapping[str, ZoneInfo]
    import_id: UUID
    naive_zone: tzinfo | None = None
    seals: bool = True  # False: values of secrets are left out
    forgotten: Mapping[str, Judge] = field(default_factory=dict)
    frames: dict[str, list[tuple[datetime, UUID]]] = field(default_factory=dict)  # by deployment, in time order
    days: dict[tuple[str | None, date], list[UUID]] = field(default_factory=dict)  # activities of a day
    asked_frames: frozenset[str] = frozenset()  # legacy ids of frames that hold a kept secret
    frame_owners: dict[str, str] = field(default_factory=dict)  # of those that were imported, the deployment
    joined: Counter[str] = field(default_factory=Counter)  # rows that became a part of another table's row
    labels: dict[str, object] = field(default_factory=dict)  # of core memory, by the id of their block
    project_days: dict[UUID, list[date]] = field(default_factory=dict)
    project_activities: dict[UUID, list[UUID]] = field(default_factory=dict)

    def key(self, table: str, legacy_id: object) -> UUID:
        """The id here of a row there."""
        return uuid5(RECALL_NAMESPACE, f"legacy/{self.source}/{table}/{legacy_id}")

    def deployment(self, row: Row) -> str | None:
        """The deployment that a row belongs to; None: the map leaves it out."""
        return self.owners.get(owner_of(row))

    @property
    def default_deployment(self) -> str:
        """Whose secrets are that stood in a row of no machine."""
        return min(target for target in self.owners.values() if target)

    def local(self, moment: datetime, deployment_id: str) -> tuple[date, timedelta]:
        """The day that a deployment's clock showed at a moment, and its offset."""
        at = moment.astimezone(self.zones[deployment_id])
        return at.date(), at.utcoffset() or timedelta()

    def when(self, row: Row, *columns: str) -> datetime | None:
        """The first of these columns that holds a time.

        Raises:
            InputError: a time has no zone, and none was given.
        """
        for name in columns:
            moment = _moment(row.get(name))
            if moment is None:
                continue
            if moment.tzinfo is None:
                if self.naive_zone is None:
                    raise InputError(
                        f"The times in column {name} have no zone.",
                        "Say in which zone they were written, e.g. --naive-tz Europe/Berlin.",
                    )
                moment = moment.replace(tzinfo=self.naive_zone)
            return moment.astimezone(UTC)
        return None

    def is_forgotten(
        self,
        deployment_id: str,
        at: datetime,
        *,
        app: str | None = None,
        url: str | None = None,
        texts: Iterable[str | None] = (),
    ) -> bool:
        """Whether the owner ordered that this may not come back."""
        judge = self.forgotten.get(deployment_id)
        seen = Seen(deployment_id, at, at, [app], [url], [app, url, *texts])
        return judge is not None and judge.rule_for(seen) is not None


def owner_of(row: Row) -> Name:
    """Who a row belongs to, by the first of its columns that says so."""
    for owner, column in OWNER_COLUMNS.items():
        if row.get(column) not in (None, ""):
            return Name(owner, str(row[column]))
    return Name(Owner.NONE)


def text_of(row: Row, *columns: str) -> str | None:
    """The first of these columns that holds a text that is not empty; PostgreSQL's text holds no NUL."""
    for name in columns:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.replace("\x00", "")
    return None


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001
