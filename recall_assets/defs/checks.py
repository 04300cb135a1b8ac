"""What would make a reader doubt a partition, looked at in the run that makes it.

    frames         nothing_missing_between_frames   gaps in capture
    ocr_text       frames_are_readable              share of status 2
                   text_is_there                    share of read frames without any text
                   reading_loses_nothing            images read whole beside what was read of them as they came
                   read_as_chosen                   days that another engine, language or version has read
    transcripts    sound_is_heard                   sound of status 2, or that waits for an engine
    secrets        scanned_with_todays_rules        days that only older rules have seen
    secrets        nothing_is_left_in_images        an ERROR: a stored image still shows a secret
    day_summaries  every_sentence_has_a_source
    combined_...   every_sentence_has_a_source
    both           summaries_are_in_the_models_words, where `llm_url` is set
    memories       every_memory_has_a_source        of each of the five kinds
    what a model was asked for                      defs.model_checks

The others warn; all stop nothing: a partition with one unreadable frame is worth more than none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

import dagster as dg

from recall_assets.defs.resources import Recall
from recall_assets.engines.choice import reading_version
from recall_assets.engines.speech.choice import choose_engine
from recall_assets.errors import NoSpeechEngineError
from recall_assets.partitions import days, deployment_days
from recall_assets.records import GivenUp, MemoryKind
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store import day_summaries, imported_texts, memories, ocr_text, partitions, reading, rereading

# A machine that is used sends a frame or "still seen" at least every five minutes (capture forces one).
GAP = timedelta(hours=4)
UNREADABLE_SHARE = 0.02
EMPTY_SHARE = 0.2
# Half a point is what reading only what is new may lose.
RECALL = 0.995


def _result(check: str, asset: str, doubtful: Iterable[str], **told: float | str) -> dg.AssetCheckResult:
    """Passed where nothing is doubtful; names at most ten doubtful partitions."""
    named = sorted(doubtful)
    return dg.AssetCheckResult(
        passed=not named,
        asset_key=asset,
        check_name=check,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**told, "doubtful_partitions": ", ".join(named[:10]) or "none"},
    )


@dg.asset_check(asset="frames", description=f"No stretch of {GAP} inside a day without a frame.")
def nothing_missing_between_frames(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """A gap may be a lunch, or an agent that stood still."""
    keys = deployment_days(context.partition_keys)
    with recall.transaction() as connection:
        found = {key.partition_key: partitions.gaps(connection, key, GAP) for key in keys}
    doubtful = [key for key, gaps in found.items() if gaps]
    return _result("nothing_missing_between_frames", "frames", doubtful, gaps=sum(map(len, found.values())))


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "frames_are_readable",
            asset="ocr_text",
            description=f"At most {UNREADABLE_SHARE:.0%} are unreadable or given up.",
        ),
        dg.AssetCheckSpec(
            "text_is_there", asset="ocr_text", description=f"At most {EMPTY_SHARE:.0%} of the read frames hold no text."
        ),
    ]
)
def text_checks(context: dg.AssetCheckExecutionContext, recall: Recall) -> Iterator[dg.AssetCheckResult]:
    """How reading went, in shares of frames."""
    keys = deployment_days(context.partition_keys)
    with recall.transaction() as connection:
        landed = {key.partition_key: partitions.landed(connection, key) for key in keys}
        text = {key.partition_key: partitions.thin_text(connection, key) for key in keys}
        given_up = {key.partition_key: partitions.given_up(connection, key) for key in keys}
    without = {key: found.unreadable + sum(given_up[key].values()) for key, found in landed.items()}
    unreadable = [key for key, found in landed.items() if without[key] > UNREADABLE_SHARE * found.frames]
    became = {fate.value: sum(counts.get(fate, 0) for counts in given_up.values()) for fate in GivenUp}
    count = sum(found.unreadable for found in landed.values())
    yield _result("frames_are_readable", "ocr_text", unreadable, unreadable=count, **became)
    empty = [key for key, found in text.items() if found.empty > EMPTY_SHARE * found.read]
    yield _result("text_is_there", "ocr_text", empty, empty=sum(found.empty for found in text.values()))


@dg.asset_check(
    asset="ocr_text", description=f"The stored text has {RECALL:.1%} of the words that reading whole images gives."
)
def reading_loses_nothing(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """One image in `reread_every` is read whole, where else only what is new is read."""
    deployments = {key.deployment_id for key in deployment_days(context.partition_keys)}
    with recall.transaction() as connection:
        found = {deployment: rereading.recall(connection, deployment) for deployment in deployments}
    known = {deployment: sample for deployment, sample in found.items() if sample is not None}
    doubtful = [deployment for deployment, (share, _) in known.items() if share < RECALL]
    return _result(
        "reading_loses_nothing",
        "ocr_text",
        doubtful,
        images=sum(count for _, count in known.values()),
        lowest_recall=min((share for share, _ in known.values()), default=1.0),
    )


@dg.asset_check(asset="ocr_text", description="Every day was read by the engine that is chosen for its machine now.")
def read_as_chosen(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """After another choice: `recall backfill --stage ocr_text` reads from the stored images what was read otherwise."""
    with recall.transaction() as connection:
        chosen = reading.chosen(connection)
        older = [
            day.partition_key
            for id_ in {key.deployment_id for key in deployment_days(context.partition_keys)}
            for day in reading.read_otherwise(
                connection, id_, reading_version(chosen.get(id_, recall.settings.reading))
            )
        ]
    return _result("read_as_chosen", "ocr_text", older, days=len(older))


@dg.asset_check(asset="transcripts", description="No stretch of sound has status 2 or waits for a speech engine.")
def sound_is_heard(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """What waits stays sealed until an engine is installed; the remedy says how."""
    keys = deployment_days(context.partition_keys)
    with recall.transaction() as connection:
        found = {key.partition_key: partitions.recorded(connection, key) for key in keys}
    doubtful = [key for key, sound in found.items() if sound.unreadable or sound.without_engine]
    remedy = "none needed"
    try:
        choose_engine(recall.settings)
    except NoSpeechEngineError as error:
        remedy = f"{error.problem} {error.remedy}"
    return _result(
        "sound_is_heard",
        "transcripts",
        doubtful,
        unreadable=sum(sound.unreadable for sound in found.values()),
        without_engine=sum(sound.without_engine for sound in found.values()),
        remedy=remedy,
    )


@dg.asset_check(asset="secrets", description="Every stored text, of all days, was scanned with today's rules.")
def scanned_with_todays_rules(recall: Recall) -> dg.AssetCheckResult:
    """After an upgrade of the detector: `recall backfill --stage secrets` scans what older rules have passed."""
    with recall.transaction() as connection:
        older = ocr_text.scanned_by_other_rules(connection, DETECTOR_VERSION)
        imported = imported_texts.outdated(connection, DETECTOR_VERSION)
    return _result(
        "scanned_with_todays_rules",
        "secrets",
        [*(day.isoformat() for day in older), *(f"import {import_id}" for import_id in imported)],
        days=len(older),
        imports=len(imported),
    )


@dg.asset_check(asset="secrets", description="No stored image shows a secret when it is read again after redaction.")
def nothing_is_left_in_images(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """Every image with a finding was read again around it in the run itself, and one in `reread_every` others whole."""
    keys = deployment_days(context.partition_keys)
    with recall.transaction() as connection:
        found = {key: rereading.reread(connection, key) for key in keys}
    showing = [(key, frame) for key, again in found.items() for frame in again.showing]
    days = sorted({key.day.isoformat() for key, _ in showing})
    remedy = f"recall backfill --stage secrets --from {days[0]} --to {days[-1]}" if days else "nothing to do"
    return dg.AssetCheckResult(
        passed=not showing,
        asset_key="secrets",
        check_name="nothing_is_left_in_images",
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "read_again": sum(again.frames for again in found.values()),
            "still_showing": len(showing),
            "frames": ", ".join(str(frame) for _, frame in showing[:10]) or "none",
            "what_to_do": remedy,
        },
    )


@dg.asset_check(asset="day_summaries", description="Every sentence names at least one row that it rests on.")
def every_sentence_has_a_source(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """Of each deployment's summary."""
    with recall.transaction() as connection:
        found = {
            key.partition_key: partitions.unsourced_sentences(connection, key.day, key.deployment_id)
            for key in deployment_days(context.partition_keys)
        }
    return _unsourced("every_sentence_has_a_source", "day_summaries", found)


@dg.asset_check(asset="combined_day_summaries", description="Every sentence names at least one row that it rests on.")
def every_combined_sentence_has_a_source(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
    """Of the summary over all machines."""
    with recall.transaction() as connection:
        found = {
            day.isoformat(): partitions.unsourced_sentences(connection, day, None)
            for day in days(context.partition_keys)
        }
    return _unsourced("every_combined_sentence_has_a_source", "combined_day_summaries", found)


def _worded(asset: str) -> dg.AssetChecksDefinition:
    """Warns of days whose question to the model got no answer that stands, with why."""

    @dg.asset_check(
        asset=asset,
        name="summaries_are_in_the_models_words",
        description="Where a language model is set, its words stood before their sources.",
    )
    def worded(context: dg.AssetCheckExecutionContext, recall: Recall) -> dg.AssetCheckResult:
        keys = [str(key) for key in context.partition_keys]
        scopes = deployment_days(keys) if asset == "day_summaries" else days(keys)
        with recall.transaction() as connection:
            reasons = {str(scope): day_summaries.model_reason(connection, scope) for scope in scopes}
        why = Counter(reason for reason in reasons.values() if reason)
        told = ", ".join(f"{count} {reason}" for reason, count in sorted(why.items())) or "none"
        doubtful = [scope for scope, reason in reasons.items() if reason]
        return _result("summaries_are_in_the_models_words", asset, doubtful, why=told)

    return worded


summaries_are_in_the_models_words = _worded("day_summaries")
combined_summaries_are_in_the_models_words = _worded("combined_day_summaries")


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "every_memory_has_a_source", asset=kind.asset, description="Every memory names a row that is there."
        )
        for kind in MemoryKind
    ],
    can_subset=True,
)
def every_memory_has_a_source(context: dg.AssetCheckExecutionContext, recall: Recall) -> Iterator[dg.AssetCheckResult]:
    """Of what runs made; what the owner wrote rests on the owner."""
    chosen = {key.asset_key.to_user_string() for key in context.selected_asset_check_keys}
    with recall.transaction() as connection:
        found = {day.isoformat(): memories.unsourced(connection, day) for day in days(context.partition_keys)}
    for kind in MemoryKind:
        if kind.asset in chosen:
            counted = {key: counts.get(kind, (0, 0)) for key, counts in found.items()}
            yield _unsourced("every_memory_has_a_source", kind.asset, counted, "memories")


def _unsourced(
    check: str, asset: str, found: dict[str, tuple[int, int]], rows: str = "sentences"
) -> dg.AssetCheckResult:
    doubtful = [key for key, (_, without) in found.items() if without]
    return _result(
        check,
        asset,
        doubtful,
        without_source=sum(without for _, without in found.values()),
        **{rows: sum(total for total, _ in found.values())},
    )
