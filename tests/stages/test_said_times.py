"""Moments as people say them begin and end where people mean it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from recall_assets.errors import InputError
from recall_assets.stages.said_times import begin_of, end_of

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 12, 34, tzinfo=ZONE)  # a Monday


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        ("yesterday", "2026-11-22T00:00+01:00", "2026-11-23T00:00+01:00"),
        ("last week", "2026-11-16T00:00+01:00", "2026-11-23T00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00+02:00", "2026-07-02T00:00+02:00"),
        ("yesterday 14:30", "2026-11-22T14:30+01:00", "2026-11-22T14:30+01:00"),
        ("friday at 9:05", "2026-11-20T09:05+01:00", "2026-11-20T09:05+01:00"),
        ("2026-11-09T14:30", "2026-11-09T14:30+01:00", "2026-11-09T14:30+01:00"),
        ("2026-11-09 14:30", "2026-11-09T14:30+01:00", "2026-11-09T14:30+01:00"),
        ("8:00", "2026-11-23T08:00+01:00", "2026-11-23T08:00+01:00"),
        ("now", "2026-11-23T12:34+01:00", "2026-11-23T12:34+01:00"),
    ],
)
def test_a_span_begins_and_ends(words: str, begin: str, end: str) -> None:
    assert (begin_of(words, NOW), end_of(words, NOW)) == (datetime.fromisoformat(begin), datetime.fromisoformat(end))


@pytest.mark.parametrize("words", ["", "soon", "25:00", "yesterday 9:75", "the offer 9:00", "2026-02-30"])
def test_what_names_no_time_is_refused(words: str) -> None:
    with pytest.raises(InputError, match="is no time"):
        begin_of(words, NOW)
