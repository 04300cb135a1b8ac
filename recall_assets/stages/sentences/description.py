"""Gives an activity its title and one to three sentences quoted from its screens, or from what was said.

frames of the activity ─► title_of ─► title
                       └► passages_of ─► with_speech ─► choose ─► sentences, each with its frames and its transcript
what was said ───────────────────────────────┘
words of the owner ────► scanned by today's rules ─► stay
"""

from collections.abc import Sequence
from dataclasses import replace

from recall_assets.records import Activity, Frame, Sentence, Source, SourceKind, Transcript
from recall_assets.stages.secrets import detect, redact
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.panels import Titles
from recall_assets.stages.sentences.passages import Passage, passages_of, said_by, with_speech
from recall_assets.stages.sentences.titles import title_of

_SENTENCES = 3
_FRAMES_PER_SENTENCE = 2
_LISTENING = frozenset({"meeting", "learning"})


def describe(activity: Activity, frames: Sequence[Frame], transcripts: Sequence[Transcript] = ()) -> Activity:
    """The activity with title and up to three sentences; an activity without any text or speech has none.

    What the owner wrote stays.

    Args:
        frames: the frames of the activity or a superset of them, in any order.
        transcripts: what was said on its deployment, during it or at any time.
    """
    own_ids = set(activity.frame_ids)
    own = sorted((frame for frame in frames if frame.id in own_ids), key=lambda frame: (frame.captured_at, frame.id))
    by_owner = activity.title_source == "owner"
    title = scanned(activity.title) if by_owner else title_of(own) or activity.label.replace("-", " ").capitalize()
    activity = replace(activity, title=title, title_source="owner" if by_owner else "auto")
    if activity.summary_kind == "owner":
        kept = tuple(replace(sentence, text=scanned(sentence.text)) for sentence in activity.sentences)
        return replace(activity, sentences=kept)
    sentences = _quoted(activity, own, Titles(frames, own), transcripts)
    return replace(activity, sentences=sentences, summary_kind="extractive")


def _quoted(
    activity: Activity, own: Sequence[Frame], titles: Titles, transcripts: Sequence[Transcript]
) -> tuple[Sentence, ...]:
    passages = with_speech(passages_of(own, titles), said_during(activity, transcripts))
    chosen = choose(passages, _SENTENCES, listening=is_listening(activity))
    shown_at = {frame.id: frame.captured_at for frame in own}
    chosen.sort(
        key=lambda passage: passage.only_said.started_at if passage.only_said else shown_at[passage.frame_ids[0]]
    )
    return tuple(map(_sentence, chosen))


def scanned(text: str) -> str:
    """What the owner wrote, without what today's rules know for a secret."""
    return redact(text, detect(text))


def is_listening(activity: Activity) -> bool:
    """Whether what was said is what the activity was about, rather than a sound beside it."""
    return activity.label in _LISTENING


def said_during(activity: Activity, transcripts: Sequence[Transcript]) -> list[Transcript]:
    """What was said on the activity's deployment while it went on, by time."""
    own = (said for said in transcripts if said.deployment_id == activity.deployment_id)
    during = (said for said in own if said.started_at < activity.end_at and activity.start_at < said.ended_at)
    return sorted(during, key=lambda said: (said.started_at, said.id))


def _sentence(passage: Passage) -> Sentence:
    """The passage as a quoted sentence, resting on the first and the last frame that show it, and on its transcript."""
    heard = (Source(SourceKind.TRANSCRIPT, passage.said.id),) if passage.said else ()
    if passage.only_said:
        return Sentence(f"{passage.text.rstrip(' .')} ({said_by(passage.only_said)}).", heard)
    first_and_last = dict.fromkeys((passage.frame_ids[0], passage.frame_ids[-1]))
    sources = tuple(Source(SourceKind.FRAME, frame_id) for frame_id in first_and_last)[:_FRAMES_PER_SENTENCE]
    return Sentence(closed(passage.text), (*sources, *heard))


def closed(text: str) -> str:
    """The text with an end, so that sentences can stand behind each other."""
    return text if text[-1] in ".!?…" else f"{text}."
