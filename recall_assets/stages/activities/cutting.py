"""A day of one deployment cut into activities.

frames ─► stretches (presence) ─► moments ─► vectors ─► segments ─► interruptions, terms, label, id ─► activities
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from recall_assets.records import Activity, DocumentFrequency, Frame, Interruption, Project
from recall_assets.stages.activities.identity import Span, carried_over
from recall_assets.stages.activities.labels import label_of
from recall_assets.stages.activities.moments import Moment, moments_of, vectors_of
from recall_assets.stages.activities.presence import Stretch, stretches
from recall_assets.stages.activities.segmentation import segments_of
from recall_assets.stages.activities.terms import terms_of

KEPT_TERMS = 120


def cut_day(
    frames: Sequence[Frame],
    *,
    document_frequency: DocumentFrequency,
    previous: Sequence[Activity],
    projects: Sequence[Project],
) -> list[Activity]:
    """The activities of one deployment's day in time order, disjoint; ids and locked ones of `previous` survive.

    Args:
        frames: of one deployment and day, in any order.
        document_frequency: of terms in past activities; empty on the first day.
        previous: what an earlier run made of the same day.
        projects: known before this day.
    """
    ordered = sorted(frames, key=lambda frame: (frame.captured_at, frame.monitor, frame.id))
    locked = sorted((old for old in previous if old.locked), key=lambda old: old.start_at)
    pieces = [piece for run in _free_runs(ordered, locked) for piece in _pieces(run, document_frequency, projects)]
    kept = [_relocked(old, ordered) for old in locked]
    if not pieces:
        return kept
    partition = pieces[0][0][0].frames[0]
    spans = _apart([(moments[0].start_at, end_at) for moments, end_at in pieces], locked)
    free = [old for old in previous if not old.locked]
    ids = carried_over(spans, free, f"{partition.day.isoformat()}|{partition.deployment_id}")
    before = {old.id: old for old in free}
    cut = [
        _activity(activity_id, moments, span, before.get(activity_id))
        for activity_id, (moments, _), span in zip(ids, pieces, spans, strict=True)
    ]
    return sorted([*cut, *kept], key=lambda activity: activity.start_at)


def _free_runs(frames: Sequence[Frame], locked: Sequence[Activity]) -> list[list[Frame]]:
    """The frames outside locked activities, as the runs between them."""
    runs: dict[int, list[Frame]] = defaultdict(list)
    for frame in frames:
        if not any(old.start_at <= frame.captured_at < old.end_at for old in locked):
            runs[sum(old.end_at <= frame.captured_at for old in locked)].append(frame)
    return [runs[number] for number in sorted(runs)]


def _pieces(
    frames: Sequence[Frame], document_frequency: DocumentFrequency, projects: Sequence[Project]
) -> list[tuple[list[Moment], datetime]]:
    """Moments of each activity with its end."""
    present: list[Stretch] = stretches(frames)
    moments = moments_of(present)
    if not moments:
        return []
    vectors = vectors_of(moments, document_frequency)
    found: list[tuple[list[Moment], datetime]] = []
    for number, stretch in enumerate(present):
        rows = [row for row, moment in enumerate(moments) if moment.stretch == number]
        own = [moments[row] for row in rows]
        origin = own[0].start_at
        clock = [(m.start_at - origin).total_seconds() / 60 for m in own]
        clock.append((stretch.end_at - origin).total_seconds() / 60)
        ranges = segments_of(vectors[rows], [m.minutes for m in own], clock)
        for first, after in ranges:
            end_at = own[after].start_at if after < len(own) else stretch.end_at
            found.append((own[first:after], end_at))
    return found


def _apart(spans: Sequence[Span], locked: Sequence[Activity]) -> list[Span]:
    """The spans with ends that reach into a following locked activity moved back to its start."""
    return [
        (start, min([end, *(old.start_at for old in locked if start < old.start_at < end)])) for start, end in spans
    ]


def _activity(activity_id: UUID, moments: Sequence[Moment], span: Span, before: Activity | None) -> Activity:
    frames = [frame for moment in moments for frame in moment.frames]
    return Activity(
        id=activity_id,
        deployment_id=frames[0].deployment_id,
        day=frames[0].day,
        start_at=span[0],
        end_at=span[1],
        frame_ids=tuple(frame.id for frame in frames),
        label=label_of(moments),
        project_id=before.project_id if before else None,
        project_score=before.project_score if before else None,
        suggested_project_id=before.suggested_project_id if before else None,
        active_seconds=round(60 * sum(moment.minutes for moment in moments), 1),
        terms=_terms(moments),
        interruptions=_interruptions(moments),
    )


def _terms(moments: Sequence[Moment]) -> dict[str, float]:
    """The heaviest terms of an activity: weight by minutes, as a share of the activity's minutes."""
    total = sum(moment.minutes for moment in moments)
    weights: defaultdict[str, float] = defaultdict(float)
    for moment in moments:
        for term, weight in terms_of(moment.frames[-1]).items():
            weights[term] += weight * moment.minutes / total
    return {
        term: round(weight, 4) for term, weight in sorted(weights.items(), key=lambda i: (-i[1], i[0]))[:KEPT_TERMS]
    }


def _interruptions(moments: Sequence[Moment]) -> tuple[Interruption, ...]:
    return ()


def _relocked(old: Activity, frames: Sequence[Frame]) -> Activity:
    """A locked activity with the frames that now lie in its span."""
    ids = tuple(frame.id for frame in frames if old.start_at <= frame.captured_at < old.end_at)
    return replace(old, frame_ids=ids)
