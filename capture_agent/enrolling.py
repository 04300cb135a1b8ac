"""`recall-agent enrol LINK`: asks the person what this machine shall be called, and enrols it.

    the link's id, --id ─► or asked on the terminal, with a suggestion ─► enrolment.enrol ─► taken? asked again
    --timezone          ─► or what this machine's clock shows

A deployment's id stands in every partition and never changes, so a person chooses it; it is never the hostname.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from capture_agent.credentials import Credentials, CredentialsError, read_credentials
from capture_agent.enrolment import EnrolmentError, TakenError, enrol, parse_link
from capture_agent.local_zone import local_zone

_BATTERIES = Path("/sys/class/power_supply")


def enrol_machine(
    link: str,
    path: Path,
    *,
    deployment: str | None = None,
    timezone: str | None = None,
    name: str | None = None,
    ask: Callable[[str], str] | None = None,
) -> Credentials:
    """Enrols this machine by the link and keeps the credentials at `path`.

    Args:
        deployment: the id; None: the link's, or what the person answers.
        ask: shows a question and returns the answer; None: the terminal, if there is one.

    Raises:
        EnrolmentError: the machine is enrolled with that server already, or cannot be; nothing was written.
    """
    parsed = parse_link(link)
    deployment = deployment or parsed.deployment
    if parsed.deployment is None:
        _check_is_new(path)
    zone = timezone or local_zone()
    if zone is None:
        raise EnrolmentError("This machine does not tell its zone. Add e.g. --timezone Europe/Berlin")
    if ask is None and sys.stdin.isatty():
        ask = input
    while True:
        wanted = deployment or _asked_id(ask)
        try:
            return enrol(parsed, path, deployment=wanted, timezone=zone, name=name)
        except TakenError as error:
            if deployment is not None or ask is None:
                raise
            print(error, file=sys.stderr)  # noqa: T201


def _check_is_new(path: Path) -> None:
    try:
        known = read_credentials(path)
    except CredentialsError:
        return
    raise EnrolmentError(
        f"This machine is enrolled as {known.deployment} at {known.url}. For a new token of the same deployment: "
        f"recall deployments invite --id {known.deployment}. To begin anew, remove {path} first."
    )


def _asked_id(ask: Callable[[str], str] | None) -> str:
    if ask is None:
        raise EnrolmentError("Say what this machine shall be called, e.g. --id laptop")
    suggested = "laptop" if any(_BATTERIES.glob("BAT*")) else "desktop"
    question = f"What shall this machine be called, for good? (lower-case letters, digits, hyphens) [{suggested}] "
    return ask(question).strip() or suggested
