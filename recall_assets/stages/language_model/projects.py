"""The question about a project: its longest activities as cards, of which name and sentences are asked for.

    name      stands while the titles and terms of the project's activities have its words; the owner's stays for ever
    sentence  stands while the activities that it rests on say it

Asked once for each new day on which the project was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from recall_assets.records import Activity, Project, Sentence, Source, SourceKind
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt
from recall_assets.stages.language_model.checking import Checked, wrong_with
from recall_assets.stages.projects.naming import name_of

NAME = Limits(longest=40, fewest_words=1)
SENTENCE = Limits(longest=300, fewest_words=4)
PROJECT = Form(
    "told",
    "You describe one project of a person from cards of what they did for it. Give one item of kind name: what a "
    "person would call it, one to four words that stand on the cards. Then give 2 to 4 items of kind sentence: what "
    "it is about, how far it is, what is due.",
    {"name": NAME, "sentence": SENTENCE},
    most=6,
)
_MOST_CARDS = 12
_LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class Told:
    """What a project is called and what is said of it, by whom: `auto` where by rules."""

    name: str
    name_source: str
    sentences: tuple[Sentence, ...]


def name_by_rules(project: Project) -> str:
    """What rules call it: a name of theirs stays for ever, in the place of a model's comes one of its terms."""
    return name_of(project.terms) if project.name_source == "llm" else project.name


def project_prompt(project: Project, own: Sequence[Activity]) -> Prompt:
    """What is asked about a project with these activities."""
    longest = sorted(own, key=lambda one: (-one.active_seconds, one.start_at, one.id))[:_MOST_CARDS]
    ordered = sorted(longest, key=lambda one: (one.start_at, one.id))
    days = sorted({one.day.isoformat() for one in own})
    key = (str(project.id), *days)
    return Prompt(PROJECT, tuple(_card(f"a{n}", one) for n, one in enumerate(ordered, start=1)), key)


def told_by(found: Checked, project: Project, own: Sequence[Activity]) -> Told:
    """What an answer makes of a project; its name only where the whole project says it."""
    names = [one.text for one in found.said if one.kind == "name" and is_name(one.text, project, own)]
    sentences = tuple(one.sentence() for one in found.said if one.kind == "sentence")
    if names and project.name_source != "owner":
        return Told(names[0], "llm", sentences)
    return Told(project.name, project.name_source, sentences)


def still_told(project: Project, sentences: Sequence[Sentence], own: Sequence[Activity]) -> Told:
    """What a model said before, as far as it stands before the activities as they are now."""
    by_id = {one.id: one for one in own}
    kept = [one for one in sentences if one.kind == "inference" and _stands(one, by_id)]
    if project.name_source == "llm" and not is_name(project.name, project, own):
        return Told(name_by_rules(project), "auto", tuple(kept))
    return Told(project.name, project.name_source, tuple(kept))


def is_name(name: str, project: Project, own: Sequence[Activity]) -> bool:
    """Whether a project may be called so."""
    terms = [term.partition(":")[2] for term in project.terms]
    return wrong_with(name, NAME, [*(one.title for one in own), *terms]) is None


def _stands(sentence: Sentence, own: Mapping[UUID, Activity]) -> bool:
    rests = [own[source.id] for source in sentence.sources if source.id in own]
    cited = {source.id for source in sentence.sources if source.kind is SourceKind.ACTIVITY}
    gone = len(cited) > len(rests)
    return bool(rests) and not gone and wrong_with(sentence.text, SENTENCE, [_says(one) for one in rests]) is None


def _card(name: str, activity: Activity) -> Card:
    shown = {
        "id": name,
        "day": activity.day.isoformat(),
        "kind": activity.label,
        "title": activity.title[:_LONGEST_LINE],
        "lines": [one.text[:_LONGEST_LINE] for one in activity.sentences],
    }
    quoted = [source for one in activity.sentences for source in one.sources]
    rests = (Source(SourceKind.ACTIVITY, activity.id), *dict.fromkeys(quoted))
    return Card(name, shown, (_says(activity),), rests)


def _says(activity: Activity) -> str:
    return "\n".join((activity.title, activity.summary, activity.label, activity.day.isoformat()))
