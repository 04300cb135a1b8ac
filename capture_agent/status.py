"""What the running agent writes of itself every few seconds, and what `recall-agent status` makes of it.

    run ─► status.json (whole or not at all) ─► status: is that process alive? did it look in time? does it upload?
                                                 yes ─► what it does        no ─► what is wrong, the remedy, exit code 1

It never says "recording" of a process that is gone, hangs, or has not seen a screen lately. A file needs no port, so
other users and pages of the browser cannot ask it; a monitor runs `recall-agent status --json` and takes the exit code.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import psutil
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from capture_agent.condition import LOOKING
from capture_agent.messages import CaptureState

_HANGS_AFTER = timedelta(seconds=30)
_UPLOAD_LATE = timedelta(minutes=15)


class Status(BaseModel):
    """How the agent stands; no text of the screen."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    started: float  # of the process, so that another one under its number is not taken for it
    version: str
    deployment: str
    server: str
    state: CaptureState
    since: AwareDatetime
    why: str
    at: AwareDatetime
    next_look_by: AwareDatetime | None = None
    last_kept_at: AwareDatetime | None = None
    last_seen_at: AwareDatetime | None = None
    last_uploaded_at: AwareDatetime | None = None
    last_answer_at: AwareDatetime | None = None
    kept: int = 0
    lost: int = 0
    thinned: int = 0
    refused: int = 0
    refusal: str | None = None
    spooled_items: int = 0
    spooled_bytes: int = 0
    spool_budget: int = 0
    oldest_spooled_at: AwareDatetime | None = None
    monitors: int = 0
    hidden: int = 0
    on_battery: bool | None = None
    holding_uploads: bool = False
    problem: str | None = None
    upload_problem: str | None = None


class Verdict(BaseModel):
    """What a person is told: how it is, and what to do where it is not well."""

    well: bool
    state: Literal["recording", "resting", "failing", "not running"]
    says: str
    problems: tuple[str, ...] = ()


def write_status(path: Path, status: Status) -> None:
    """Replaces the file."""
    part = path.with_suffix(".part")
    part.write_text(status.model_dump_json())
    part.replace(path)


def read_status(path: Path) -> Status | None:
    """What the last agent wrote; None where none did."""
    try:
        return Status.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def own_start() -> float:
    """When this process started, as others see it."""
    return psutil.Process(os.getpid()).create_time()


def judge_status(status: Status | None, now: datetime, *, alive: bool) -> Verdict:
    """What to tell of a status at a time; `alive` is whether its process still runs."""
    if status is None or (status.state is CaptureState.STOPPED and not alive):
        since = "" if status is None else f" since {_clock(status.at, now)}"
        return Verdict(
            well=False,
            state="not running",
            says=f"The agent does not run{since}: nothing is recorded.",
            problems=(
                "Start it with `recall-agent run`, or for good with `recall-agent install`.",
                "On the machine where Recall itself runs, `recall up` starts it.",
            ),
        )
    if not alive:
        return Verdict(
            well=False,
            state="not running",
            says=f"The agent ended without a word at {_clock(status.at, now)}: nothing is recorded.",
            problems=("Start it again; `recall-agent install` lets the system restart it by itself.",),
        )
    due = status.next_look_by or status.at
    if now - due > _HANGS_AFTER:
        return Verdict(
            well=False,
            state="failing",
            says=f"The agent has not looked at the screens since {_clock(status.at, now)}: it hangs.",
            problems=(f"End it and start it again:  kill {status.pid}",),
        )
    problems = tuple(_problems(status, now))
    if status.state is CaptureState.FAILED:
        return Verdict(well=False, state="failing", says="Nothing is recorded.", problems=problems)
    if status.why != LOOKING:
        says = f"Nothing is recorded: {status.why}."
        return Verdict(well=not problems, state="resting", says=says, problems=problems)
    if status.last_seen_at is None or status.at - status.last_seen_at > _HANGS_AFTER:
        says = f"Nothing has been recorded since {_clock(status.last_seen_at or status.since, now)}."
        unkept = "The screens are looked at, but no frame can be kept: recall-agent doctor"
        return Verdict(well=False, state="failing", says=says, problems=(*problems, unkept))
    says = f"Recording {_count(status.monitors, 'monitor')}; the newest frame is of {_clock(status.last_kept_at, now)}."
    return Verdict(well=not problems, state="recording", says=says, problems=problems)


def is_alive(status: Status | None) -> bool:
    """Whether the process that wrote a status still runs."""
    try:
        return status is not None and abs(psutil.Process(status.pid).create_time() - status.started) < 1
    except psutil.Error:
        return False


def describe(status: Status, verdict: Verdict, now: datetime) -> str:
    """The lines that a person reads."""
    lines = [verdict.says, *(f"! {problem}" for problem in verdict.problems)]
    waiting = f"{_count(status.spooled_items, 'item')} ({_megabytes(status.spooled_bytes)} of "
    waiting += f"{_megabytes(status.spool_budget)})"
    if status.oldest_spooled_at is not None:
        waiting += f", the oldest of {_clock(status.oldest_spooled_at, now)}"
    facts = {
        "deployment": f"{status.deployment}, at {status.server}",
        "state": f"{status.state.value} since {_clock(status.since, now)}: {status.why}",
        "last frame": "none since the start"
        if status.last_kept_at is None
        else f"{_clock(status.last_kept_at, now)}, its screen seen until {_clock(status.last_seen_at, now)}",
        "last upload": _clock(status.last_uploaded_at, now) + (", held: metered network" * status.holding_uploads),
        "waiting": waiting,
        "since start": f"{_count(status.kept, 'frame')} kept, {status.lost} lost to a full disk",
        "given up": f"{status.thinned} by a full spool; {status.refused} refused by the server wait",
        "excluded": f"{_count(status.hidden, 'visible part')} of windows painted out now",
    }
    return "\n".join([*lines, *(f"  {name:<12} {fact}" for name, fact in facts.items())])


def to_json(status: Status | None, verdict: Verdict) -> str:
    """The same for programs."""
    known = {} if status is None else json.loads(status.model_dump_json())
    return json.dumps({"verdict": json.loads(verdict.model_dump_json()), **known}, indent=2)


def _problems(status: Status, now: datetime) -> list[str]:
    problems = [text for text in (status.problem, status.upload_problem) if text]
    if status.refused:
        problems.append(f"The server refused {_count(status.refused, 'item')}, which wait here ({status.refusal}).")
    oldest = status.oldest_spooled_at
    late = oldest is not None and now - oldest > _UPLOAD_LATE
    if late and not status.holding_uploads and not status.upload_problem and not status.refused:
        problems.append(
            f"Nothing has reached the server since {_clock(status.last_uploaded_at, now)}: recall-agent doctor"
        )
    return problems


def _clock(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    local, today = at.astimezone(now.tzinfo), now.date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def local_now() -> datetime:
    """Now, aware, as this machine's clock shows it."""
    return datetime.now().astimezone()
