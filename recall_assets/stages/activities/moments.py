"""Moments: what the stream of a deployment showed, thinned to what differs, with its terms.

frames    a a a a b b a c c c c c c c c c      letters: context = program, title, address
speech         ~~~~         ~~~~~~~~~~         what is said tells as much as what is shown
moments   [a    ][b][a][c        ][c    ]      of one context, at most a minute each
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recall_assets.records import Frame, Transcript
from recall_assets.stages.activities.chrome import Chrome
from recall_assets.stages.activities.known_names import KnownNames
from recall_assets.stages.activities.presence import Stretch
from recall_assets.stages.activities.terms import spoken_terms, terms_of

LONGEST_MOMENT = timedelta(minutes=1)
LONGEST_CREDIT = 10.0  # minutes that one still moment counts at most


Context = tuple[str | None, str | None, str | None]  # program, title, address


@dataclass(frozen=True, slots=True)
class Moment:
    """Consecutive frames of one context; `minutes` is its weight, `speakers` who was heard meanwhile."""

    frames: tuple[Frame, ...]
    stretch: int
    start_at: datetime
    minutes: float
    context: Context
    terms: Mapping[str, float]
    speakers: frozenset[str | None] = frozenset()


def moments_of(
    stretches: Sequence[Stretch], chrome: Chrome, names: KnownNames, transcripts: Sequence[Transcript] = ()
) -> list[Moment]:
    """The moments of all stretches in time order."""
    found: list[Moment] = []
    for number, stretch in enumerate(stretches):
        groups: list[list[Frame]] = []
        for frame in stretch.frames:
            last = groups[-1] if groups else None
            if (
                last
                and _context(last[0]) == _context(frame)
                and frame.captured_at - last[0].captured_at < LONGEST_MOMENT
            ):
                last.append(frame)
            else:
                groups.append([frame])
        starts = [group[0].captured_at for group in groups] + [stretch.end_at]
        for group, start, after in zip(groups, starts, starts[1:], strict=False):
            minutes = max((after - start).total_seconds() / 60, 1 / 60)
            said = [one for one in transcripts if one.started_at < after and start < one.ended_at]
            found.append(
                Moment(
                    frames=tuple(group),
                    stretch=number,
                    start_at=start,
                    minutes=min(minutes, LONGEST_CREDIT),
                    context=_context(group[0]),
                    terms=_terms(group, said, chrome, names),
                    speakers=frozenset(one.speaker for one in said),
                )
            )
    return found


def _context(frame: Frame) -> Context:
    title = (frame.window_title or "").lstrip("*●• ")
    return (frame.app_name, title, frame.url)


def _terms(frames: Sequence[Frame], said: Sequence[Transcript], chrome: Chrome, names: KnownNames) -> dict[str, float]:
    """The terms of the frames, and of what was said meanwhile, each at its heaviest."""
    terms: dict[str, float] = defaultdict(float)
    distinct = {frame.text: frame for frame in frames}
    for frame in distinct.values():
        for term, weight in terms_of(frame, chrome, names).items():
            terms[term] = max(terms[term], weight)
    for term, weight in spoken_terms([one.text for one in said], names).items():
        terms[term] = max(terms[term], weight)
    return dict(terms)
