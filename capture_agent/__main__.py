"""`recall-agent`: captures this machine's screens for a Recall server.

enrol LINK ─► config ─► doctor ─► install (or run) ─► status, pause, resume
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from capture_agent.config import TEMPLATE, ConfigError, read_config
from capture_agent.credentials import CredentialsError, read_credentials
from capture_agent.desktop import Screens
from capture_agent.doctor import examine
from capture_agent.enrolling import enrol_machine
from capture_agent.enrolment import EnrolmentError
from capture_agent.install import InstallError, install, plan, uninstall
from capture_agent.pause import parse_length, write_pause
from capture_agent.places import HOME_VARIABLE, Places, agent_places, meant_places
from capture_agent.running import Running, RunningError, only_agent
from capture_agent.screens import open_screens
from capture_agent.seal import SealError
from capture_agent.spool import SpoolError
from capture_agent.status import describe, is_alive, judge_status, local_now, read_status, to_json
from capture_agent.stopping import stop_on_signals

_FAILURES = (ConfigError, CredentialsError, EnrolmentError, InstallError, RunningError, SealError, SpoolError, OSError)

_ABOUT = """\
Captures this machine's screens for a Recall server: frames are kept when something changed, sealed so that only the
server reads them, and wait on this disk while it is away."""

_NEXT = f"""\
To begin:
  recall-agent enrol 'LINK'   the link that `recall deployments invite` prints on the server
  recall-agent doctor         whether frames of this machine reach the server, and what is in the way
  recall-agent install        from now on, whenever you log in
  recall-agent status         what it does just now

Where `recall up` captures this machine, status, pause, resume, doctor and config are about that agent.
Files lie in the platform's folders (`recall-agent config` names them), or all below ${HOME_VARIABLE}."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    arguments = build().parse_args(words)
    command: Callable[[Places, argparse.Namespace], int] = arguments.command
    try:
        return command(agent_places() if command in _OWN else meant_places(), arguments)
    except _FAILURES as error:
        _tell(str(error), sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def build() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        "recall-agent", description=_ABOUT, epilog=_NEXT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=version("recall"))
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[Places, argparse.Namespace], int], help_: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_, description=command.__doc__)
        made.set_defaults(command=command)
        return made

    enrolling = add("enrol", _enrol, "make this machine known to a server")
    enrolling.add_argument("link", help="what `recall deployments invite` printed, between quotes; -: from stdin")
    enrolling.add_argument("--id", help="what this machine is called for good: lower-case letters, digits, hyphens")
    enrolling.add_argument("--timezone", help="IANA zone that its clock shows; default: what the system says")
    enrolling.add_argument("--name", help="a name for people; default: the id")
    add("run", _run, "capture until Ctrl-C")
    add("status", _status, "what the agent does; exit code 1 if not all is well").add_argument(
        "--json", action="store_true", help="print JSON"
    )
    pausing = add("pause", _pause, "capture nothing for a while, or until `resume`")
    pausing.add_argument("length", nargs="?", help="30m, 2h or 1d; without it until `resume`")
    add("resume", _resume, "capture again after `pause`")
    add("doctor", _doctor, "prove that frames reach the server, and say what is in the way").add_argument(
        "--json", action="store_true", help="print JSON"
    )
    installing = add("install", _install, "start with every login (systemd, launchd, Windows tasks)")
    installing.add_argument("--uninstall", action="store_true", help="no longer")
    installing.add_argument("--print", action="store_true", dest="show", help="show what would be written and run")
    configuring = add("config", _config, "where the settings are; makes the file if there is none")
    configuring.add_argument("check", nargs="?", choices=["check"], help="check the file")
    return parser


def _enrol(places: Places, arguments: argparse.Namespace) -> int:
    """Exchanges the link's one-time code for this machine's credentials."""
    given = enrol_machine(
        sys.stdin.readline() if arguments.link == "-" else arguments.link,
        places.credentials_file,
        deployment=arguments.id,
        timezone=arguments.timezone,
        name=arguments.name,
    )
    _tell(f"This machine is {given.deployment} at {given.url}. Next:  recall-agent doctor")
    status = read_status(places.status_file)
    if status is not None and is_alive(status):
        _tell("The agent that runs takes this within seconds, or says what it needs:  recall-agent status")
    return 0


def _run(places: Places, _: argparse.Namespace) -> int:
    """Captures until Ctrl-C or SIGTERM, and tells its state in `recall-agent status`."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    read_config(places.settings_file)  # at the start a wrong line is told to whoever starts it
    credentials = read_credentials(places.credentials_file)
    with only_agent(places):
        running = Running(places, credentials, _opener(places))
        _tell(f"Capturing {credentials.deployment} for {credentials.url}. What it does:  recall-agent status")
        running.run(stop_on_signals())
    return 0


def _opener(places: Places) -> Callable[[], Screens]:
    """Opens the screens as the settings stand then."""
    return lambda: open_screens(without_windows=read_config(places.settings_file).capture.wayland == "everything")


def _status(places: Places, arguments: argparse.Namespace) -> int:
    """Says what the agent does and what is wrong; exit code 1 if it does not run or something is wrong."""
    status, now = read_status(places.status_file), local_now()
    verdict = judge_status(status, now, alive=is_alive(status))
    if arguments.json:
        _tell(to_json(status, verdict))
    elif status is None:
        _tell("\n".join([verdict.says, *verdict.problems]))
    else:
        _tell(describe(status, verdict, now))
    return 0 if verdict.well else 1


def _pause(places: Places, arguments: argparse.Namespace) -> int:
    """Captures nothing for a while; the running agent follows within a second."""
    try:
        until = None if arguments.length is None else local_now() + parse_length(arguments.length)
    except ValueError as error:
        _tell(str(error), sys.stderr)
        return 2
    places.make()
    write_pause(places.pause_file, until)
    said = "until `recall-agent resume`" if until is None else f"until {until:%Y-%m-%d %H:%M}"
    _tell(f"Nothing is captured {said}.")
    return 0


def _resume(places: Places, _: argparse.Namespace) -> int:
    """Ends a pause."""
    places.pause_file.unlink(missing_ok=True)
    _tell("Captured again, if the agent runs:  recall-agent status")
    return 0


def _doctor(places: Places, arguments: argparse.Namespace) -> int:
    """Checks one thing after another and says what must be done; exit code 1 if anything must."""
    findings = list(examine(places, _opener(places)))
    if arguments.json:
        _tell(json.dumps([{"check": f.check, "well": f.well, "says": f.says, "remedy": f.remedy} for f in findings]))
    else:
        for finding in findings:
            _tell(f"{'ok ' if finding.well else 'BAD'}  {finding.check:<12} {finding.says}")
            if finding.remedy:
                _tell(f"     {'':<12} -> {finding.remedy}")
    return 0 if all(finding.well for finding in findings) else 1


def _install(places: Places, arguments: argparse.Namespace) -> int:
    """Lets the system start the agent with every login of this user, and restart it when it ends."""
    service = plan(Path(sys.executable))
    if arguments.show:
        _tell(service.shown())
        return 0
    if arguments.uninstall:
        _tell(uninstall(service))
        return 0
    read_credentials(places.credentials_file)
    _tell(install(service))
    return 0


def _config(places: Places, arguments: argparse.Namespace) -> int:
    """Names the folders; makes the settings file, in which every key is explained, if there is none."""
    if arguments.check:
        read_config(places.settings_file)
        _tell(f"{places.settings_file} can be used.")
        return 0
    if not places.settings_file.exists():
        places.make()
        places.settings_file.write_text(TEMPLATE, "utf-8")
    _tell(f"settings     {places.settings_file}")
    _tell(f"credentials  {places.credentials_file}")
    _tell(f"spool        {places.spool}")
    _tell("After a change:  recall-agent config check")
    return 0


# What makes an agent of this user; the other commands ask about the one that there is.
_OWN = (_enrol, _run, _install)


def _tell(text: str, file: object = None) -> None:
    print(text, file=file or sys.stdout, flush=True)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
