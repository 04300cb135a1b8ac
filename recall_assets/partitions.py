"""What a partition is: a deployment's day, or a day.

                 2026-11-21   2026-11-22   2026-11-23
    laptop           ▪            ▪            ▪          DEPLOYMENT_DAYS   key `2026-11-22|laptop`
    desktop          ▪            ▪            ▪
                     └────────────┴────────────┘          DAYS              key `2026-11-22`

A day is a label: the date that the machine's own clock showed. It is defined in UTC, with two days beyond the last
complete one, so that today is a partition also where a machine is 14 hours ahead. The days begin at `partitions_start`,
which ingest lowers when older frames land; whoever has loaded this module then has to load it again (the sensor
`landed` sees to it in a running code server).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from recall_assets.records import DeploymentDay
from recall_assets.settings import load_settings
from recall_assets.store import settings as stored
from recall_assets.store.database import connect

# Two past the last complete day: today, and tomorrow for clocks ahead of UTC.
DAYS_BEYOND_YESTERDAY = 2


def stored_start() -> date:
    """The first day that has a partition, the first of this month where nothing says so.

    Raises:
        DatabaseError: a database is set and cannot be read.
    """
    this_month = datetime.now(UTC).date().replace(day=1)
    url = load_settings().database_url
    if not url:  # definitions are looked at without a database: documentation, checks of the project
        return this_month
    engine = connect(url)
    try:
        with engine.connect() as connection:
            return stored.partitions_start(connection) or this_month
    finally:
        engine.dispose()


START = stored_start()

DEPLOYMENTS = dg.DynamicPartitionsDefinition(name="deployment")
DAYS = dg.DailyPartitionsDefinition(start_date=START.isoformat(), timezone="UTC", end_offset=DAYS_BEYOND_YESTERDAY)
DEPLOYMENT_DAYS = dg.MultiPartitionsDefinition({"day": DAYS, "deployment": DEPLOYMENTS})

# From every deployment's day to the day, and back. Custom mappings do not work in the daemon; this one does.
DAY_OF = dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="day")


def deployment_days(keys: Iterable[str]) -> list[DeploymentDay]:
    """The partitions that these keys name, by deployment and then by day."""
    return sorted(DeploymentDay.from_partition_key(key) for key in keys)


def days(keys: Iterable[str]) -> list[date]:
    """The days that these keys name, oldest first."""
    return sorted(date.fromisoformat(key) for key in keys)


def has_partition(day: date) -> bool:
    """Whether the loaded definitions know this day.

    As `DAYS.has_partition_key`, which walks a calendar for each: asked of every partition of years, that takes seconds.
    """
    return START <= day <= datetime.now(UTC).date() + timedelta(days=DAYS_BEYOND_YESTERDAY - 1)
