"""Facts: sentences of a day that state something in particular, each with where it stood or who said it.

The yearly fee is due on 1 December.      subject · verb · a particular        ─► fact
A partition is a piece of a table.        a thing is a thing                   ─► term
We can send it on 3 December.             a date, and what stood above it      ─► fact
Could you look at it before 23:30?        a question or an order               ─► nothing
It is the third time this month.          nobody knows later what `it` was     ─► nothing
AB-12 Drop support for old files          the title of a ticket, which is told by itself ─► nothing

topic: the sentence without its dates, times, amounts and measures, so that
"The yearly fee is due on 1 July." supersedes the first one, and is no second fact beside it
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from recall_assets.records import Activity, Concept, Frame, Memory, MemoryKind, Source, SourceKind
from recall_assets.stages.memories.consolidation import says_the_same
from recall_assets.stages.memories.day import Day, memory_id, shown_on, topic_of
from recall_assets.stages.memories.places import Place
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.description import closed, said_during
from recall_assets.stages.sentences.lines import pieces_of
from recall_assets.stages.sentences.passages import Passage, said_by, spoken_passages
from recall_assets.stages.sentences.words import tokens_of
from recall_assets.stages.sentences.worth import MEASURES, has_date, has_particular, worth

PER_PLACE = 5
_WORDS = 200
_LEAST_WORTH = 1.3
_WORTH_ALONE = 1.6  # of a sentence without a date, amount or ticket
_LONGEST_NAME = 60
_LINES_ABOVE = 2

_VERB = (
    r"is|are|was|were|will|must|may|can|cannot|should|shall|has|have|had|does|did|needs?|takes?|took|costs?|means?"
    r"|stays?|stayed|keeps?|kept|goes|went|starts?|started|ends?|ended|begins?|began|opens?|closes?|runs?|ran|gives?|gave"
    r"|asks?|asked|wants?|uses?|used|says?|said|fails?|failed|passed|holds?|held|moves?|moved|grows?|grew|rises?|rose"
    r"|includes?|contains?|requires?|supports?|accepts?|rejects?|returns?|replaces?|renews?|operates?|removes?|expires?"
)
_STATES = re.compile(rf"^(?P<subject>[^.!?:;]{{3,}}?)\s+(?P<verb>{_VERB})\b(?!\s*\?)", re.IGNORECASE)
# `Rollback: detach …`, `Deadline: 20 November`: a label and what it stands for.
_LABELLED = re.compile(r"^(?P<subject>[A-Z][\w -]{2,40}?)\s?:\s+\S")
_DEFINES = re.compile(r"^(?:an?|the)?\s*[\w-]+(?: [\w-]+){0,3} (?:is|are|means) (?:an?|the)\s", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"^(?:please|could|can|would|will|do|does|did|is|are|have|has|what|when|where|which|who|why|how|let|hi|hello|dear"
    r"|hey|thanks?|thank|sorry|yes|no|ok|okay|never|note that|see|click|check|example)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:i|you|he|she|it|we|they|this|that|these|those|there|here|which|who|what|if|when|while|after|before|as|so|and|but"
    r"|or|because|then|also|nobody|everybody|somebody|both|all|one|\d.*)",
    re.IGNORECASE,
)
# Who that is, the lines above it tell.
_PROMISES = re.compile(rf"^(?:I|We|You|He|She|They|It)(?:'ll| \w+)? (?:{_VERB})\b")
# Inside a subject: `Setting it in the file is …`.
_SOMETHING_BEFORE = frozenset(("it", "this", "that", "these", "those", "they", "them", "him", "her", "its", "their"))
_TITLE_OF_TICKET = re.compile(r"(?:[A-Z][A-Z0-9]{1,9}-\d+|[#!]\d+)\s+[A-Z]")
# Words that are wrong a day later, and of what somebody wanted then.
_OF_TODAY = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|now|(?:last|this|next|the) (?:night|morning|afternoon|evening|week|month)"
    r"|(?:starts?|begins?|ends?|closes?|expires?|due|back) in \d+ (?:s|sec|seconds?|min|minutes?|h|hours?)"
    r"|ago|please)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"^[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?: (?=[A-Z])")
_MONEY_OR_TIME = re.compile(MEASURES, re.IGNORECASE | re.VERBOSE)


def facts(day: Day) -> Iterator[Memory]:
    """The facts of a day: of each place the few that matter most, then what was said and stood nowhere."""
    at: defaultdict[Place | None, list[Passage]] = defaultdict(list)
    for passage in day.passages:
        if states_something(passage.text) or promises_something(passage.text):
            at[day.home(passage)].append(passage)
    found: dict[UUID, Memory] = {}
    for place in sorted(at, key=str):
        for passage in choose(at[place], PER_PLACE, longest_words=_WORDS):
            fact = _shown(day, place, passage)
            found[fact.topic] = max(fact, found.get(fact.topic, fact), key=lambda one: one.valid_from)
    shown = list(found.values())
    for activity in day.activities:
        for passage in spoken_passages(said_during(activity, day.transcripts)):
            if not states_something(passage.text) or any(says_the_same(passage.text, one.summary) for one in shown):
                continue
            fact = _spoken(day, activity, passage)
            found.setdefault(fact.topic, fact)
    yield from sorted(found.values(), key=lambda one: (one.valid_from, one.summary))


def states_something(text: str) -> bool:
    """Whether a sentence can be understood, and may be asked for, on a later day and without what stood around it."""
    text = _SPEAKER.sub("", text)
    if _ADDRESSED.match(text) or _OF_TODAY.search(text) or text[-1] == "?" or worth(text) < _LEAST_WORTH:
        return False
    found = _LABELLED.match(text) or _STATES.match(text)
    if found is None or not text[0].isalnum() or text[0].islower():
        return False
    subject = tokens_of(found["subject"])
    if not subject or _NOBODY.fullmatch(subject[0]) or all(len(word) < 3 for word in subject):
        return False
    if _TITLE_OF_TICKET.match(text) or not _SOMETHING_BEFORE.isdisjoint(subject):
        return False
    return has_particular(text) or bool(_DEFINES.match(text)) or worth(text) >= _WORTH_ALONE


def promises_something(text: str) -> bool:
    """Whether a date makes a sentence worth keeping that leaves its subject to what stood above it."""
    text = _SPEAKER.sub("", text)
    if _ADDRESSED.match(text) or _OF_TODAY.search(text) or text[-1] == "?" or worth(text) < _WORTH_ALONE:
        return False
    return bool(_PROMISES.match(text)) and has_date(text)


def fact_topic(text: str) -> UUID:
    """What a fact is about: its words without the values that may change."""
    bare = _MONEY_OR_TIME.sub("#", text).casefold()
    return topic_of(MemoryKind.SEMANTIC, "fact/" + " ".join(re.findall(r"[^\W_]+|#", bare)))


def _shown(day: Day, place: Place | None, passage: Passage) -> Memory:
    ids = day.home_frames(passage)
    where = place.title if place else (day.activity_of[ids[0]].title)
    activities = dict.fromkeys(day.activity_of[one].id for one in ids)
    rests = (*shown_on(ids), *(Source(SourceKind.ACTIVITY, one) for one in activities))
    address = (place.uri or place.path) if place else None
    told = {} if states_something(passage.text) else {"details": _above(day.frames[ids[0]], passage.text)}
    return stated(
        day,
        passage.text,
        f"{where} ({address})" if address and address != where else where,
        rests,
        valid_from=day.first(ids),
        deployment_id=day.machine(ids),
        tree_path=day.path(ids),
        seconds=round(passage.seconds, 1),
        **told,
    )


def _above(frame: Frame, text: str) -> str:
    """The lines above a sentence: its heading and sender, or the text that it goes on from; empty where it is first."""
    first = next((piece.lines[0] for piece in pieces_of(frame.text) if piece.text == text), "")
    lines = frame.text.splitlines()
    above = lines[: lines.index(first)][-_LINES_ABOVE:] if first in lines else []
    return f"Above it stood: {' · '.join(' '.join(line.split()) for line in above)}" if above else ""


def _spoken(day: Day, activity: Activity, passage: Passage) -> Memory:
    assert passage.said is not None
    rests = (Source(SourceKind.TRANSCRIPT, passage.said.id), Source(SourceKind.ACTIVITY, activity.id))
    project = day.projects.get(activity.project_id) if activity.project_id else None
    return stated(
        day,
        passage.text,
        f"{said_by(passage.said)} in {activity.title}",
        rests,
        valid_from=passage.said.started_at,
        deployment_id=activity.deployment_id,
        tree_path=(project.name,) if project else (),
        confidence=passage.said.confidence,
    )


def stated(day: Day, text: str, source: str, rests: Sequence[Source], **told: object) -> Memory:
    """The memory of a sentence that states something.

    Args:
        source: where it stood, for a reader.
        told: more fields of the memory, `valid_from` among them; of a sentence with details these are its topic too.
    """
    found = _LABELLED.match(text) or _STATES.match(text)
    name = (found["subject"] if found else text)[:_LONGEST_NAME].strip()
    topic = fact_topic(f"{told['details']} {text}" if "details" in told else text)
    return Memory(
        id=memory_id(topic, day.date),
        topic=topic,
        summary=closed(text),
        particulars=Concept(name, "term" if _DEFINES.match(text) else "fact", source),
        sources=tuple(dict.fromkeys(rests)),
        day=day.date,
        **told,  # type: ignore[arg-type]
    )
