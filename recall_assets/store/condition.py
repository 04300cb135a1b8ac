"""What the database can say about its own condition: versions, what waits, what failed, what lacks a summary.

frames ─ pending ─ unreadable ─ with a finding, still sealed in the landing
deployment days ─ with frames ─ of these without a day summary
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, select, text

from recall_assets.records import GivenUp, Status
from recall_assets.store.database import dagster_database
from recall_assets.store.frames import KEY_GONE
from recall_assets.store.tables import SCHEMA, day_summaries, deployments, frames


@dataclass(frozen=True, slots=True)
class Condition:
    """Counts over everything that is kept; `bytes` is the size of the tables of Recall alone."""

    server: str
    extensions: tuple[str, ...]
    bytes: int
    deployments: int
    frames: int
    pending: int
    unreadable: int
    sealed_after_reading: int
    sealed_to_gone_keys: int
    showing: int  # frames whose stored image showed a secret when it was read again
    showing_first: date | None
    showing_last: date | None
    given_up: Mapping[GivenUp, int]
    days: int
    days_without_summary: int


def condition(connection: Connection) -> Condition:
    """How things stand now."""
    counted = connection.execute(
        select(
            func.count(),
            func.count().filter(frames.c.ocr_status == Status.PENDING),
            func.count().filter(frames.c.ocr_status == Status.ERROR),
            func.count().filter(frames.c.ocr_status == Status.DONE, frames.c.landing_ref.is_not(None)),
            func.count().filter(frames.c.error == KEY_GONE),
        )
    ).one()
    shown = func.count(), func.min(frames.c.day), func.max(frames.c.day)
    showing, first, last = connection.execute(select(*shown).where(frames.c.reread_hits > 0)).one()
    given_up = connection.execute(
        select(frames.c.error, func.count()).where(frames.c.error.in_(list(GivenUp))).group_by(frames.c.error)
    )
    days, without = _days(connection)
    tables = text("select sum(pg_total_relation_size(oid)) from pg_class where relnamespace = to_regnamespace(:schema)")
    extensions = text("select extname || ' ' || extversion from pg_extension where extname in ('vector', 'pg_trgm')")
    return Condition(
        connection.scalars(text("show server_version")).one().split()[0],
        tuple(sorted(connection.scalars(extensions))),
        int(connection.scalar(tables, {"schema": SCHEMA}) or 0),
        connection.scalar(select(func.count()).select_from(deployments)) or 0,
        *counted,
        showing,
        first,
        last,
        {GivenUp(row[0]): row[1] for row in given_up},
        days,
        without,
    )


def database_bytes(connection: Connection) -> tuple[int, int]:
    """The size of this database and of Dagster's beside it, 0 where that is not there (yet)."""
    name = connection.engine.url.database or ""
    sizes = text("select datname, pg_database_size(oid) from pg_database where datname in (:own, :dagster)")
    found = {row[0]: int(row[1]) for row in connection.execute(sizes, {"own": name, "dagster": dagster_database(name)})}
    return found.get(name, 0), found.get(dagster_database(name), 0)


def _days(connection: Connection) -> tuple[int, int]:
    landed = select(frames.c.deployment_id, frames.c.day).distinct().subquery("landed")
    told = and_(day_summaries.c.deployment_id == landed.c.deployment_id, day_summaries.c.day == landed.c.day)
    days, without = connection.execute(
        select(func.count(), func.count().filter(day_summaries.c.id.is_(None)))
        .select_from(landed)
        .outerjoin(day_summaries, told)
    ).one()
    return days, without
