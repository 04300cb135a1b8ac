"""The question about an activity's title, and how long an answer stands.

    title by rules, windows, quoted lines ─► question ─► one title
    the day is cut again ─► the model's title stays where the activity as it is now still says it, and nobody edited it

The card holds the title that rules gave, never the model's own: nothing may become its own evidence.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from recall_assets.records import Activity
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt
from recall_assets.stages.language_model.checking import wrong_with
from recall_assets.stages.language_model.days import card_of
from recall_assets.stages.sentences.titles import subject_of

TITLE = Limits(longest=80, fewest_words=2)
TITLES = Form(
    "titles",
    "You give one activity of a person's day a title, from a card of what was on its screens. Write one title of two "
    "to eight words that says what was done and to what, as a person would note it; no time, no machine, no program.",
    {"title": TITLE},
    most=1,
    most_sources=1,
)
_WINDOWS = 8


def title_prompt(activity: Activity, day: Day) -> Prompt:
    """What is asked about an activity; asked again only where rules would give it another title.

    Args:
        activity: as rules describe it; of `day`.
    """
    key = (str(activity.id), activity.label, activity.title)
    return Prompt(TITLES, (title_card(activity, day),), key)


def title_card(activity: Activity, day: Day) -> Card:
    """An activity with the windows in which it went on, those with most frames first."""
    card = card_of("a1", activity, day)
    seen = Counter(name for frame in day.frames[activity.id] if (name := subject_of(frame)))
    windows = [name for name, _ in seen.most_common(_WINDOWS)]
    return replace(card, shown={**card.shown, "windows": windows}, says=(*card.says, *windows))


def is_open(activity: Activity) -> bool:
    """Whether a model may title it anew: nobody wrote, moved or imported it."""
    return not activity.locked and activity.title_source != "owner"


def with_titles(before: Sequence[Activity], now: Sequence[Activity], day: Day) -> list[Activity]:
    """The activities as rules describe them now, with the model's titles of before where those still stand."""
    titled = {one.id: one.title for one in before if one.title_source == "llm"}
    return [_with_title(one, titled, day) for one in now]


def _with_title(activity: Activity, titled: dict[UUID, str], day: Day) -> Activity:
    title = titled.get(activity.id)
    if title is None or activity.title_source == "owner" or wrong_with(title, TITLE, title_card(activity, day).says):
        return activity
    return replace(activity, title=title, title_source="llm")
