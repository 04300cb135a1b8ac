"""Gives an activity its title and one to three sentences quoted from its screens.

frames of the activity ─► title_of ─► title
                       └► passages_of ─► choose ─► sentences, each with the frames it stands on
"""

from collections.abc import Sequence
from dataclasses import replace

from recall_assets.records import Activity, Frame, Sentence, Source, SourceKind
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.panels import Titles
from recall_assets.stages.sentences.passages import Passage, passages_of
from recall_assets.stages.sentences.titles import title_of

_SENTENCES = 3
_FRAMES_PER_SENTENCE = 2


def describe(activity: Activity, frames: Sequence[Frame]) -> Activity:
    """The activity with title and up to three sentences; an activity whose frames hold no text has none.

    Args:
        frames: the frames of the activity or a superset of them, in any order.
    """
    own_ids = set(activity.frame_ids)
    own = sorted((frame for frame in frames if frame.id in own_ids), key=lambda frame: (frame.captured_at, frame.id))
    chosen = choose(passages_of(own, Titles(frames, own)), _SENTENCES)
    position = {frame.id: place for place, frame in enumerate(own)}
    chosen.sort(key=lambda passage: position[passage.frame_ids[0]])
    title = title_of(own) or activity.label.replace("-", " ").capitalize()
    return replace(activity, title=title, sentences=tuple(map(_sentence, chosen)))


def _sentence(passage: Passage) -> Sentence:
    """The passage as a quoted sentence, resting on the first and the last frame that show it."""
    first_and_last = dict.fromkeys((passage.frame_ids[0], passage.frame_ids[-1]))
    sources = tuple(Source(SourceKind.FRAME, frame_id) for frame_id in first_and_last)[:_FRAMES_PER_SENTENCE]
    return Sentence(closed(passage.text), sources)


def closed(text: str) -> str:
    """The text with an end, so that sentences can stand behind each other."""
    return text if text[-1] in ".!?…" else f"{text}."
