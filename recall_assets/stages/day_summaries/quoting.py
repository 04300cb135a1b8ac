"""Takes from the screens and the speech of a day what its sentences quote, nothing twice, and what to cite for it.

stretch ─► passages ─► choose ─► quotes      each on a frame that is cited, or on its transcript
                   └──► cover ─► frames      those quoted first, then those that hold most of the rest
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from recall_assets.records import Source, SourceKind
from recall_assets.stages.day_summaries.cover import Cover
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.day_summaries.slots import Group
from recall_assets.stages.day_summaries.wording import quoted, titles_of
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.description import is_listening
from recall_assets.stages.sentences.panels import Titles
from recall_assets.stages.sentences.passages import Passage, passages_of, said_by, with_speech
from recall_assets.stages.sentences.readings import best_readings
from recall_assets.stages.sentences.words import words_of

_MOST_QUOTES = 4
_MUCH_LONGER = 4.0  # times
_EVERYWHERE = 3  # a passage that stands in more activities than this is furniture


class Screens:
    """The passages of a day's activities, and which of them were quoted already."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._frames = [frame for activity in day.activities for frame in day.frames[activity.id]]
        self._quoted: set[str] = set()
        self._seconds: defaultdict[str, dict[UUID, float]] = defaultdict(dict)  # of each passage, by activity
        counts: Counter[str] = Counter()
        for activity in day.activities:
            for passage in self._passages((activity,)):
                self._seconds[passage.text][activity.id] = passage.seconds
                counts[passage.text] += len(passage.frame_ids)
        self._misread = {text for text, best in best_readings(counts).items() if best != text}

    def quote(self, stretch: Group, words: int, most_sources: int) -> tuple[list[str], list[Source]]:
        """Quotes of at most `words` words together, in order of time, speech last, and what to cite for the stretch."""
        frames = [frame for activity in stretch for frame in self._day.frames[activity.id]]
        passages = self._passages(stretch)
        elsewhere = self._elsewhere(stretch, passages)
        cover = Cover(frames, passages, elsewhere)
        titled = words_of(titles_of(stretch))
        unfit = self._quoted | self._misread
        passages = with_speech(passages, [said for activity in stretch for said in self._day.transcripts[activity.id]])
        fresh = [one for one in passages if unfit.isdisjoint(_texts(one)) and len(one.words - titled) > 1]
        chosen: list[Passage] = []
        spoken: list[UUID] = []
        listening = any(map(is_listening, stretch))
        for passage in choose(fresh, _MOST_QUOTES, elsewhere=elsewhere, longest_words=words, listening=listening):
            shown_on = {*cover.chosen} if passage.only_said else {*cover.chosen, _frame_of(passage, cover)}
            heard = [*spoken]
            # What is shown as well needs its transcript only where nothing else says that somebody spoke.
            if passage.only_said or (not spoken and len(shown_on) < most_sources):
                heard += _heard_in(passage, but=spoken)
            if len(shown_on) + len(heard) > most_sources:
                continue
            spoken = heard
            if passage.frame_ids:
                cover.add(_frame_of(passage, cover))
            self._quoted |= _texts(passage)
            chosen.append(passage)
        for passage in chosen:
            spoken += _heard_in(passage, but=spoken)[: max(0, most_sources - len(cover.chosen) - len(spoken))]
        cover.fill(most_sources - len(spoken))
        cited = [Source(SourceKind.FRAME, frame_id) for frame_id in cover.chosen]
        cited += [Source(SourceKind.TRANSCRIPT, said_id) for said_id in spoken]
        return [_as_quote(passage) for passage in sorted(chosen, key=passages.index)], cited

    def _passages(self, stretch: Group) -> list[Passage]:
        frames = [frame for activity in stretch for frame in self._day.frames[activity.id]]
        return passages_of(frames, Titles(self._frames, frames))

    def _elsewhere(self, stretch: Group, passages: Sequence[Passage]) -> Mapping[str, float]:
        """How much each passage is at home in others: in earlier ones, for longer, or in very many."""
        own = {activity.id for activity in stretch}
        found = {}
        for passage in passages:
            holders = self._seconds.get(passage.text, {})
            earlier = next((place for place, holder in enumerate(holders) if holder in own), 0)
            others = [seconds for holder, seconds in holders.items() if holder not in own]
            longer = min(max(others, default=0.0) / passage.seconds, _MUCH_LONGER if earlier else 1.0)
            found[passage.text] = earlier + longer + max(0.0, len(others) - _EVERYWHERE)
        return found


def _texts(passage: Passage) -> set[str]:
    """As it was shown, and as it was heard."""
    return {passage.text, passage.said.text} if passage.said else {passage.text}


def _heard_in(passage: Passage, *, but: Sequence[UUID]) -> list[UUID]:
    """The transcript that says the passage, unless it is cited already."""
    return [passage.said.id] if passage.said and passage.said.id not in but else []


def _as_quote(passage: Passage) -> str:
    return f"{said_by(passage.only_said)} {quoted(passage.text)}" if passage.only_said else quoted(passage.text)


def _frame_of(passage: Passage, cover: Cover) -> UUID:
    """A frame that shows the passage: one that is cited already, else the one that adds most."""
    cited = [frame_id for frame_id in cover.chosen if frame_id in passage.frame_ids]
    return cited[0] if cited else cover.best_of(passage.frame_ids) or passage.frame_ids[0]
