"""Runs of the real graph in this process, over chosen days: what `materialize`, `backfill` and `demo` share.

    partitions ─► plan: one run for the chain of a deployment's days, then one for the days, and so on ─► runs, in order

    laptop     ▪    ▪         audio_segments transcripts             days with sound alone
    laptop   ▪▪▪▪▪▪▪ ▪▪▪      frames ocr_text secrets activities     at most 7 days a run, where text is read
    desktop  ▪▪▪▪▪▪▪ ▪▪▪
    laptop   ▪▪▪▪▪▪▪▪▪▪       activity_titles, secret_reviews          as far as a language model is asked
    days     ▪▪▪▪▪▪▪▪▪▪       projects; project_summaries
    laptop   ▪▪▪▪▪▪▪▪▪▪       day_summaries
    desktop  ▪▪▪▪▪▪▪▪▪▪
    days     ▪▪▪▪▪▪▪▪▪▪       combined_day_summaries
    laptop   ▪▪▪▪▪▪▪▪▪▪       search_index
    desktop  ▪▪▪▪▪▪▪▪▪▪
    days     ▪▪▪▪▪▪▪▪▪▪       the five kinds of memory; extracted_memories
    once     ▪                core_memory
    laptop   ▪▪▪▪▪▪▪ ▪▪▪      vision_summaries, where it is on: nothing waits for a slow model
    desktop  ▪▪▪▪▪▪▪ ▪▪▪

They are runs of the same instance as those of the daemon: the UI shows them, and the sensor finds nothing left to do.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg

from recall_assets.definitions import ASSETS, defs
from recall_assets.defs.maintenance import bury_dead_runs
from recall_assets.defs.ocr_text import RECOMPUTE_TAG
from recall_assets.defs.resources import progress_callback
from recall_assets.errors import InputError
from recall_assets.model_settings import PURPOSES
from recall_assets.partitions import DEPLOYMENTS, START, has_partition
from recall_assets.records import DeploymentDay, MemoryKind
from recall_assets.settings import load_settings

CHAIN = ("frames", "ocr_text", "secrets", "activities")
SOUND = ("audio_segments", "transcripts")
MEMORIES = tuple(kind.asset for kind in MemoryKind)
CORE = "core_memory"
VISION, TITLES, REVIEWS, EXTRACTED = "vision_summaries", "activity_titles", "secret_reviews", "extracted_memories"
SUMMARIES = ("day_summaries", "combined_day_summaries")
# Here a model's words come before what is made of them: who makes old days has time.
_ORDER = (
    *("frames", "audio_segments", "ocr_text", "secrets", "transcripts", "activities", TITLES, REVIEWS),
    *("projects", "project_summaries", *SUMMARIES, "search_index", *MEMORIES, EXTRACTED, CORE, VISION),
)
_THERE = {key.to_user_string() for asset in ASSETS for key in asset.keys}
STAGES = tuple(one for one in _ORDER if one in _THERE)
# What a crash costs at most: a week of one machine is begun again.
DAYS_PER_READING_RUN = 7
_WITHOUT_LIMIT = 10_000
# The terminal shows a progress bar; what happened in a run is in its events, which the UI shows.
_QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how much of it is done, and how much there is (frames or runs)."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run to come: assets over the days from `first` to `last` of a deployment, or of all of them (None)."""

    assets: tuple[str, ...]
    deployment_id: str | None
    first: date
    last: date

    @property
    def keys(self) -> tuple[str, str]:
        """First and last partition key."""
        return self._key(self.first), self._key(self.last)

    def _key(self, day: date) -> str:
        return day.isoformat() if self.deployment_id is None else DeploymentDay(self.deployment_id, day).partition_key

    def __str__(self) -> str:
        days = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.deployment_id or 'all machines'}, {days}: {', '.join(self.assets)}"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that ended; `failed_assets` is empty where it succeeded."""

    planned: PlannedRun
    run_id: str
    seconds: float
    failed_assets: tuple[str, ...]


def stages_from(stage: str) -> tuple[str, ...]:
    """The stage and everything downstream of it, in the order of the graph.

    Raises:
        InputError: there is no such stage, or it is off.
    """
    if stage == VISION and VISION not in STAGES:
        raise InputError("No image is described: vision is off.", "Set vision_url in recall.toml; see docs/vision.md.")
    if stage in PURPOSES and stage not in STAGES:
        raise InputError(
            f"No model is asked for {stage}: it is off.",
            "Set llm_url and llm_purposes in recall.toml; see docs/models.md.",
        )
    if stage not in STAGES:
        raise InputError(f"There is no asset {stage!r}.", f"Name one of {', '.join(STAGES)}.")
    following = STAGES[STAGES.index(stage) :]
    if stage == REVIEWS:
        return (stage, MemoryKind.KNOWLEDGE_VAULT.asset)
    if stage in MEMORIES:
        behind = (EXTRACTED,) if stage == MemoryKind.SEMANTIC.asset and EXTRACTED in STAGES else ()
        return (stage, *behind, CORE)
    if stage in (*SUMMARIES, "search_index"):
        return tuple(one for one in following if one not in (*MEMORIES, EXTRACTED, CORE, VISION))
    if stage in (TITLES, "projects", "project_summaries", EXTRACTED, CORE):
        return tuple(one for one in following if one not in (REVIEWS, VISION))
    return following


def plan(
    partitions: Sequence[DeploymentDay],
    others: Iterable[DeploymentDay],
    stages: Sequence[str],
    *,
    with_sound: Sequence[DeploymentDay] = (),
) -> list[PlannedRun]:
    """The runs that make `stages` of these partitions, each after those that it depends on.

    Args:
        partitions: whose chains are made; they hold frames.
        with_sound: those that hold sound, with frames or without.
        others: partitions of the same days whose activities exist: their summaries follow the day's projects.
        stages: in the order of the graph.
    """
    chain, sound = (tuple(stage for stage in stages if stage in those) for those in (CHAIN, SOUND))
    limit = DAYS_PER_READING_RUN if "ocr_text" in chain else _WITHOUT_LIMIT
    runs = _of_deployments(sound, with_sound, DAYS_PER_READING_RUN) if sound else []
    runs += _of_deployments(chain, partitions, limit) if chain else []
    days = {partition.day for partition in partitions}
    kinds = tuple(stage for stage in stages if stage in MEMORIES)
    for stage in (stage for stage in stages if stage not in (*CHAIN, *SOUND, *kinds[1:])):
        if stage in kinds:
            runs += [PlannedRun(kinds, None, *span) for span in _spans(days, _WITHOUT_LIMIT)]
        elif stage == CORE:
            runs += [PlannedRun((stage,), None, min(days), max(days))] if days else []
        elif stage in (VISION, TITLES, REVIEWS):
            runs += _of_deployments((stage,), partitions, _WITHOUT_LIMIT)
        elif stage in ("day_summaries", "search_index"):
            runs += _of_deployments((stage,), {*partitions, *others}, _WITHOUT_LIMIT)
        else:
            runs += [PlannedRun((stage,), None, *span) for span in _spans(days, _WITHOUT_LIMIT)]
    return runs


def execute(
    instance: dg.DagsterInstance, runs: Sequence[PlannedRun], *, again: str | None = None, progress: Progress
) -> list[FinishedRun]:
    """Executes the runs in this process, in order; days of a failed run are left out of the later ones.

    Where sound could not be heard, the later ones are made without it.

    Args:
        again: `all` reads what was read, `stale` what another version has read.

    Raises:
        InputError: a day is not one that the definitions know.
    """
    bury_dead_runs(instance, load_settings().home)
    instance.add_dynamic_partitions(
        DEPLOYMENTS.name or "", sorted({run.deployment_id for run in runs if run.deployment_id})
    )
    finished: list[FinishedRun] = []
    for run in runs:
        if not (has_partition(run.first) and has_partition(run.last)):
            raise InputError(f"{run.first} to {run.last} are not days with a partition.", f"The first one is {START}.")
        if any(
            before.failed_assets
            and not set(SOUND).issuperset(before.planned.assets)
            and before.planned.first <= run.last
            and before.planned.last >= run.first
            and before.planned.assets != run.assets
            for before in finished
        ):
            continue
        progress(str(run), len(finished), len(runs))
        finished.append(_execute(instance, run, again, progress))
    return finished


def _execute(instance: dg.DagsterInstance, run: PlannedRun, again: str | None, progress: Progress) -> FinishedRun:
    first, last = run.keys
    tags = {RECOMPUTE_TAG: again} if again else {}
    if first != last and run.assets != (CORE,):
        tags |= {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    began = time.monotonic()
    token = progress_callback.set(lambda done, total: progress(str(run), done, total))
    try:
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(asset) for asset in run.assets],
            partition_key=first if first == last and run.assets != (CORE,) else None,
            tags=tags,
            run_config=_QUIET,
            raise_on_error=False,
        )
    finally:
        progress_callback.reset(token)
    failed = tuple(event.step_key or "" for event in result.all_events if event.is_step_failure)
    if not result.success and not failed:
        failed = run.assets
    return FinishedRun(run, result.run_id, time.monotonic() - began, failed)


def _of_deployments(assets: tuple[str, ...], partitions: Iterable[DeploymentDay], limit: int) -> list[PlannedRun]:
    days: dict[str, set[date]] = {}
    for partition in partitions:
        days.setdefault(partition.deployment_id, set()).add(partition.day)
    return [PlannedRun(assets, id_, *span) for id_ in sorted(days) for span in _spans(days[id_], limit)]


def _spans(days: Iterable[date], limit: int) -> list[tuple[date, date]]:
    """The days as unbroken stretches of at most `limit` days: days between them make no runs."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][1] == timedelta(days=1) and (day - spans[-1][0]).days < limit:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans
