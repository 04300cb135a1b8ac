"""The asset graph, in the order in which data flows; read this first.

capture      frames ─► ocr_text ─► secrets ─► activities ─► projects ─► day_summaries ─► combined_day_summaries
             audio_segments ─► transcripts ──┘            │            all of these ─► search_index
                                             │            └─► five kinds of memory ─► core_memory
                                             ├─► vision_summaries, where `vision_url` is set
                                             └─► kept_images: of old days one image an activity
             secrets, activities, projects, semantic_memory ─► what a language model says of them, where one is set
partitions   └─ (deployment, day) ─────────────────┘        day         (deployment, day)    day

an asset     defs/X, thin: read, compute, replace
its rules    stages/X, pure
its rows     store/X
when it runs defs/automation, defs/landed and, for the owner's edits and orders, defs/edited and defs/forgotten;
             what was missed, defs/maintenance
"""

import dagster as dg

from recall_assets.defs import (
    activities,
    alerts,
    checks,
    day_summaries,
    edited,
    forgotten,
    frames,
    kept_images,
    landed,
    language_model,
    maintenance,
    memories,
    model_checks,
    ocr_text,
    projects,
    pruning,
    search_index,
    silence,
    transcripts,
    vision_summaries,
)
from recall_assets.defs.automation import automation
from recall_assets.defs.resources import Recall
from recall_assets.settings import load_settings

ASSETS = [
    frames.frames,
    frames.audio_segments,
    ocr_text.ocr_text_and_secrets,
    transcripts.transcripts,
    activities.activities,
    projects.projects,
    day_summaries.day_summaries,
    day_summaries.combined_day_summaries,
    search_index.search_index,
    memories.memories,
    memories.core_memory,
    kept_images.kept_images,
]
SETTINGS = load_settings()
if SETTINGS.vision_url:
    ASSETS.append(vision_summaries.vision_summaries)
ASSETS += language_model.chosen(SETTINGS)

CHECKS = [
    checks.nothing_missing_between_frames,
    checks.text_checks,
    checks.reading_loses_nothing,
    checks.read_as_chosen,
    checks.sound_is_heard,
    checks.scanned_with_todays_rules,
    checks.nothing_is_left_in_images,
    checks.every_sentence_has_a_source,
    checks.every_combined_sentence_has_a_source,
    checks.every_memory_has_a_source,
    silence.machines_are_captured,
]
if SETTINGS.llm("day_summaries"):
    CHECKS += [checks.summaries_are_in_the_models_words, checks.combined_summaries_are_in_the_models_words]
CHECKS += model_checks.checks_of(SETTINGS)

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[pruning.prune_events, maintenance.renew_keys, maintenance.erase_old_versions],
    sensors=[
        landed.landed,
        edited.edited,
        forgotten.forgotten,
        automation,
        maintenance.dead_runs,
        silence.watch_machines,
        alerts.alerts,
    ],
    schedules=[
        maintenance.catch_up,
        maintenance.catch_up_days,
        maintenance.recheck_errors,
        maintenance.renew_nightly,
        maintenance.erase_nightly,
        pruning.prune_weekly,
        kept_images.keep_nightly,
    ],
    resources={"recall": Recall()},
    executor=dg.in_process_executor,
)
