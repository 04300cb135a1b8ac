"""`recall deployments review`: how soon, on what power and at what hours a machine's frames are reviewed.

recall deployments review laptop --every 15m --on-mains --at-night 01:00-06:00
"""

import json
import re
from datetime import time, timedelta
from typing import Annotated

import typer

from recall_assets.cli.session import opened_database
from recall_assets.errors import InputError
from recall_assets.records import Review
from recall_assets.settings import load_settings
from recall_assets.stages.review import LONGEST_WAIT
from recall_assets.stages.silence import told
from recall_assets.store import deployments
from recall_assets.store.review import reviews, set_review

_LENGTH = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def review(
    deployment_id: Annotated[str, typer.Argument(metavar="ID", help="The machine.")],
    now: Annotated[bool, typer.Option("--now", help="As soon as frames land.")] = False,
    every: Annotated[str | None, typer.Option(metavar="LENGTH", help="So long after they landed: 15m, 2h.")] = None,
    on_demand: Annotated[bool, typer.Option("--on-demand", help="Only by `recall materialize`.")] = False,
    on_mains: Annotated[bool, typer.Option("--on-mains", help="Not while the machine runs on its battery.")] = False,
    at_night: Annotated[
        str | None, typer.Option(metavar="HH:MM-HH:MM", help="Only at these hours of the machine's clock.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Set how soon a machine's frames are reviewed; without options, say how it is set."""
    if sum((now, every is not None, on_demand)) > 1 or (on_demand and (on_mains or at_night)):
        raise InputError("These options exclude each other.", "Give one of --now, --every, --on-demand.")
    asked = now or every is not None or on_demand or on_mains or at_night is not None
    delay = timedelta() if now else None if on_demand else _length(every) if every else Review().delay
    wanted = Review(delay, on_mains, None if at_night is None else _hours(at_night))
    with opened_database(load_settings()) as engine, engine.begin() as connection:
        deployments.require(connection, deployment_id)
        if asked:
            set_review(connection, deployment_id, wanted)
        standing = reviews(connection)[deployment_id]
    if as_json:
        print(json.dumps(_as_json(standing.review)))
    else:
        print(f"{deployment_id} is reviewed {_sentence(standing.review, standing.timezone)}.")


def _length(text: str) -> timedelta:
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is no length of time.", "Write it as 15m, 2h or 1d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _hours(text: str) -> tuple[time, time]:
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise InputError(f"{text!r} are no hours.", "Write them as 01:00-06:00.") from None
    if begin == end:
        raise InputError("From and until are the same hour.", "Leave --at-night out for the whole day.")
    return begin, end


def _sentence(review: Review, timezone: str) -> str:
    if review.delay is None:
        return "on demand: recall materialize --day DAY --deployment ID"
    said = ["at once" if not review.delay else f"{told(review.delay)} after frames land"]
    if review.on_mains:
        said.append("while it is not on its battery")
    if review.night is not None:
        begin, end = review.night
        said.append(f"from {begin:%H:%M} to {end:%H:%M} ({timezone})")
    if len(said) > 1:
        said.append(f"and after {told(LONGEST_WAIT)} in any case")
    return ", ".join(said)


def _as_json(review: Review) -> dict[str, object]:
    return {
        "delay_seconds": None if review.delay is None else review.delay.total_seconds(),
        "on_mains": review.on_mains,
        "night": None if review.night is None else [f"{hour:%H:%M}" for hour in review.night],
    }
