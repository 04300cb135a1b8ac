"""The question about an activity's lines: what of them is worth knowing on a later day, as facts.

    passages first seen in the activity ─► cards, one a line ─► question ─► facts ─► memories, beside those of the rules

A fact has the form that the rules ask of one: it can be understood alone, and states something in particular. Its topic
is the rules' too, so that a new date supersedes an old one whoever wrote it down; where both did, the rules' row stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recall_assets.records import Activity, Memory, Source, SourceKind
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt
from recall_assets.stages.language_model.checking import Checked, Said, wrong_with
from recall_assets.stages.memories.day import Day, shown_on
from recall_assets.stages.memories.facts import stated, states_something
from recall_assets.stages.sentences.choosing import choose
from recall_assets.stages.sentences.passages import Passage

FACT = Limits(longest=300, fewest_words=4)
FACTS = Form(
    "facts",
    "You keep what is worth knowing on a later day, from lines that were on a person's screen. Write facts about "
    "people, dates, amounts, decisions and how things are done; each is one plain sentence that names its subject and "
    "can be understood alone. Leave out what only holds at that moment. No facts are better than doubtful ones.",
    {"fact": FACT},
    most=8,
    most_sources=3,
)
_MOST_LINES = 14
_WORDS = 300


def fact_prompts(day: Day) -> Iterator[tuple[Activity, Prompt]]:
    """What is asked about each activity that had lines of its own, in order of time."""
    for activity in day.activities:
        own = [one for one in day.passages if day.activity_of[one.frame_ids[0]].id == activity.id]
        if cards := [_card(f"a{n}", one, day) for n, one in enumerate(_telling(own), start=1)]:
            yield activity, Prompt(FACTS, tuple(cards))


def facts_said(found: Checked, day: Day) -> Iterator[Memory]:
    """The memories that an answer makes; what is no fact by the rules' measure is counted as dropped."""
    for one in found.said:
        if states_something(one.text):
            yield _memory(one, day)
        else:
            found.dropped["states_nothing"] += 1


def still_facts(kept: Iterable[Memory], prompt: Prompt) -> Iterator[Memory]:
    """Of what a model said before those that these cards still say."""
    for one in kept:
        rests = {source.id for source in one.sources if source.kind is SourceKind.FRAME}
        says = [text for card in prompt.cards if rests & {source.id for source in card.rests} for text in card.says]
        if says and wrong_with(one.summary, FACT, says) is None:
            yield one


def _telling(passages: Sequence[Passage]) -> list[Passage]:
    shown = [one for one in passages if one.frame_ids]
    return sorted(choose(shown, _MOST_LINES, longest_words=_WORDS), key=lambda one: passages.index(one))


def _card(name: str, passage: Passage, day: Day) -> Card:
    home = day.home(passage)
    ids = day.home_frames(passage)
    activities = dict.fromkeys(day.activity_of[one].id for one in ids)
    rests = (*shown_on(ids), *(Source(SourceKind.ACTIVITY, one) for one in activities))
    where = home.title if home else day.activity_of[ids[0]].title
    return Card(name, {"id": name, "in": where, "line": passage.text}, (passage.text, where), rests)


def _memory(one: Said, day: Day) -> Memory:
    rests = tuple(dict.fromkeys(source for card in one.cards for source in card.rests))
    frames = [source.id for source in rests if source.kind is SourceKind.FRAME]
    told = stated(
        day,
        one.text,
        str(one.cards[0].shown["in"]),
        rests,
        valid_from=day.first(frames),
        deployment_id=day.machine(frames),
        tree_path=day.path(frames),
        confidence=0.8,
    )
    return replace(told, summary_kind="llm")
