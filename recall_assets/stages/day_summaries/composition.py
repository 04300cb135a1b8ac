"""Writes the sentences of a day: one that counts, then one or more a project, each quoting its screens and its speech.

    Day ─► headline                                              sources: the projects
        └► slots ─► group of activities ─► stretches ─► quoting ─► sentence, sources: activities, frames, speech

All numbers of a template are counted over that sentence's own sources, so `evidence` can show each of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from recall_assets.records import Activity, Sentence, Source, SourceKind
from recall_assets.stages.day_summaries.day import Day, union_length
from recall_assets.stages.day_summaries.quoting import Screens
from recall_assets.stages.day_summaries.slots import Group, groups_of, stretches_of
from recall_assets.stages.day_summaries.wording import clock, label_in_words, length_in_words, listed, titles_of

MOST_SENTENCES = 12
FEWEST_SENTENCES = 5  # where the day has enough to say
MOST_SOURCES = 5
MOST_WORDS = 60  # in one sentence, where its titles leave room


def sentences_of_day(day: Day) -> tuple[Sentence, ...]:
    """One to twelve sentences, five or more where the screens say enough; the same for the same day."""
    writer = _Writer(day)
    written = [headline(day)]
    for groups in groups_of(day, MOST_SENTENCES - 1):
        for place, group in enumerate(groups):
            written.append(writer.sentence(group, opens=place == 0))
    for activity in sorted(day.activities, key=lambda activity: activity.start_at - activity.end_at) * 3:
        if len(written) >= FEWEST_SENTENCES:
            break
        if further := writer.further(activity):
            written.append(further)
    return tuple(written)


def headline(day: Day) -> Sentence:
    """How long, from when to when, and on what."""
    groups: defaultdict[UUID | None, list[Activity]] = defaultdict(list)
    for activity in day.activities:
        project = day.project_of(activity)
        groups[project.id if project else None].append(activity)
    sources: list[Source] = []
    parts: list[str] = []
    told: list[Activity] = []
    for project_id, own in sorted(groups.items(), key=lambda item: (-union_length(item[1]), item[1][0].start_at)):
        needed = (
            [Source(SourceKind.PROJECT, project_id)]
            if project_id
            else [Source(SourceKind.ACTIVITY, activity.id) for activity in own]
        )
        if len(sources) + len(needed) > MOST_SOURCES:
            continue
        sources += needed
        told += own
        name = day.projects[project_id].name if project_id else "without a project"
        parts.append(f"{length_in_words(union_length(own))} {'on ' if project_id else ''}{name}")
    if not told:
        told = sorted(day.activities, key=lambda activity: activity.start_at - activity.end_at)[:MOST_SOURCES]
        sources = [Source(SourceKind.ACTIVITY, activity.id) for activity in told]
        parts = [f"{length_in_words(union_length([activity]))} {activity.title}" for activity in told]
    return Sentence(f"{_span(day, told)}: {listed(parts)}.", tuple(sources))


def _span(day: Day, told: Sequence[Activity]) -> str:
    """`6 h 5 min on desktop and laptop between 07:44 and 20:05`; that of the longest work where not all fits."""
    machines = listed(sorted({activity.deployment_id for activity in told}))
    first = min(told, key=lambda activity: activity.start_at)
    last = max(told, key=lambda activity: activity.end_at)
    main = "" if len(told) == len(day.activities) else "The main work took "
    return (
        f"{main}{length_in_words(union_length(told))} on {machines} between {clock(day.start(first))}"
        f" and {clock(day.end(last))}"
    )


class _Writer:
    """Writes about groups of activities, a stretch at a time."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._screens = Screens(day)
        self._machines = len({activity.deployment_id for activity in day.activities}) > 1

    def sentence(self, group: Group, *, opens: bool) -> Sentence:
        """What the activities of a group were, when, how long, and what their screens or voices said."""
        sources = [Source(SourceKind.ACTIVITY, activity.id) for activity in group]
        sources_left = MOST_SOURCES - len(group)
        stretches = stretches_of(group)
        opening = self._opening(group, opens=opens)
        told = [self._told(stretch) for stretch in stretches]
        words_left = MOST_WORDS - len(f"{opening} {'; then '.join(told)}".split())
        for place, stretch in enumerate(stretches):
            waiting = len(stretches) - place
            quotes, cited = self._screens.quote(stretch, words_left // waiting, sources_left // waiting)
            words_left -= len(" ".join(quotes).split())
            sources_left -= len(cited)
            sources += cited
            told[place] += ": " + "; ".join(quotes) if quotes else ""
        text = f"{opening}: {'; then '.join(told)}."
        return Sentence(text[0].upper() + text[1:], tuple(sources))

    def _opening(self, group: Group, *, opens: bool) -> str:
        """The project; `Also` from its second sentence on."""
        project = self._day.project_of(group[0])
        if opens:
            return project.name if project else "Without a project"
        return f"Also on {project.name}" if project else "Also without a project"

    def further(self, activity: Activity) -> Sentence | None:
        """One more sentence about an activity; None when its screens have nothing left to say."""
        quotes, cited = self._screens.quote((activity,), MOST_WORDS // 2, MOST_SOURCES - 1)
        if not quotes:
            return None
        sources = (Source(SourceKind.ACTIVITY, activity.id), *cited)
        return Sentence(f"Also in {activity.title}: {'; '.join(quotes)}.", sources)

    def _told(self, stretch: Group) -> str:
        """`Offer for the roof, planning on laptop from 11:02 to 12:05 (1 h 3 min)`."""
        day, machine = self._day, stretch[0].deployment_id if self._machines else ""
        start = clock(day.start(stretch[0]))
        end = clock(day.end(max(stretch, key=lambda activity: activity.end_at)))
        length, label, title = length_in_words(union_length(stretch)), label_in_words(stretch[0]), titles_of(stretch)
        when = f"at {start}" if start == end else f"from {start} to {end}"
        return f"{title}, {label}{machine and f' on {machine}'} {when} ({length})"
