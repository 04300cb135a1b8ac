"""Which worker executes a run, where runs are executed by workers on other machines.

    run ─► any of its assets needs the landing, its keys, or what only the home has? ─► queue `ocr`
        └► only what is made from rows, a model perhaps ───────────────────────────► queue `models`

A run is one task of one queue, so that the chain of a day stays in one process. `dagster.yaml` names the class below
where `celery_broker` is set; see cli.dagster_home.
"""

from collections.abc import Collection
from typing import Any

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext

OCR_QUEUE, MODEL_QUEUE = "ocr", "models"
QUEUES = (OCR_QUEUE, MODEL_QUEUE)
QUEUE_TAG = "dagster-celery/queue"
# Made from rows and redacted images alone; everything else goes where the landing can be read.
_OF_ROWS = frozenset(
    (
        *("projects", "vision_summaries", "day_summaries", "combined_day_summaries", "search_index"),
        *("episodic_memory", "semantic_memory", "procedural_memory", "resource_memory", "knowledge_vault"),
        "core_memory",
    )
)


def queue_of(assets: Collection[str]) -> str:
    """The queue of a run of these assets; a run of none is a job of maintenance."""
    return MODEL_QUEUE if assets and _OF_ROWS.issuperset(assets) else OCR_QUEUE


class RunsByQueue(QueuedRunCoordinator):
    """Dagster's queue, which also says of each run whose it is."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Queues the run under the tag that the launcher goes by; a tag that is there already stands."""
        run = context.dagster_run
        assets = {key.to_user_string() for key in run.asset_selection or ()}
        self._instance.add_run_tags(run.run_id, {QUEUE_TAG: run.tags.get(QUEUE_TAG) or queue_of(assets)})
        return super().submit_run(context)


def limits(ocr_runs: int, model_runs: int) -> list[dict[str, Any]]:
    """How many runs of each queue may be handed out at once, as `dagster.yaml` takes it."""
    return [
        {"key": QUEUE_TAG, "value": queue, "limit": limit}
        for queue, limit in ((OCR_QUEUE, ocr_runs), (MODEL_QUEUE, model_runs))
    ]
