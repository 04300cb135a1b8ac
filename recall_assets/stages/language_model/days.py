"""The question about a day: its activities as cards, of which a summary is asked for."""

from collections.abc import Sequence

from recall_assets.records import Activity, Source, SourceKind
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.day_summaries.evidence import evidence_of
from recall_assets.stages.day_summaries.wording import clock
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt

SUMMARY = Form(
    "sentences",
    "You write the summary of one person's day from cards of what they did. Write 4 to 10 plain sentences, the most "
    "important first: what was worked on, what came out, what was decided, what is due.",
    {"sentence": Limits(longest=400, fewest_words=4)},
    most=10,
)
_MOST_CARDS = 60
_LONGEST_LINE = 300


def day_prompt(day: Day) -> Prompt:
    """What is asked about a day: its activities in order of time; of very many, the longest ones."""
    return Prompt(SUMMARY, tuple(cards_of(day.activities, day, _MOST_CARDS)))


def cards_of(activities: Sequence[Activity], day: Day, most: int) -> list[Card]:
    """These activities as cards, in their order; of more than so many, the longest ones."""
    longest = sorted(activities, key=lambda one: (one.start_at - one.end_at, one.start_at))[:most]
    kept = {one.id for one in longest}
    own = [one for one in activities if one.id in kept]
    return [card_of(f"a{number}", activity, day) for number, activity in enumerate(own, start=1)]


def card_of(name: str, activity: Activity, day: Day) -> Card:
    """One activity as a model sees it."""
    project = day.project_of(activity)
    shown = {
        "id": name,
        "from": clock(day.start(activity)),
        "to": clock(day.end(activity)),
        "machine": activity.deployment_id,
        "kind": activity.label,
        "title": activity.title[:_LONGEST_LINE],
        "project": project.name if project else None,
        "lines": [sentence.text[:_LONGEST_LINE] for sentence in activity.sentences],
    }
    quoted = [source for sentence in activity.sentences for source in sentence.sources]
    rests = (Source(SourceKind.ACTIVITY, activity.id), *dict.fromkeys(quoted))
    return Card(name, shown, tuple(evidence_of(rests[:1], day)), rests)
