"""How lengths, times and lists are written in a summary.

timedelta(hours=1, minutes=50) ─► 1 h 50 min        ["a", "b", "c"] ─► a, b and c
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from recall_assets.records import Activity
from recall_assets.stages.day_summaries.facts import minutes
from recall_assets.stages.sentences.words import words_of

_LONGEST_QUOTE_WORDS = 26


def length_in_words(length: timedelta) -> str:
    """`2 h`, `1 h 50 min`, `4 min`."""
    hours, rest = divmod(minutes(length), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def clock(moment: datetime) -> str:
    """`07:44`."""
    return f"{moment:%H:%M}"


def listed(items: Sequence[str]) -> str:
    """The items as a person lists them."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def quoted(text: str) -> str:
    """The screen's words in quotation marks, cut at a word when they run long."""
    words = text.translate(str.maketrans('“”„"', "''''")).rstrip(" .,;:").split()
    cut = " ".join(words[:_LONGEST_QUOTE_WORDS]) + ("…" if len(words) > _LONGEST_QUOTE_WORDS else "")
    return f"“{cut}”"


def label_in_words(activity: Activity) -> str:
    """`code review`; `work` for what has no kind of its own."""
    return "work" if activity.label in {"", "other"} else activity.label.replace("-", " ").replace("_", " ")


def titles_of(activities: Sequence[Activity]) -> str:
    """The title of the longest one, and what the next one that names something else adds to it."""
    longest_first = sorted(activities, key=lambda activity: (activity.start_at - activity.end_at, activity.start_at))
    first, *others = [activity.title for activity in longest_first]
    for title in others:
        if added := [part for part in title.split(", ") if not words_of(part) <= words_of(first)]:
            return ", ".join((first, *added))
    return first
