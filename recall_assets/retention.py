"""Lets go of images by their owner's rules, and says what is kept: for the asset and the command alike.

    finish what a killed run left ─► by age, every deployment ─► over a budget: oldest days first ─► Report
                                        └ some hundred days at a time: rows in one transaction, then files

Days are held while they are thinned, as they are while they are read; one that is being read, or has frames that wait
to be, is left for later.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Engine

from recall_assets.records import DeploymentDay, Retention
from recall_assets.settings import Home, Settings
from recall_assets.stages.retention import Keep, by_age, next_to_thin, to_let_go
from recall_assets.store import frame_files, ocr_text
from recall_assets.store import retention as stored
from recall_assets.store.retention import ImageDay

Progress = Callable[[str, int, int], None]
# What one transaction takes: rows that a process holds in memory, and locks that a server has for all its sessions.
_IMAGES_AT_ONCE, _DAYS_AT_ONCE = 20_000, 400


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
    kept: dict[DeploymentDay, ImageDay]
    waiting: set[DeploymentDay] = field(default_factory=set)  # left for later
    gone: set[str] = field(default_factory=set)  # in a dry run their rows still name them

    def thin(self, days: Sequence[DeploymentDay], keep: Keep, need: int | None = None) -> int:
        """The bytes that went of these days, or would go.

        Args:
            need: no further day is touched when so many bytes went; None: all of them are.
        """
        freed = 0
        for batch in self._batches(days):
            if need is not None and freed >= need:
                break
            freed += self._thin(batch, keep, None if need is None else need - freed)
        return freed

    def _batches(self, days: Sequence[DeploymentDay]) -> Iterator[list[DeploymentDay]]:
        batch: list[DeploymentDay] = []
        images = 0
        for day in days:
            images += self.kept[day].images
            if batch and (images > _IMAGES_AT_ONCE or len(batch) == _DAYS_AT_ONCE):
                yield batch
                batch, images = [], self.kept[day].images
            batch.append(day)
        if batch:
            yield batch

    def _thin(self, batch: Sequence[DeploymentDay], keep: Keep, need: int | None) -> int:
        freed = 0
        going: list[str] = []
        with ocr_text.hold_free_partitions(self.engine, batch) as held:
            with self.engine.begin() as connection:
                images = stored.images_of(connection, held)
                for day in batch:
                    if need is not None and freed >= need:
                        break
                    if day not in images:
                        self.waiting.add(day)
                        continue
                    of_day = to_let_go(images[day], keep)
                    freed += self._count(day, of_day)
                    going += of_day
                if going and not self.dry_run:
                    stored.let_go(connection, held, going)
            if going and not self.dry_run:
                _delete(self.engine, self.home, going)
        return freed

    def _count(self, day: DeploymentDay, found: Mapping[str, int]) -> int:
        going = {ref: size for ref, size in found.items() if ref not in self.gone}
        self.gone.update(going if self.dry_run else ())  # `|=` with keys would copy all of them each time
        freed = sum(going.values())
        row, before = self.rows[day.deployment_id], self.kept[day]
        row.let_go += len(going)
        row.freed += freed
        row.images -= len(going)
        row.bytes -= freed
        self.kept[day] = replace(before, images=before.images - len(going), bytes=before.bytes - freed)
        return freed


def let_go(
    engine: Engine,
    home: Home,
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Lets images go that are older than their owner wants, and the oldest beyond a budget; what is kept then.

    Args:
        dry_run: nothing goes; the report says what would.
        progress: called with what is being done, how many machines are done, and how many there are.
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
        for place, row in enumerate(rows.values()):
            progress("by age", place, len(rows))
            _by_age(run, row, now.date())
        progress("by budget", 0, 1)
        over = _by_budget(run, rows, settings.retention.bytes, now.date())
    for partition, day in run.kept.items():
        row = rows[partition.deployment_id]
        if day.images and (row.oldest is None or partition.day < row.oldest):
            row.oldest = partition.day
    for partition in run.waiting:
        rows[partition.deployment_id].waiting_days += 1
    return Report(tuple(rows.values()), over, dry_run, len(left))


def _by_age(run: _Pass, row: Kept, today: date) -> None:
    found: dict[Keep, list[DeploymentDay]] = {Keep.NONE: [], Keep.KEYFRAMES: [], Keep.EVERY: []}
    for partition, day in run.kept.items():
        if partition.deployment_id == row.deployment_id:
            keep = by_age(partition.day, today, row.retention)
            found[Keep.EVERY if keep is Keep.KEYFRAMES and day.is_thin else keep].append(partition)
    for keep in (Keep.NONE, Keep.KEYFRAMES):
        run.thin(found[keep], keep)


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
    for keep, order in groupby(next_to_thin(days, today), key=lambda one: one[1]):
        if total <= budget:
            break
        thick = [day for day, _ in order if keep is Keep.NONE or not run.kept[day].is_thin]
        total -= run.thin([day for day in thick if day not in run.waiting], keep, total - budget)
    return max(0, total - budget)


def _delete(engine: Engine, home: Home, refs: Collection[str]) -> None:
    frame_files.delete_all(home, refs)
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
