"""What is left of each frame after the faults, counted from outside: rows, files, the graph, and bytes in clear.

journal = rows, each once ── each read, its image as its row says ── no file that no row knows
every partition made, every check green, no run without an end, no place in a pool kept ── no canary anywhere
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from recall_assets.records import Status
from recall_assets.settings import Home
from recall_assets.store import tables
from recall_assets.store.landing import sweep
from tests.faults.agent import Agent


@dataclass
class Outcome:
    """What was done and what is left; every figure of `wrong` has to be zero."""

    faults: Counter[str] = field(default_factory=Counter)
    told: dict[str, int | str] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether everything holds."""
        return not any(self.wrong.values())

    def table(self) -> str:
        """One figure a line."""
        faults = {f"fault: {kind}": count for kind, count in sorted(self.faults.items())}
        lines = [f"{name:<62} {figure:>8}" for name, figure in (faults | self.told | self.wrong).items()]
        return "\n".join([*lines, *self.details, "HOLDS" if self.well else "BROKEN"])


def count_frames(outcome: Outcome, agent: Agent, engine: Engine, home: Home) -> None:
    """Every frame once, read, with its files; no other."""
    with engine.begin() as connection:
        outcome.told["files that the sweep of a start removes"] = sweep(connection, home)
        c, text = tables.frames.c, tables.ocr_text.c.frame_id
        wanted = (c.id, c.day, c.ocr_status, c.landing_ref, c.image_ref, c.image_sha256, text.label("text"))
        rows = connection.execute(select(*wanted).outerjoin(tables.ocr_text, text == c.id)).all()
    kept, ids = agent.kept(), [row.id.hex for row in rows]
    # A kill may come between the spool's acknowledgement and the line of the journal: one frame a kill at most.
    extra = set(ids) - kept
    untold = min(len(extra), outcome.faults["kill agent"])
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    come = [row for row in rows if row.day <= tomorrow]
    outcome.told |= {
        "frames kept by the agent": len(kept),
        "frames in the database": len(rows),
        "  of them kept at a kill, before the journal was told": untold,
        "  of days to come (the clock was ahead), which wait for them": len(rows) - len(come),
        "  read": sum(row.ocr_status == Status.DONE for row in rows),
    }
    outcome.wrong |= {
        "no frame at all": int(not rows or not kept),
        "kept, and missing in the database": len(kept - set(ids)),
        "in the database, and never kept": len(extra) - untold,
        "in the database twice": len(ids) - len(set(ids)),
        "left in the spool, or given up by it": agent.waiting() + agent.thinned(),
        "not read, though their day is here": sum(row.ocr_status != Status.DONE or row.text is None for row in come),
    }
    unread = Counter((row.day.isoformat(), row.ocr_status) for row in come if row.ocr_status != Status.DONE)
    outcome.details += [f"not read: {count} of {day} with status {status}" for (day, status), count in unread.items()]
    _count_files(outcome, rows, home)


def _count_files(outcome: Outcome, rows: Any, home: Home) -> None:
    landed = {path.relative_to(home.landing).as_posix() for path in home.landing.rglob("*") if path.is_file()}
    refs = {row.landing_ref for row in rows if row.landing_ref}
    images = {path.relative_to(home.frames).as_posix() for path in home.frames.rglob("*") if path.is_file()}
    stored = {row.image_ref: row.image_sha256 for row in rows if row.image_ref}
    spoilt = sum(
        ref not in images or hashlib.sha256((home.frames / ref).read_bytes()).digest() != bytes(digest)
        for ref, digest in stored.items()
    )
    outcome.wrong |= {
        "rows without their envelope, envelopes without a row": len(refs ^ landed),
        "images that are missing, or not as their row says": spoilt,
        "read, and without an image": sum(row.ocr_status == Status.DONE and not row.image_ref for row in rows),
        "images that no row knows": len(images - stored.keys()),
    }


def count_graph(outcome: Outcome, looked: dict[str, Any]) -> None:
    """Every partition made, every check green, every run ended."""
    outcome.told["runs"] = ", ".join(f"{count} {status}" for status, count in sorted(looked.pop("runs").items()))
    outcome.wrong |= {name: len(found) for name, found in looked.items()}
    outcome.details += [f"{name}: {one}" for name, found in looked.items() for one in found]
