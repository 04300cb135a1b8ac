"""Rows that stores of derived things need before they can write: a deployment, its frames, activities over them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Connection, insert

from recall_assets.records import RECALL_NAMESPACE, Activity, DeploymentDay, Provenance
from recall_assets.store.tables import deployments, frames

DAY = date(2026, 3, 4)
LAPTOP = DeploymentDay("laptop", DAY)
CODE = Provenance("activities-test")


def id_of(name: str) -> UUID:
    """The id that tests give to a thing of this name."""
    return uuid5(RECALL_NAMESPACE, name)


def at(minute: float, day: date = DAY) -> datetime:
    """That many minutes after 09:00 UTC."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minute)


def add_deployment(connection: Connection, name: str = "laptop") -> None:
    connection.execute(insert(deployments).values(id=name, name=name, timezone="Europe/Berlin"))


def add_frames(connection: Connection, minutes: range, deployment: str = "laptop", day: date = DAY) -> list[UUID]:
    """A read frame at each minute; their ids."""
    rows = [
        {
            "id": id_of(f"frame/{deployment}/{day}/{minute}"),
            "deployment_id": deployment,
            "captured_at": at(minute, day),
            "seen_until": at(minute + 1, day),
            "utc_offset": timedelta(0),
            "day": day,
            "monitor": 0,
            "ocr_status": 1,
        }
        for minute in minutes
    ]
    connection.execute(insert(frames), rows)
    return [id_of(f"frame/{deployment}/{day}/{minute}") for minute in minutes]


def activity(
    name: str,
    start: float,
    end: float,
    *,
    frame_ids: list[UUID] | None = None,
    terms: dict[str, float] | None = None,
    deployment: str = "laptop",
    day: date = DAY,
    project_id: UUID | None = None,
) -> Activity:
    """An activity over those minutes of the day."""
    return Activity(
        id=id_of(name),
        deployment_id=deployment,
        day=day,
        start_at=at(start, day),
        end_at=at(end, day),
        frame_ids=tuple(frame_ids or ()),
        label="coding",
        title=name,
        active_seconds=(end - start) * 60,
        terms=terms or {},
        project_id=project_id,
    )
