"""An export written for other programs than one that reads JSON.

    Markdown   ## day, ### machine, its summary, its activities with their times          a person, a notebook
    CSV        one activity a line                                                        a spreadsheet
    ICS        one activity an event, its id as UID                                       a calendar

All three tell of activities and summaries; frames and their texts are in the JSON alone. Pure: what goes in is
`store.export`'s object.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Exported = Mapping[str, Sequence[Mapping[str, Any]]]

_COLUMNS = ("day", "start", "end", "minutes", "deployment", "project", "title", "summary")
# What begins a formula in a spreadsheet: a title may not become one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OCTETS = 74  # of 75 in a line of a calendar, the first of which is a blank where it goes on


def as_markdown(exported: Exported) -> str:
    """A section for each day, oldest first: the summary over all machines, then each machine's."""
    projects = _projects(exported)
    summaries = {(one["day"], one["deployment_id"]): one for one in exported["day_summaries"]}
    by_day: defaultdict[str, defaultdict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for activity in exported["activities"]:
        by_day[activity["start_at"][:10]][activity["deployment_id"]].append(activity)
    lines: list[str] = []
    for day in sorted({*by_day, *(day for day, _ in summaries)}):
        lines += [f"# {day}", "", *_told(summaries.get((day, None)))]
        for deployment, activities in sorted(by_day[day].items()):
            lines += [f"## {deployment}", "", *_told(summaries.get((day, deployment)))]
            for one in activities:
                project = f" · {_inline(projects[one['project_id']])}" if one["project_id"] in projects else ""
                lines.append(f"- **{one['start_at'][11:16]}–{one['end_at'][11:16]}** {_inline(one['title'])}{project}")
                if one["summary"]:
                    lines.append(f"  {_inline(one['summary'])}")
            lines.append("")
    return "\n".join(lines)


def as_csv(exported: Exported) -> str:
    """A line of titles, then one for each activity by its start."""
    projects = _projects(exported)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for one in exported["activities"]:
        start, end = (datetime.fromisoformat(one[name]) for name in ("start_at", "end_at"))
        minutes = round((end - start).total_seconds() / 60, 1)
        texts = (one["deployment_id"], projects.get(one["project_id"], ""), one["title"], one["summary"])
        table.writerow([start.date(), one["start_at"], one["end_at"], minutes, *map(_cell, texts)])
    return out.getvalue()


def as_calendar(exported: Exported) -> str:
    """A calendar (RFC 5545) with an event for each activity; imported again, an event replaces itself."""
    projects = _projects(exported)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Recall//activities//EN", "CALSCALE:GREGORIAN"]
    for one in exported["activities"]:
        start, end = _utc(one["start_at"]), _utc(one["end_at"])
        lines += ["BEGIN:VEVENT", f"UID:{one['id']}@recall", f"DTSTAMP:{end}", f"DTSTART:{start}", f"DTEND:{end}"]
        lines.append(f"SUMMARY:{_escaped(one['title'])}")
        if one["summary"]:
            lines.append(f"DESCRIPTION:{_escaped(one['summary'])}")
        lines.append(f"LOCATION:{_escaped(one['deployment_id'])}")
        if one["project_id"] in projects:
            lines.append(f"CATEGORIES:{_escaped(projects[one['project_id']])}")
        lines.append("END:VEVENT")
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _projects(exported: Exported) -> dict[str, str]:
    return {project["id"]: project["name"] for project in exported["projects"]}


def _told(summary: Mapping[str, Any] | None) -> list[str]:
    return [] if summary is None else [" ".join(_inline(one["text"]) for one in summary["sentences"]), ""]


def _inline(text: str) -> str:
    """The text in one line that Markdown takes for text."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in " ".join(text.split()))


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _utc(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, escape in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, escape)
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of them cut inside a letter."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _OCTETS:
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]).decode()
