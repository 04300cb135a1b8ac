"""The owner's pause: a small file that the running agent looks at, so that it outlives a restart.

recall-agent pause 30m ─► pause.json {"until": "2026-11-23T14:30:00+01:00"} ─► run: nothing is grabbed until then
recall-agent resume    ─► removed
"""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_LENGTH = re.compile(r"(\d{1,5})\s*(m|min|h|d)?", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_length(text: str) -> timedelta:
    """A length such as 30m, 2h, 1d, or 45 for minutes.

    Raises:
        ValueError: it is none, or nothing long.
    """
    found = _LENGTH.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no length; write 30m, 2h or 1d")
    return int(found[1]) * _UNITS[(found[2] or "m").lower()]


def write_pause(path: Path, until: datetime | None) -> None:
    """Pauses until then, or until `resume`; on the disk when it returns."""
    part = path.with_suffix(".part")
    with part.open("w") as file:
        json.dump({"until": None if until is None else until.isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def paused_until(path: Path) -> datetime | None:
    """Until when capture is paused; None where it is not. A file that cannot be read counts as a pause without end."""
    try:
        until = json.loads(path.read_text())["until"]
        return _FOR_EVER if until is None else datetime.fromisoformat(until)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return _FOR_EVER
