"""How far each stage is behind, by deployment: what waits, and for how long.

landed ─► ocr_text, transcripts      frames and sound of status 0: how many, since when the oldest
read   ─► activities, search_index   days of the last week whose text is newer than what was made of it: how many,
cut    ─► day_summaries              since when
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from recall_assets.records import DeploymentDay, Status
from recall_assets.store.tables import (
    activities,
    audio_segments,
    day_summaries,
    deployments,
    frames,
    ocr_text,
    search_blocks,
)

STAGES = ("ocr_text", "transcripts", "activities", "search_index", "day_summaries")


@dataclass(frozen=True, slots=True)
class Lag:
    """What waits for a stage on a deployment (frames, stretches of sound or days), and since when the oldest does."""

    stage: str
    deployment_id: str
    waiting: int
    longest: timedelta


def lags(connection: Connection, now: datetime, since: date) -> list[Lag]:
    """One for every stage and deployment that is not revoked; days before `since` are not looked at."""
    live = connection.scalars(
        select(deployments.c.id).where(deployments.c.revoked_at.is_(None)).order_by(deployments.c.id)
    )
    waiting = {
        "ocr_text": _pending(connection, frames, "ocr_status"),
        "transcripts": _pending(connection, audio_segments, "transcript_status"),
        **_behind(connection, since),
    }
    found = []
    for deployment_id in live:
        for stage in STAGES:
            count, oldest = waiting[stage].get(deployment_id, (0, now))
            found.append(Lag(stage, deployment_id, count, max(timedelta(), now - oldest)))
    return found


def _pending(connection: Connection, table: Table, status: str) -> Mapping[str, tuple[int, datetime]]:
    c = table.c
    rows = connection.execute(
        select(c.deployment_id, func.count(), func.min(c.received_at))
        .where(c[status] == Status.PENDING)
        .group_by(c.deployment_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _behind(connection: Connection, since: date) -> dict[str, dict[str, tuple[int, datetime]]]:
    """By stage and deployment, how many days are behind, and since when the first of them is."""
    read = _made(connection, since, ocr_text.c.created_at, frames, ocr_text.c.frame_id == frames.c.id)
    cut = _made(connection, since, activities.c.created_at, activities)
    indexed = _made(connection, since, search_blocks.c.created_at, search_blocks, search_blocks.c.part == "day")
    told = _made(connection, since, day_summaries.c.created_at, day_summaries)
    # A day without an activity is cut too: the index, which the same run makes after it, says so.
    done = {key: max(cut.get(key, at), at) for key, at in indexed.items()} | {
        key: at for key, at in cut.items() if key not in indexed
    }
    stages = {"activities": (read, done), "search_index": (read, indexed), "day_summaries": (cut, told)}
    found: dict[str, dict[str, tuple[int, datetime]]] = {}
    for stage, (above, made) in stages.items():
        of_stage = found.setdefault(stage, {})
        for key, at in above.items():
            if key not in made or made[key] < at:
                count, oldest = of_stage.get(key.deployment_id, (0, at))
                of_stage[key.deployment_id] = (count + 1, min(oldest, at))
    return found


def _made(connection: Connection, since: date, at: Any, days: Table, *where: Any) -> dict[DeploymentDay, datetime]:
    """When the newest row of each deployment's day was made."""
    newest = select(days.c.deployment_id, days.c.day, func.max(at)).where(
        days.c.day >= since, days.c.deployment_id.is_not(None), *where
    )
    rows = connection.execute(newest.group_by(days.c.deployment_id, days.c.day))
    return {DeploymentDay(row[0], row[1]): row[2] for row in rows}
