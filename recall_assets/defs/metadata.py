"""What a materialisation says of itself in the Dagster UI.

    counts, minutes                      numbers, drawn over time in the UI
    rows                                 table and condition
    see, page  `recall lineage <id>`     the command, and the page of the day, that show them
    preview    a Markdown table          times, kinds, ids

Nothing here is text of a screen, and no title made of it: Dagster keeps its events in clear and for long.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import dagster as dg

from recall_assets import retention
from recall_assets.descriptions import Report
from recall_assets.indexing import Indexed
from recall_assets.language_model.questions import Outcome
from recall_assets.records import Activity, CoreBlock, DaySummary, DeploymentDay, Memory, MemoryKind, Project, Status
from recall_assets.store.partitions import Landed, Recorded

_PREVIEW_ROWS = 40


def of_frames(partition: DeploymentDay, landed: Landed) -> dict[str, Any]:
    """Of `frames`: how many landed, how far reading is, and the arrival number up to which this counted."""
    return {
        "frames": landed.frames,
        "pending": landed.pending,
        "unreadable": landed.unreadable,
        "minutes": round(landed.seconds / 60, 1),
        "arrival": landed.arrival,
        **_place("frames", partition),
    }


def of_audio(partition: DeploymentDay, recorded: Recorded) -> dict[str, Any]:
    """Of `audio_segments`: how many landed, and the arrival number up to which this counted."""
    return {
        "segments": recorded.segments,
        "minutes": round(recorded.seconds / 60, 1),
        "arrival": recorded.arrival,
        **_place("audio_segments", partition),
    }


def counts_of(report: Any) -> dict[str, int]:
    """The whole numbers of a report of the intake, by the names of its fields."""
    values = {field.name: getattr(report, field.name) for field in fields(report)}
    return {name: value for name, value in values.items() if isinstance(value, int)}


def of_text(partition: DeploymentDay, landed: Landed, counts: Mapping[str, int]) -> dict[str, Any]:
    """Of `ocr_text` and `secrets`: what this run did, and how the partition's frames stand after it."""
    table = [("status", "frames")]
    stand = (landed.pending, landed.read, landed.unreadable, landed.skipped)
    table += [
        (f"{status.value} {status.name.lower()}", str(count)) for status, count in zip(Status, stand, strict=True)
    ]
    return {
        **counts,
        "frames": landed.frames,
        "unreadable": landed.unreadable,
        "minutes": round(landed.seconds / 60, 1),
        "preview": _markdown(table),
        **_place("ocr_text, recall.frames", partition),
    }


def of_transcripts(partition: DeploymentDay, recorded: Recorded, counts: Mapping[str, int]) -> dict[str, Any]:
    """Of `transcripts`: what this run did, and how the partition's sound stands after it."""
    table = [("status", "stretches of sound")]
    stand = (recorded.pending, recorded.heard, recorded.unreadable, recorded.skipped)
    table += [
        (f"{status.value} {status.name.lower()}", str(count)) for status, count in zip(Status, stand, strict=True)
    ]
    return {
        **counts,
        "segments": recorded.segments,
        "unreadable": recorded.unreadable,
        "minutes": round(recorded.seconds / 60, 1),
        "preview": _markdown(table),
        **_place("audio_segments", partition),
    }


def of_activities(partition: DeploymentDay, activities: Sequence[Activity]) -> dict[str, Any]:
    """Of `activities`: how many, how long, and when each was."""
    table = [("from", "to", "minutes", "kind", "frames", "id")]
    for activity in activities[:_PREVIEW_ROWS]:
        span = _clock(activity.start_at), _clock(activity.end_at), _minutes(activity.end_at - activity.start_at)
        table.append((*span, activity.label, str(len(activity.frame_ids)), str(activity.id)))
    return {
        "activities": len(activities),
        "minutes": round(sum(activity.active_seconds for activity in activities) / 60, 1),
        "preview": _markdown(table),
        **_place("activities", partition, (activity.id for activity in activities)),
    }


def of_vision(partition: DeploymentDay, report: Report) -> dict[str, Any]:
    """Of `vision_summaries`: how many activities have a description, what it cost, and why others have none."""
    table = [("why not described", "activities"), *((why, str(n)) for why, n in sorted(report.undescribed.items()))]
    without = report.undescribed.total()
    told: dict[str, Any] = {**counts_of(report), "undescribed": without, "preview": _markdown(table)}
    if without:
        remedies = [f"{why}: {remedy}" for why, remedy in sorted(report.remedies.items())]
        again = f"recall backfill --from {partition.day} --to {partition.day} --stage vision_summaries"
        lines = [
            f"{without} of {report.activities} activities have no description.",
            *remedies,
            f"`{again}` asks again, but for what was answered and dropped.",
        ]
        told["warning"] = dg.MetadataValue.md("\n\n".join(lines))
    rows = f"recall.vision_summaries of the activities where {_condition(partition)}"
    return told | {"rows": rows, "page": _page(partition)}


def of_index(partition: DeploymentDay, indexed: Indexed) -> dict[str, Any]:
    """Of `search_index`: how much of the day can be found, and how many texts were new to the model."""
    return {
        "documents": indexed.documents,
        "words": indexed.words,
        "embedded": indexed.embedded,
        "rows": f"recall.search_blocks, recall.passages where {_condition(partition)}",
        "see": dg.MetadataValue.md(f"`recall search 'on:{partition.day} deployment:{partition.deployment_id}'`"),
    }


def of_projects(day: date, activities: Sequence[Activity], projects: Sequence[Project]) -> dict[str, Any]:
    """Of `projects`: to how many the day's activities belong, and how long each took."""
    table = [("project", "activities", "minutes", "first seen")]
    assigned = [activity for activity in activities if activity.project_id is not None]
    for project in sorted(projects, key=lambda project: (project.first_seen, project.id))[:_PREVIEW_ROWS]:
        own = [activity for activity in assigned if activity.project_id == project.id]
        if own:
            minutes = f"{sum(activity.active_seconds for activity in own) / 60:.0f}"
            table.append((str(project.id), str(len(own)), minutes, project.first_seen.isoformat()))
    return {
        "projects": len({activity.project_id for activity in assigned}),
        "activities": len(activities),
        "without_project": len(activities) - len(assigned),
        "minutes": round(sum(activity.active_seconds for activity in activities) / 60, 1),
        "preview": _markdown(table),
        **_place("activities", day, (activity.project_id for activity in assigned if activity.project_id)),
    }


def of_summary(scope: DeploymentDay | date, summary: DaySummary | None) -> dict[str, Any]:
    """Of a day summary: how many sentences it has, and on what each rests."""
    sentences = () if summary is None else summary.sentences
    table = [("sentence", "kind", "rests on")]
    for position, sentence in enumerate(sentences, start=1):
        table.append((str(position), sentence.kind, ", ".join(f"{s.kind} {s.id}" for s in sentence.sources)))
    return {
        "sentences": len(sentences),
        "sources": sum(len(sentence.sources) for sentence in sentences),
        "preview": _markdown(table),
        **_place("day_summaries", scope, () if summary is None else (summary.id,)),
    }


def of_model(outcome: Outcome | None) -> dict[str, Any]:
    """Of a question to a language model: what it cost, what was kept of the answer, and why the default stays."""
    if outcome is None:
        return {}
    dropped = ", ".join(f"{count} {reason}" for reason, count in sorted(outcome.dropped.items())) or "none"
    told = {"model_sentences": outcome.kept, "model_tokens": outcome.tokens, "model_dropped": dropped}
    return told | ({"model_fallback": outcome.reason} if outcome.reason else {})


def of_memories(day: date, kind: MemoryKind, found: Sequence[Memory]) -> dict[str, Any]:
    """Of one kind of memory: how many rows, how long they took, and on what each rests."""
    own = [one for one in found if one.kind is kind]
    table = [("from", "minutes", "times", "rests on", "id")]
    for one in own[:_PREVIEW_ROWS]:
        rests = str(len(one.sources))
        table.append((_clock(one.valid_from), f"{one.seconds / 60:.0f}", str(one.times), rests, str(one.id)))
    return {
        "memories": len(own),
        "sources": sum(len(one.sources) for one in own),
        "minutes": round(sum(one.seconds for one in own) / 60, 1),
        "preview": _markdown(table),
        "rows": f"recall.{kind.asset}, recall.memories where day = '{day}'",
        "see": dg.MetadataValue.md(f"`recall memories --kind {kind.value} --day {day}`"),
        "page": _page(day),
    }


def of_core(blocks: Sequence[CoreBlock]) -> dict[str, Any]:
    """Of `core_memory`: which blocks there are, how long, and whose."""
    table = [("label", "characters", "version", "written by")]
    table += [(one.label, str(len(one.value)), str(one.version), "owner" if one.locked else "a run") for one in blocks]
    return {
        "blocks": len(blocks),
        "preview": _markdown(table),
        "see": dg.MetadataValue.md("`recall memories core show`"),
    }


def of_kept_images(report: retention.Report) -> dict[str, Any]:
    """Of `kept_images`: how many images each deployment has, since when, by which rule, and how many went now."""
    columns = ("deployment", "rule", "images", "megabytes", "since", "let go", "freed megabytes", "days left for later")
    rows = [
        (
            *(row.deployment_id, retention.told(row.retention), row.images, round(row.bytes / 1e6, 1)),
            "" if row.oldest is None else row.oldest.isoformat(),
            *(row.let_go, round(row.freed / 1e6, 1), row.waiting_days),
        )
        for row in report.rows
    ]
    return {
        "images": sum(row.images for row in report.rows),
        "megabytes": round(sum(row.bytes for row in report.rows) / 1e6, 1),
        "let_go": report.let_go,
        "freed_megabytes": round(report.freed / 1e6, 1),
        "over_budget_megabytes": round(report.over / 1e6, 1),
        "kept": dg.MetadataValue.table([dg.TableRecord(dict(zip(columns, row, strict=True))) for row in rows]),
        "see": dg.MetadataValue.md("`recall retention --dry-run`"),
    }


def _place(tables: str, scope: DeploymentDay | date, ids: Iterable[UUID] = ()) -> dict[str, Any]:
    one = next(iter(ids), None)
    see = f"recall lineage {one}" if one else f"recall export --from {_day(scope)} --to {_day(scope)} --format json"
    told = {"rows": f"recall.{tables} where {_condition(scope)}", "see": dg.MetadataValue.md(f"`{see}`")}
    return told | {"page": _page(scope)}


def _page(scope: DeploymentDay | date) -> dg.UrlMetadataValue:
    """The page of its day, on the server through which the UI is reached."""
    return dg.MetadataValue.url(f"/day/{_day(scope)}")


def _condition(scope: DeploymentDay | date) -> str:
    if isinstance(scope, DeploymentDay):
        return f"deployment_id = '{scope.deployment_id}' and day = '{scope.day}'"
    return f"day = '{scope}'"


def _day(scope: DeploymentDay | date) -> date:
    return scope.day if isinstance(scope, DeploymentDay) else scope


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M %Z")


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:.0f}"


def _markdown(table: Sequence[Sequence[str]]) -> dg.MarkdownMetadataValue:
    head, *body = ("| " + " | ".join(row) + " |" for row in table)
    rule = "|" + "---|" * len(table[0])
    return dg.MetadataValue.md("\n".join((head, rule, *body)))
