"""Boundary F1 and project V-measure on generated days, beside fixed windows and title changes in the same run.

    seeds ─► generated days (two machines, two days a person) ─┬─► cut_day, assign ─► F1, V, CPU seconds
                                                               ├─► a boundary every 30 minutes ─► F1
                                                               └─► a boundary at each new title ─► F1

The rules of scoring are those of `score_recording`: a true boundary is met by one found boundary within two minutes.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recall_assets.records import Activity, DocumentFrequency, Frame, Project
from recall_assets.stages.activities import cut_day
from recall_assets.stages.projects import assign
from tests.benchmarks.score_recording import boundaries, v_measure
from tests.generated_days import GeneratedDay

Span = tuple[datetime, datetime]

NEAR = timedelta(minutes=2)
WINDOW = timedelta(minutes=30)
DAYS = 4  # of a person: two machines on two days


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the seeds; `cpu_seconds` is that of cut_day and assign for one deployment's day."""

    f1: float
    f1_fixed_windows: float
    f1_title_changes: float
    v_measure: float
    cpu_seconds: float

    def lines(self) -> list[str]:
        """One line a figure, as `make bench` prints them."""
        others = f"fixed windows {self.f1_fixed_windows:.3f}, title changes {self.f1_title_changes:.3f}"
        return [
            f"activities, generated days: boundary F1 {self.f1:.3f} ({others})",
            f"projects, generated days: V-measure {self.v_measure:.3f}",
            f"activities and projects: {self.cpu_seconds:.2f} CPU-s a day",
        ]


def measure(seeds: Sequence[int] = range(1, 11), *, ocr: bool = False) -> Figures:
    """The figures over the persons of these seeds; with `ocr` their screens are misread, panels and all."""
    people = [[GeneratedDay(seed, number, ocr=ocr) for number in range(DAYS)] for seed in seeds]
    begun = time.process_time()
    found = [_understood(days) for days in people]
    seconds = time.process_time() - begun
    everyone = [day for days in people for day in days]
    cuts = [cut for person in found for cut in person]
    return Figures(
        f1=boundary_f1(everyone, [[(one.start_at, one.end_at) for one in cut] for cut in cuts]),
        f1_fixed_windows=boundary_f1(everyone, [_fixed_windows(day.frames) for day in everyone]),
        f1_title_changes=boundary_f1(everyone, [_title_changes(day.frames) for day in everyone]),
        v_measure=sum(map(_agreement, people, found)) / len(people),
        cpu_seconds=seconds / len(everyone),
    )


def boundary_f1(days: Sequence[GeneratedDay], found: Sequence[Sequence[Span]]) -> float:
    """F1 of the boundaries found on each day against the true ones."""
    met = true = claimed = 0
    for day, spans in zip(days, found, strict=True):
        left = list[datetime](boundaries(spans))  # type: ignore[no-untyped-call]
        claimed += len(left)
        purposes = [(purpose.start, purpose.end) for purpose in day.purposes]
        for boundary in boundaries(purposes):  # type: ignore[no-untyped-call]
            true += 1
            nearest = min(left, key=lambda other: abs(other - boundary), default=None)
            if nearest is not None and abs(nearest - boundary) <= NEAR:
                left.remove(nearest)
                met += 1
    return 2 * met / (true + claimed)


def _understood(days: Sequence[GeneratedDay]) -> list[list[Activity]]:
    """The activities of each day with their projects, date by date as the assets would run."""
    projects: dict[object, Project] = {}
    found: list[list[Activity]] = []
    for first in range(0, len(days), 2):
        pair = days[first : first + 2]
        known = list(projects.values())
        cuts = [
            cut_day(day.frames, document_frequency=DocumentFrequency(), previous=[], projects=known) for day in pair
        ]
        decided = assign([one for cut in cuts for one in cut], known, [], pair[0].day)
        projects |= {project.id: project for project in decided.projects}
        by_id = {one.id: one for one in decided.activities}
        found += [[by_id[one.id] for one in cut] for cut in cuts]
    return found


def _agreement(days: Sequence[GeneratedDay], found: Sequence[Sequence[Activity]]) -> float:
    pairs: Counter[tuple[str, str]] = Counter()
    for day, activities in zip(days, found, strict=True):
        for purpose in day.purposes:
            for one in activities:
                shared = min(purpose.end, one.end_at) - max(purpose.start, one.start_at)
                if shared > timedelta(0):
                    pairs[purpose.project, str(one.project_id or "none")] += round(shared.total_seconds())
    return float(v_measure(pairs))  # type: ignore[no-untyped-call]


def _fixed_windows(frames: Sequence[Frame]) -> list[Span]:
    start, end = frames[0].captured_at, frames[-1].seen_until
    count = int((end - start) / WINDOW) + 1
    return [(start + number * WINDOW, min(end, start + (number + 1) * WINDOW)) for number in range(count)]


def _title_changes(frames: Sequence[Frame]) -> list[Span]:
    starts = [
        one.captured_at
        for before, one in zip([replace(frames[0], window_title=None), *frames], frames, strict=False)
        if one.window_title != before.window_title
    ]
    return list(zip(starts, [*starts[1:], frames[-1].seen_until], strict=True))


if __name__ == "__main__":
    print("\n".join(["exact text", *measure().lines(), "text as read from pixels", *measure(ocr=True).lines()]))
