"""How soon a deployment's frames are reviewed after they landed: `deployments.review`.

{"delay_seconds": 300, "on_mains": true, "night": ["01:00", "06:00"]}     delay null: when the owner asks

Other keys of it stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, cast, select, update
from sqlalchemy.dialects.postgresql import JSONB

from recall_assets.records import Review
from recall_assets.store.tables import deployments


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """What decides on a deployment's review: the order, its clock's zone, and what its agent said of its power."""

    review: Review
    timezone: str
    on_battery: bool | None
    reported_at: datetime | None


def set_review(connection: Connection, deployment_id: str, review: Review) -> None:
    """From now on the deployment's frames are reviewed so."""
    said = {
        "delay_seconds": None if review.delay is None else review.delay.total_seconds(),
        "on_mains": review.on_mains,
        "night": None if review.night is None else [f"{hour:%H:%M}" for hour in review.night],
    }
    connection.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id)
        .values(review=deployments.c.review.op("||", return_type=JSONB)(cast(said, JSONB)))
    )


def reviews(connection: Connection) -> Mapping[str, ReviewStanding]:
    """Every deployment's standing."""
    c = deployments.c
    battery = c.reported["on_battery"].as_boolean()
    rows = connection.execute(select(c.id, c.review, c.timezone, battery.label("on_battery"), c.reported_at))
    return {row.id: ReviewStanding(_read(row.review), row.timezone, row.on_battery, row.reported_at) for row in rows}


def _read(said: Mapping[str, Any]) -> Review:
    delay = Review().delay
    if "delay_seconds" in said:
        delay = None if said["delay_seconds"] is None else timedelta(seconds=float(said["delay_seconds"]))
    night = [time.fromisoformat(hour) for hour in said.get("night") or ()]
    return Review(delay, bool(said.get("on_mains")), (night[0], night[1]) if night else None)
