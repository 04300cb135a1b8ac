"""Lets go of images by their owner's rules, and says what is kept: for the asset and the command alike.

    finish what a killed run left ─► by age, every deployment ─► over a budget: oldest days first ─► Report
                                        └ a day at a time: rows in one transaction, then files

A day is held while it is thinned, as it is while it is read; one with frames that wait to be read is left for later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from recall_assets.records import DeploymentDay, Retention
from recall_assets.settings import Home, Settings
from recall_assets.stages.retention import Keep, by_age, next_to_thin, to_let_go
from recall_assets.store import frame_files, ocr_text
from recall_assets.store import retention as stored
from recall_assets.store.retention import ImageDay


@dataclass(slots=True)
class Kept:
    """A deployment's images after a run: how many are kept and went, in numbers and bytes."""

    deployment_id: str
    retention: Retention
    images: int = 0
    bytes: int = 0
    let_go: int = 0
    freed: int = 0
    days: int = 0
    waiting_days: int = 0  # that were left for later
    oldest: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What is kept, a row a deployment; `over` are the bytes by which a budget is exceeded all the same."""

    rows: tuple[Kept, ...]
    over: int = 0
    dry_run: bool = False
    finished: int = 0  # files that a killed run had left

    @property
    def let_go(self) -> int:
        """Images that went, or would."""
        return sum(row.let_go for row in self.rows)

    @property
    def freed(self) -> int:
        """Their bytes."""
        return sum(row.freed for row in self.rows)


@dataclass(slots=True)
class _Pass:
    engine: Engine
    home: Home
    dry_run: bool
    rows: dict[str, Kept]
    kept: dict[DeploymentDay, ImageDay] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # in a dry run their rows still name them

    def thin(self, day: ImageDay, keep: Keep) -> int:
        """The bytes that went of a day, or would go."""
        row = self.rows[day.partition.deployment_id]
        found = self._let_go(day.partition, keep)
        if found is None:
            row.waiting_days += 1
            return 0
        going = {ref: size for ref, size in found.items() if ref not in self.gone}
        self.gone |= going.keys()
        freed = sum(going.values())
        row.let_go += len(going)
        row.freed += freed
        row.images -= len(going)
        row.bytes -= freed
        self.kept[day.partition] = replace(day, images=day.images - len(going), bytes=day.bytes - freed)
        return freed

    def _let_go(self, partition: DeploymentDay, keep: Keep) -> dict[str, int] | None:
        with ocr_text.hold_partition(self.engine, partition):
            with self.engine.begin() as connection:
                images = stored.images_of(connection, partition)
                going = None if images is None else to_let_go(images, keep)
                if going and not self.dry_run:
                    stored.let_go(connection, partition, going)
            if going and not self.dry_run:
                _delete(self.engine, self.home, going)
        return going


def let_go(engine: Engine, home: Home, settings: Settings, now: datetime, *, dry_run: bool = False) -> Report:
    """Lets images go that are older than their owner wants, and the oldest beyond a budget; what is kept then.

    Args:
        dry_run: nothing goes; the report says what would.
    """
    with stored.hold_images(engine):
        with engine.connect() as connection:
            retentions = stored.retentions(connection, settings.retention)
            days = stored.image_days(connection)
            left = stored.going(connection)
        if left and not dry_run:
            _delete(engine, home, left)
        rows = {id_: Kept(id_, retention) for id_, retention in sorted(retentions.items())}
        for day in days:
            row = rows[day.partition.deployment_id]
            row.images, row.bytes, row.days = row.images + day.images, row.bytes + day.bytes, row.days + 1
        run = _Pass(engine, home, dry_run, rows, {day.partition: day for day in days})
        _by_age(run, days, now.date())
        over = _by_budget(run, rows, settings.retention.bytes, now.date())
    for partition, day in run.kept.items():
        row = rows[partition.deployment_id]
        if day.images and (row.oldest is None or partition.day < row.oldest):
            row.oldest = partition.day
    return Report(tuple(rows.values()), over, dry_run, len(left))


def _by_age(run: _Pass, days: Iterable[ImageDay], today: date) -> None:
    for day in days:
        keep = by_age(day.partition.day, today, run.rows[day.partition.deployment_id].retention)
        if keep is Keep.NONE or (keep is Keep.KEYFRAMES and not day.is_thin):
            run.thin(day, keep)


def _by_budget(run: _Pass, rows: dict[str, Kept], together: int | None, today: date) -> int:
    """Keeps each deployment's budget, then the one of all together; the bytes that are over all the same."""
    over = 0
    for row in rows.values():
        own = [partition for partition in run.kept if partition.deployment_id == row.deployment_id]
        over += _within(run, own, row.bytes, row.retention.bytes, today)
    total = sum(row.bytes for row in rows.values())
    return max(over, _within(run, list(run.kept), total, together, today))


def _within(run: _Pass, days: list[DeploymentDay], total: int, budget: int | None, today: date) -> int:
    if budget is None:
        return 0
    for partition, keep in next_to_thin(days, today):
        if total <= budget:
            break
        if keep is Keep.KEYFRAMES and run.kept[partition].is_thin:
            continue
        total -= run.thin(run.kept[partition], keep)
    return max(0, total - budget)


def _delete(engine: Engine, home: Home, refs: Iterable[str]) -> None:
    for ref in refs:
        frame_files.delete(home, ref)
    with engine.begin() as connection:
        stored.gone(connection)


def told(retention: Retention) -> str:
    """A retention as a clause: `every image for 90 days, then one an activity`."""

    def days(span: timedelta) -> str:
        return f"{span.days} day{'' if span.days == 1 else 's'}"

    if retention.images is None:
        said = "every image"
    else:
        said = f"every image for {days(retention.images)}, then one an activity"
        if retention.keyframes is not None:
            said += f" until {days(max(retention.images, retention.keyframes))}"
    return said if retention.bytes is None else f"{said}, at most {retention.bytes / 1e9:g} GB"
