"""Templates to answers: how a page is filled, and which words times and lengths take.

    pages/templates/*.html ─► autoescape, always ─► `gate` adds the headers: nothing inline, nothing from elsewhere
    pages/static/*         ─► /static/<digest>/name, cached for good

Titles and screen text are hostile: no template marks anything as safe.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from recall_assets.store.timeline.rows import ProjectTag

PAGES = Path(__file__).parents[1] / "pages"
STATIC = PAGES / "static"
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
COLOURS = 12
_THEMES = {"light", "dark"}


def page(request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> Response:
    """A whole page, filled with these values; above it, what `views.alerts` noticed."""
    theme = request.cookies.get("recall_theme", "")
    alerts = getattr(request.state, "alerts", ())
    text = _environment.get_template(template).render(values, theme=theme if theme in _THEMES else "", alerts=alerts)
    return Response(text, status, media_type="text/html")


def lasting(duration: timedelta) -> str:
    """`6 h 12 min`, `45 min`, `20 s`."""
    seconds = round(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")))


def seconds_lasting(seconds: float) -> str:
    """The same of a number of seconds."""
    return lasting(timedelta(seconds=seconds))


def clock(moment: datetime) -> str:
    """`08:12`, in the moment's own zone."""
    return f"{moment:%H:%M}"


def seconds_clock(moment: datetime) -> str:
    """`08:12:40`, in the moment's own zone."""
    return f"{moment:%H:%M:%S}"


def long_date(day: date) -> str:
    """`Monday, 9 November 2026`."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def short_date(day: date) -> str:
    """`Mon 9 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def moment(at: datetime) -> str:
    """`Mon 9 Nov 2026, 08:12 UTC`: for what no machine's clock showed."""
    return f"{short_date(at.date())} {at.year}, {at:%H:%M} {zone_name(at)}"


def zone_name(moment: datetime) -> str:
    """`UTC+1`, `UTC−3:30`: what its clock was ahead of UTC."""
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def colour(tag: ProjectTag | None) -> str:
    """The class that colours what belongs to a project."""
    return "c0" if tag is None else f"c{tag.rank % COLOURS + 1}"


def counted(number: int, word: str) -> str:
    """`1 frame`, `12,345 frames`, `3 activities`."""
    plural = f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}s"
    return f"{number:,} {word if number == 1 else plural}"


def quotes(text: str) -> list[tuple[str, bool]]:
    """The parts of a sentence, and of each whether it is a quotation: `[("Read ", False), ("“Attach”", True)]`."""
    parts = re.split("(“[^”]*”)", text)
    return [(part, part.startswith("“") and part.endswith("”")) for part in parts if part]


def label(word: str) -> str:
    """`code review` of `code-review`; nothing for what has no kind of its own."""
    return "" if word in {"", "other"} else word.replace("-", " ").replace("_", " ")


def compile_templates() -> None:
    """Compiles every template, which else each page's first visitor waits for."""
    for name in _environment.list_templates():
        _environment.get_template(name)


def _addresses() -> dict[str, str]:
    """Each static file's address, which changes with its content."""
    found = {}
    for path in sorted(STATIC.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        found[path.name] = f"/static/{digest}/{path.name}"
    return found


def _new_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    lengths = lasting, seconds_lasting
    times = clock, seconds_clock, long_date, short_date, moment, zone_name
    told = *lengths, *times, colour, counted, quotes, label
    environment.filters |= {function.__name__: function for function in told}
    environment.globals["static"] = _addresses()
    return environment


_environment = _new_environment()
