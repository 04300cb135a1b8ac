"""Which days have a partition, asked without Dagster's calendar and with it."""

from datetime import UTC, datetime, timedelta

from recall_assets.partitions import DAYS, START, has_partition


def test_a_day_has_a_partition_where_dagster_says_so() -> None:
    today = datetime.now(UTC).date()
    asked = [START + timedelta(days=n) for n in (-1, 0)] + [today + timedelta(days=n) for n in range(-1, 4)]
    assert [has_partition(day) for day in asked] == [DAYS.has_partition_key(day.isoformat()) for day in asked]
    assert has_partition(today + timedelta(days=1))
    assert not has_partition(START - timedelta(days=1))
