"""A day of one deployment cut into activities.

frames, speech ─► stretches (presence) ─► moments (terms) ─► vectors ─► segments ─► joined ─► pieces
pieces ─► span, id, label, terms, interruptions ─► activities
locked ─► terms of what its frames show now ─────► as the owner left them
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from recall_assets.records import Activity, DeploymentDay, DocumentFrequency, Frame, Project, Transcript
from recall_assets.stages.activities.chrome import Chrome, chrome_of
from recall_assets.stages.activities.identity import Span, carried_over
from recall_assets.stages.activities.interruptions import interruptions_of
from recall_assets.stages.activities.joining import joined
from recall_assets.stages.activities.known_names import KnownNames, known_names
from recall_assets.stages.activities.labels import label_of
from recall_assets.stages.activities.moments import Moment, moments_of
from recall_assets.stages.activities.presence import stretches
from recall_assets.stages.activities.segmentation import segments_of
from recall_assets.stages.activities.vectors import PHRASE, Matrix, blended, rarity_of_terms, unit_vectors

KEPT_TERMS = 160
KEPT_PHRASES = 8


@dataclass(frozen=True, slots=True)
class _Piece:
    """What becomes one activity: its moments, the row of the first of them, and its end."""

    moments: tuple[Moment, ...]
    first_row: int
    end_at: datetime


def cut_day(
    frames: Sequence[Frame],
    *,
    document_frequency: DocumentFrequency,
    previous: Sequence[Activity],
    projects: Sequence[Project],
    transcripts: Sequence[Transcript] = (),
) -> list[Activity]:
    """The activities of one deployment's day in time order, disjoint; ids and locked ones of `previous` survive.

    Args:
        frames: of one deployment and day, in any order.
        document_frequency: of terms in past activities; empty on the first day.
        previous: what an earlier run made of the same day.
        projects: their terms as centroids over other days; those first seen later than this day tell nothing here.
        transcripts: what was said on that deployment and day; where no frame was captured, speech makes no activity.
    """
    ordered = sorted(frames, key=lambda frame: (frame.captured_at, frame.monitor, frame.id))
    locked = sorted((old for old in previous if old.locked), key=lambda old: old.start_at)
    chrome = chrome_of(ordered)
    see = _Eyes(chrome, known_names(ordered, chrome), transcripts)
    moments = _moments(ordered, locked, see)
    inside = [see.moments(_during(old, ordered)) for old in locked]
    every = [moment for moment, _ in moments] + [moment for own in inside for moment in own]
    rarity = rarity_of_terms(every, document_frequency)
    kept = [_as_left(old, _during(old, ordered), own, rarity) for old, own in zip(locked, inside, strict=True)]
    if not moments:
        return kept
    vectors = unit_vectors([moment for moment, _ in moments], rarity)
    earlier = [project for project in projects if project.first_seen < ordered[0].day]
    pieces = _pieces(moments, vectors, rarity, earlier)
    spans = [_before_locked((piece.moments[0].start_at, piece.end_at), locked) for piece in pieces]
    partition = DeploymentDay(ordered[0].deployment_id, ordered[0].day)
    free = {old.id: old for old in previous if not old.locked}
    ids = carried_over(spans, list(free.values()), partition.partition_key)
    cut = [
        _activity(activity_id, piece, span, vectors, rarity, free.get(activity_id))
        for activity_id, piece, span in zip(ids, pieces, spans, strict=True)
    ]
    return sorted([*cut, *kept], key=lambda activity: activity.start_at)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """What frames of the day are read with."""

    chrome: Chrome
    names: KnownNames
    transcripts: Sequence[Transcript]

    def moments(self, frames: Sequence[Frame]) -> list[Moment]:
        return moments_of(stretches(frames, self.transcripts), self.chrome, self.names, self.transcripts)


def _moments(frames: Sequence[Frame], locked: Sequence[Activity], see: _Eyes) -> list[tuple[Moment, datetime]]:
    """The moments outside locked activities, each with the end of its stretch; stretches end where a lock begins."""
    runs: dict[int, list[Frame]] = defaultdict(list)
    for frame in frames:
        if not any(old.start_at <= frame.captured_at < old.end_at for old in locked):
            runs[sum(old.end_at <= frame.captured_at for old in locked)].append(frame)
    present = [stretch for number in sorted(runs) for stretch in stretches(runs[number], see.transcripts)]
    found = moments_of(present, see.chrome, see.names, see.transcripts)
    return [(moment, present[moment.stretch].end_at) for moment in found]


def _pieces(
    moments: Sequence[tuple[Moment, datetime]],
    vectors: Matrix,
    rarity: Mapping[str, float],
    projects: Sequence[Project],
) -> list[_Piece]:
    found: list[_Piece] = []
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, (moment, _) in enumerate(moments):
        rows_of[moment.stretch].append(row)
    for rows in rows_of.values():
        own = [moments[row][0] for row in rows]
        stretch_end = moments[rows[0]][1]
        times = [moment.start_at for moment in own] + [stretch_end]
        clock = [(time - times[0]).total_seconds() / 60 for time in times]
        ranges = segments_of(blended(own, vectors[rows]), [moment.minutes for moment in own], clock)
        for first, after in _joined(own, ranges, rarity, projects):
            found.append(_Piece(tuple(own[first:after]), rows[first], times[after]))
    return found


def _joined(
    moments: Sequence[Moment],
    ranges: Sequence[tuple[int, int]],
    rarity: Mapping[str, float],
    projects: Sequence[Project],
) -> list[tuple[int, int]]:
    """The ranges after neighbours of one purpose are joined; a meeting stays apart from work at the desk."""
    parts = [moments[first:after] for first, after in ranges]
    meets = [label_of(part) == "meeting" for part in parts]
    groups = joined(
        [_terms(part, rarity) for part in parts],
        [sum(moment.minutes for moment in part) for part in parts],
        [number > 0 and meets[number - 1] != meets[number] for number in range(len(parts))],
        projects,
    )
    return [(ranges[first][0], ranges[after - 1][1]) for first, after in groups]


def _before_locked(span: Span, locked: Sequence[Activity]) -> Span:
    """The span, ended where a locked activity begins inside it."""
    return span[0], min([span[1], *(old.start_at for old in locked if span[0] < old.start_at < span[1])])


def _activity(
    activity_id: UUID, piece: _Piece, span: Span, vectors: Matrix, rarity: Mapping[str, float], before: Activity | None
) -> Activity:
    frames = [frame for moment in piece.moments for frame in moment.frames]
    own = vectors[piece.first_row : piece.first_row + len(piece.moments)]
    terms = _terms(piece.moments, rarity)
    settled = before if before and (before.project_id or before.terms == terms) else None
    return Activity(
        id=activity_id,
        deployment_id=frames[0].deployment_id,
        day=frames[0].day,
        start_at=span[0],
        end_at=span[1],
        frame_ids=tuple(frame.id for frame in frames),
        label=label_of(piece.moments),
        project_id=settled.project_id if settled else None,
        project_score=settled.project_score if settled else None,
        suggested_project_id=settled.suggested_project_id if settled else None,
        active_seconds=round(60 * sum(moment.minutes for moment in piece.moments), 1),
        terms=terms,
        interruptions=interruptions_of(piece.moments, own, span[1]),
    )


def _terms(moments: Sequence[Moment], rarity: Mapping[str, float]) -> dict[str, float]:
    """The terms of moments that tell most (weight x rarity), each with its weight by share of the minutes.

    With them the phrases that were shown longest.
    """
    total = sum(moment.minutes for moment in moments)
    weights: defaultdict[str, float] = defaultdict(float)
    for moment in moments:
        for term, weight in moment.terms.items():
            weights[term] += weight * moment.minutes / total
    telling = sorted((-weight * rarity.get(term, 0.0), term) for term, weight in weights.items())[:KEPT_TERMS]
    phrases = sorted((-weight, term) for term, weight in weights.items() if term.startswith(PHRASE))[:KEPT_PHRASES]
    kept = [term for worth, term in telling if worth < 0] + [term for _, term in phrases]
    return {term: round(weights[term], 4) for term in kept}


def _during(old: Activity, frames: Sequence[Frame]) -> list[Frame]:
    return [frame for frame in frames if old.start_at <= frame.captured_at < old.end_at]


def _as_left(
    old: Activity, frames: Sequence[Frame], moments: Sequence[Moment], rarity: Mapping[str, float]
) -> Activity:
    """A locked activity with the frames that now lie in its span, and the terms that can be read there now.

    A term that a later rule found to be part of a secret so goes from it, too.
    """
    terms = _terms(moments, rarity) if moments else old.terms
    return replace(old, frame_ids=tuple(frame.id for frame in frames), terms=terms)
