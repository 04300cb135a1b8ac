"""Writes the sentences of a day: one that counts, then one or more a project, each quoting its screens.

    Day ─► headline                                   sources: the projects
        └► slots ─► group of activities ─► passages ─► quotes ─┐
                                     └► cover ─► frames ───────┴► sentence, sources: activities and frames

All numbers of a template are counted over that sentence's own sources, so `evidence` can show each of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from uuid import UUID

from recall_assets.records import Activity, Sentence, Source, SourceKind
from recall_assets.stages.day_summaries.cover import Cover
from recall_assets.stages.day_summaries.day import Day, union_length
from recall_assets.stages.day_summaries.slots import Group, groups_of
from recall_assets.stages.day_summaries.wording import clock, label_in_words, length_in_words, listed, quoted
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.passages import Passage, passages_of, words_of

MOST_SENTENCES = 12
FEWEST_SENTENCES = 5  # where the day has enough to say
MOST_SOURCES = 5
_QUOTED_WORDS = 48  # in one sentence, its quotes together
_EVERYWHERE = 3  # a passage that stands in more activities than this is furniture


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
    """`6 h 5 min on desktop and laptop between 07:44 and 20:05`."""
    machines = listed(sorted({activity.deployment_id for activity in told}))
    first = min(told, key=lambda activity: activity.start_at)
    last = max(told, key=lambda activity: activity.end_at)
    mostly = "" if len(told) == len(day.activities) else "Mostly "
    return (
        f"{mostly}{length_in_words(union_length(told))} on {machines} between {clock(day.start(first))}"
        f" and {clock(day.end(last))}"
    )


class _Writer:
    """Writes about activities, and quotes no passage twice."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._passages = {activity.id: passages_of(day.frames[activity.id]) for activity in day.activities}
        self._elsewhere = _elsewhere(day, self._passages)
        self._quoted: set[str] = set()
        self._turn = count()
        self._machines = len({activity.deployment_id for activity in day.activities}) > 1

    def sentence(self, group: Group, *, opens: bool) -> Sentence:
        """What the activities of a group were, when, how long, and what their screens said."""
        sources = [Source(SourceKind.ACTIVITY, activity.id) for activity in group]
        frames_left = MOST_SOURCES - len(group)
        parts = []
        for place, activity in enumerate(group):
            share = frames_left // (len(group) - place)
            quotes, frame_ids = self._quotes(activity, _QUOTED_WORDS // len(group), share)
            frames_left -= len(frame_ids)
            sources += [Source(SourceKind.FRAME, frame_id) for frame_id in frame_ids]
            parts.append(self._told(activity) + (": " + "; ".join(quotes) if quotes else ""))
        project = self._day.project_of(group[0])
        opening = "" if not opens else f"{project.name}: " if project else "Without a project: "
        text = f"{opening}{'; then '.join(parts)}."
        return Sentence(text[0].upper() + text[1:], tuple(sources))

    def further(self, activity: Activity) -> Sentence | None:
        """One more sentence about an activity; None when its screens have nothing left to say."""
        quotes, frame_ids = self._quotes(activity, _QUOTED_WORDS, MOST_SOURCES - 1)
        if not quotes:
            return None
        sources = (Source(SourceKind.ACTIVITY, activity.id), *(Source(SourceKind.FRAME, id_) for id_ in frame_ids))
        return Sentence(f"Also in {activity.title}: {'; '.join(quotes)}.", sources)

    def _told(self, activity: Activity) -> str:
        """Title, kind, times, length and machine, in one of three orders."""
        day, machine = self._day, activity.deployment_id if self._machines else ""
        start, end = clock(day.start(activity)), clock(day.end(activity))
        length, label = length_in_words(union_length([activity])), label_in_words(activity)
        match next(self._turn) % 3:
            case 0:
                return f"{activity.title} ({label}{machine and f', {machine}'}, {start} to {end}, {length})"
            case 1:
                return f"{length} of {label}{machine and f' on {machine}'} from {start} to {end}, {activity.title}"
            case _:
                return f"from {start} to {end} {label}{machine and f' on {machine}'}, {activity.title} ({length})"

    def _quotes(self, activity: Activity, words: int, most_frames: int) -> tuple[list[str], list[UUID]]:
        """Quotes of the activity's screens, and the frames to cite: those quoted, then those that cover the rest."""
        titled = words_of(activity.title)
        passages = [
            passage
            for passage in self._passages[activity.id]
            if passage.text not in self._quoted and len(passage.words - titled) > 1
        ]
        cover = Cover(self._day.frames[activity.id], self._passages[activity.id], self._elsewhere[activity.id])
        quotes = []
        for passage in choose(passages, 4, elsewhere=self._elsewhere[activity.id], longest_words=words):
            frame_id = self._frame_of(passage, cover)
            if len({*cover.chosen, frame_id}) > most_frames:
                continue
            cover.add(frame_id)
            self._quoted.add(passage.text)
            quotes.append(quoted(passage.text))
        cover.fill(most_frames)
        return quotes, cover.chosen

    def _frame_of(self, passage: Passage, cover: Cover) -> UUID:
        """A frame that shows the passage: one that is cited already, else the one that adds most."""
        cited = [frame_id for frame_id in cover.chosen if frame_id in passage.frame_ids]
        return cited[0] if cited else cover.best_of(passage.frame_ids) or passage.frame_ids[0]


def _elsewhere(day: Day, passages: Mapping[UUID, Sequence[Passage]]) -> dict[UUID, dict[str, float]]:
    """For each activity, how much each of its passages is at home in others: earlier ones, or very many."""
    holders: defaultdict[str, list[UUID]] = defaultdict(list)
    for activity in day.activities:
        for passage in passages[activity.id]:
            holders[passage.text].append(activity.id)
    return {
        activity.id: {
            passage.text: holders[passage.text].index(activity.id) + max(0.0, len(holders[passage.text]) - _EVERYWHERE)
            for passage in passages[activity.id]
        }
        for activity in day.activities
    }
