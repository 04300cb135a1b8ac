"""What activities belong to, over all deployments of a day.

activities of laptop ─┐
activities of desktop ┼─► assign ─► activities.project_id, projects, aliases
projects, constraints ┘   one run at a time: days see one another's projects
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows_any_deployment
from recall_assets.defs.resources import Recall
from recall_assets.partitions import DAY_OF, DAYS, days
from recall_assets.records import Provenance
from recall_assets.stages.projects import assign
from recall_assets.store import activities, edits
from recall_assets.store import projects as stored

CODE_VERSION = "4"


@dg.asset(
    deps=[dg.AssetDep("activities", partition_mapping=DAY_OF)],
    partitions_def=DAYS,
    automation_condition=follows_any_deployment(),
    pool="projects",
    group_name="hierarchy",
    kinds={"postgres", "python"},
    owners=["team:hierarchy"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def projects(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row is something that the owner works on, over days and machines; the day's activities point at it.

    A re-run assigns the activities of that day again and obeys what the owner renamed, merged and split; it changes no
    id of a project, and no activity of another day.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    for day in days(context.partition_keys):
        with recall.transaction() as connection:
            edits.share(connection)
            known, constraints = stored.read_all(connection, without=day), stored.constraints(connection)
            own = activities.read_day(connection, day)
            assignment = assign(own, known, constraints, day)
            stored.save(connection, assignment, day, provenance)
        context.add_asset_metadata(
            metadata.of_projects(day, assignment.activities, assignment.projects), partition_key=day.isoformat()
        )
    return dg.MaterializeResult()
