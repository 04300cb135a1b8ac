"""Screen text of an activity as distinct passages: sentences and lines, each with where and how long it stood.

    frame 1   the nightly export failed its        ┐ wrapped by the window: one sentence
              control check again. The sum of      ┘─┐
    frame 2   the VAT lines is 1,804.37              ┘ the next one; stands on frames 1 and 2
    frame 3   LED-412: round on                      ┐ grows while it is typed: only the last
    frame 4   LED-412: round once on the total       ┘ state is kept, marked as typed
    speech    Then we run it on Thursday at six.       a passage of its own, with no frame; where captions or
                                                       notes show it too, they are the better reading of it

Which passages are worth keeping is decided in `worth`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from recall_assets.records import Frame, Transcript
from recall_assets.stages.sentences.lines import head_of, pieces_of
from recall_assets.stages.sentences.panels import Titles, clock_faces
from recall_assets.stages.sentences.readings import best_readings, spliced
from recall_assets.stages.sentences.words import words_of

LONGEST_LOOK_SECONDS = 60.0  # what was left standing for an hour was not read for an hour

_FEWEST_WORDS_OF_SPEECH = 5
_ALIKE = 0.7  # of the words: captions name the speaker, and some words are always misheard


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or line of the screen, `frame_ids` in order of time, or of speech, with none but `said`."""

    text: str
    frame_ids: tuple[UUID, ...]
    seconds: float  # how long it stood, each frame counted up to LONGEST_LOOK_SECONDS
    is_new: bool  # it was new in its window on one of the frames
    was_typed: bool  # it grew from frame to frame
    said: Transcript | None = None  # what says it, or much the same

    @property
    def only_said(self) -> Transcript | None:
        """What was said and stands on no screen."""
        return None if self.frame_ids else self.said

    @property
    def words(self) -> frozenset[str]:
        """Its words of two and more letters or digits, in lower case; compounds count by their parts."""
        return words_of(self.text)


def passages_of(frames: Sequence[Frame], titles: Titles | None = None) -> list[Passage]:
    """The distinct passages on the frames in order of first appearance, final states of typed text only.

    What only repeats window titles (tabs) or ends with the very time of the frame (a panel) is no passage, and of
    several readings of one sentence only the most frequent is.

    Args:
        titles: of a whole day, to know its panels; without them, those of the frames.
    """
    known = titles or Titles(frames, frames)
    found: dict[str, tuple[list[UUID], list[float], list[bool]]] = {}
    heads: dict[str, str] = {}
    ordered = sorted(frames, key=lambda frame: (frame.captured_at, frame.monitor, frame.id))
    places = {frame.id: place for place, frame in enumerate(ordered)}
    for frame in ordered:
        look = look_seconds(frame)
        new_lines = frozenset(frame.new_text.splitlines())
        now = clock_faces(frame)
        for text, lines in dict(pieces_of(frame.text)).items():
            if any(line.rstrip().endswith(now) or known.in_panel(line) for line in lines):
                continue
            if len(lines) > 1:
                heads[text] = head_of(text, lines)
            ids, seconds, news = found.setdefault(text, ([], [], []))
            ids.append(frame.id)
            seconds.append(look)
            news.append(any(line in new_lines for line in lines))
    unfinished, typed = _growth({text: ids for text, (ids, _, _) in found.items()}, places)
    counts = {text: len(ids) for text, (ids, _, _) in found.items() if text not in unfinished}
    unfit = spliced(heads, counts) | {text for text, best in best_readings(counts).items() if best != text} | unfinished
    return [
        Passage(text, tuple(ids), sum(seconds), any(news), text in typed)
        for text, (ids, seconds, news) in found.items()
        if text not in unfit and not known.say(text)
    ]


def spoken_passages(transcripts: Sequence[Transcript]) -> list[Passage]:
    """What was said, each transcript a passage, in their order."""
    return [
        Passage(said.text, (), max((said.ended_at - said.started_at).total_seconds(), 1.0), True, False, said)
        for said in transcripts
        if said.text
    ]


def with_speech(shown: Sequence[Passage], transcripts: Sequence[Transcript]) -> list[Passage]:
    """What was shown, each with the transcript that says the same, then all that was said."""
    spoken = spoken_passages(transcripts)
    return [*(replace(passage, said=_saying(passage, spoken)) for passage in shown), *spoken]


def _saying(shown: Passage, spoken: Sequence[Passage]) -> Transcript | None:
    """The transcript that has most of the passage's words, and nearly all of them; what is very short is said often."""
    words = shown.words
    if not spoken or len(words) < _FEWEST_WORDS_OF_SPEECH:
        return None
    best = max(spoken, key=lambda one: len(words & one.words))
    return best.said if len(words & best.words) >= _ALIKE * len(words) else None


def said_by(transcript: Transcript) -> str:
    """How a summary says that words were spoken: `said by me`, `said by others`, `said`."""
    return f"said by {transcript.speaker}" if transcript.speaker else "said"


def look_seconds(frame: Frame) -> float:
    """How long the frame's screen stood, at least 1 s and at most LONGEST_LOOK_SECONDS."""
    return min(max((frame.seen_until - frame.captured_at).total_seconds(), 1.0), LONGEST_LOOK_SECONDS)


def _growth(found: Mapping[str, Sequence[UUID]], places: Mapping[UUID, int]) -> tuple[set[str], set[str]]:
    """Passages that another one begins with, and those that took the place of such a one: they were typed."""
    unfinished: set[str] = set()
    typed: set[str] = set()
    for text, longer in pairwise(sorted(found)):
        if longer.startswith(text) and len(text) >= 4 and longer.count(" ") >= 2:
            unfinished.add(text)
            if places[found[text][-1]] < places[found[longer][0]]:
                typed.add(longer)
    return unfinished, typed
