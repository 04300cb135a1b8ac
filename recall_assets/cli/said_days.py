"""Days as people type them for a command: yesterday, thursday, last week, 2026-11-09.

words ─► stages.search.days ─► DaySpan ─► first and last day        today is this machine's
"""

from datetime import date, datetime

from recall_assets.errors import InputError
from recall_assets.stages.search.days import DaySpan, span_of

EXAMPLES = "e.g. yesterday, thursday, 9 nov, 2026-11-09"


def today() -> date:
    """The day that this machine's clock shows."""
    return datetime.now().astimezone().date()


def days_said(words: str) -> tuple[date, date]:
    """The first and the last day that the words name.

    Raises:
        InputError: they name none.
    """
    said = span_of(words, today()) or DaySpan()
    if said.first is None or said.last is None:
        raise InputError(f"{words!r} names no day.", f"Say it otherwise, {EXAMPLES}.")
    return said.first, said.last


def range_said(first: str, last: str) -> tuple[date, date]:
    """The first day that `first` names, and the last that `last` does.

    Raises:
        InputError: one of them names none, or they lie the other way round.
    """
    days = days_said(first)[0], days_said(last)[1]
    if days[1] < days[0]:
        raise InputError("The last day lies before the first.", "Give --from and --to in that order.")
    return days
