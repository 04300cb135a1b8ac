"""What the search looks into: words and vectors of everything that can be found.

activities (with what was seen and said) ─┬─► search_index    in the run of the day's chain: searchable at once
day_summaries, combined_day_summaries ────┤                   and once more when the day's summaries and memories
memories ─────────────────────────────────┘                   are there
"""

from uuid import UUID

import dagster as dg

from recall_assets.defs import metadata
from recall_assets.defs.automation import follows
from recall_assets.defs.ocr_text import progress_of
from recall_assets.defs.resources import Recall
from recall_assets.engines.embedding.choice import embedder, embedding_name
from recall_assets.indexing import index_day
from recall_assets.partitions import DAY_OF, DEPLOYMENT_DAYS, deployment_days
from recall_assets.records import MemoryKind, Provenance
from recall_assets.settings import load_settings

# The model is a part of it: with another one in the settings, every day shows as stale in the UI, and
# `recall backfill --stage search_index` embeds it again. Until then the vector leg knows only the days that were.
CODE_VERSION = f"3 {embedding_name(load_settings())}"

_MEMORIES = tuple(kind.asset for kind in MemoryKind if kind not in (MemoryKind.EPISODIC, MemoryKind.KNOWLEDGE_VAULT))


@dg.asset(
    deps=[
        "ocr_text",
        "transcripts",
        "activities",
        dg.AssetDep("projects", partition_mapping=DAY_OF),
        "day_summaries",
        dg.AssetDep("combined_day_summaries", partition_mapping=DAY_OF),
        *(dg.AssetDep(kind, partition_mapping=DAY_OF) for kind in _MEMORIES),
    ],
    partitions_def=DEPLOYMENT_DAYS,
    automation_condition=follows(
        "activities",
        "combined_day_summaries",
        *_MEMORIES,
        optional=("transcripts", "projects", "day_summaries", "combined_day_summaries", *_MEMORIES),
    ),
    group_name="search",
    kinds={"postgres", "onnx"},
    owners=["team:search"],
    tags={"recall/level": "derived"},
    code_version=CODE_VERSION,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def search_index(context: dg.AssetExecutionContext, recall: Recall) -> dg.MaterializeResult[None]:
    """One row (a block) is what of a deployment's day can be found: its words, passages and their vectors.

    The date's summary and memories over all machines and the projects are indexed with it. A re-run replaces the day's
    block; a text that was there keeps its vector, so that only new ones are embedded.
    """
    provenance = Provenance(CODE_VERSION, UUID(context.run.run_id))
    keys = context.partition_keys
    for done, partition in enumerate(deployment_days(keys), start=1):
        indexed = index_day(recall.engine, partition, embedder(recall.settings), provenance)
        progress_of(context, partition, "days indexed")(done, len(keys))
        context.add_asset_metadata(metadata.of_index(partition, indexed), partition_key=partition.partition_key)
    return dg.MaterializeResult()
