"""Days made again as the graph makes them, a transaction at a time, without an instance of Dagster.

frames of a day ─► land          rows of frames, once
frames of a day ─► materialise   activities of each deployment, then projects: what the assets of one date do
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from recall_assets.records import DeploymentDay, Frame
from recall_assets.stages.activities import cut_day
from recall_assets.stages.projects import assign
from recall_assets.stages.sentences import describe
from recall_assets.store import activities, projects
from tests.store.stored_days import CODE


def materialise(connection: Connection, seen: Sequence[Frame]) -> None:
    """What the assets of one date do, for all machines of it."""
    date = seen[0].day
    known = projects.read_all(connection, without=date)
    for machine in sorted({frame.deployment_id for frame in seen}):
        partition = DeploymentDay(machine, date)
        own = [frame for frame in seen if frame.deployment_id == machine]
        cut = cut_day(
            own,
            document_frequency=activities.document_frequency(connection, partition),
            previous=activities.read_day(connection, partition),
            projects=known,
        )
        activities.replace_day(connection, partition, [describe(one, own) for one in cut], CODE)
    orders = projects.constraints(connection)
    projects.save(connection, assign(activities.read_day(connection, date), known, orders, date), date, CODE)
