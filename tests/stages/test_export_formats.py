"""Markdown, CSV and calendars of an export: titles of screens stay text, whatever they hold."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.stages.export_formats import Exported, as_calendar, as_csv, as_markdown

ACTIVITY = {
    "id": "a-1",
    "deployment_id": "laptop",
    "project_id": "p-1",
    "start_at": "2026-03-02T10:00:00+01:00",
    "end_at": "2026-03-02T10:20:00+01:00",
    "title": "Fix *rounding*; twice, <b>now</b>",
    "summary": "def vat(total)\nreturn total.",
    "vision": None,
}
SENTENCE = {"id": "s-1", "text": "A rounding bug took 20 minutes.", "kind": "fact", "sources": []}


def exported(title: str = ACTIVITY["title"] or "") -> Exported:
    """One activity and the summary of its day."""
    return {
        "activities": [ACTIVITY | {"title": title}],
        "projects": [{"id": "p-1", "name": "Ledger"}],
        "day_summaries": [{"deployment_id": None, "day": "2026-03-02", "sentences": [SENTENCE]}],
    }


def test_markdown_has_a_section_a_day_with_summary_and_activities() -> None:
    assert as_markdown(exported()).splitlines() == [
        "# 2026-03-02",
        "",
        "A rounding bug took 20 minutes.",
        "",
        "## laptop",
        "",
        r"- **10:00–10:20** Fix \*rounding\*; twice, \<b\>now\</b\> · Ledger",
        "  def vat(total) return total.",
    ]


def test_a_calendar_has_an_event_in_utc_with_escaped_text() -> None:
    lines = as_calendar(exported()).split("\r\n")
    assert lines[4:9] == [
        "BEGIN:VEVENT",
        "UID:a-1@recall",
        "DTSTAMP:20260302T092000Z",
        "DTSTART:20260302T090000Z",
        "DTEND:20260302T092000Z",
    ]
    assert r"SUMMARY:Fix *rounding*\; twice\, <b>now</b>" in lines
    assert r"DESCRIPTION:def vat(total)\nreturn total." in lines


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_a_title_stays_whole_in_a_calendar_and_is_no_formula_in_a_spreadsheet(title: str) -> None:
    calendar = as_calendar(exported(title))
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    (summary,) = (line for line in calendar.replace("\r\n ", "").split("\r\n") if line.startswith("SUMMARY:"))
    if len(title.splitlines()) == 1:
        assert summary.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\") == f"SUMMARY:{title}"
    (row,) = list(csv.DictReader(io.StringIO(as_csv(exported(title)))))
    assert row["title"].lstrip("'") == title.lstrip("'")
    assert not row["title"].startswith(("=", "+", "-", "@"))
    assert (row["minutes"], row["project"]) == ("20.0", "Ledger")
