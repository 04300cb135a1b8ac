"""The command `recall`.

    argv ─► the words that it begins with ─► code of just those commands ─► RecallError? message, exit 1
                                             every other one is its line of help

One module here per family of commands; a command's function is its arguments, one call, and what it prints.
"""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from recall_assets.errors import RecallError


class Command(NamedTuple):
    """A command: its words, the function behind it as `module:name`, where help lists it, and its line there."""

    words: str
    place: str
    panel: str
    line: str


COMMANDS = (
    Command("demo", "demo:demo", "Start here", "Two invented machines, from pixels to a day summary."),
    Command("up", "running:up", "Run", "Run everything until Ctrl-C: database, server, Dagster."),
    Command("down", "running:down", "Run", "Stop what `recall up` runs."),
    Command("worker", "worker:worker", "Run", "Execute runs for the home server, on this machine or another."),
    Command("status", "running:status", "Run", "What runs, and since when."),
    Command("doctor", "doctor:doctor", "Run", "Check this installation; say what must be done."),
    Command("alerts", "alerting:alerts", "Run", "What you should look at, and what to do; --test tries the ways."),
    Command("open", "opening:open_", "Look", "Log your browser in and show a page of Recall."),
    Command("mcp", "assistants:mcp", "Look", "Answer an assistant (MCP); --config says how to tell it."),
    Command("tokens make", "tokens:make", "Run", "A token for a program or an assistant, printed once."),
    Command("tokens list", "tokens:list_tokens", "Run", "What lets programs, assistants and browsers in."),
    Command("tokens audit", "tokens:audit_calls", "Run", "What assistants asked, newest first."),
    Command("tokens revoke", "tokens:revoke", "Run", "Refuse one; or log every browser out."),
    Command("migrate", "running:migrate", "Run", "Bring the database to this version's schema, after a dump."),
    Command("deployments invite", "deployments:invite", "Bring in", "A link that enrols a machine, once."),
    Command("deployments enrol", "deployments:enrol", "Bring in", "Enrol a machine by hand; print its token once."),
    Command("deployments list", "deployments:list_deployments", "Bring in", "The enrolled machines."),
    Command("deployments review", "reviews:review", "Bring in", "How soon a machine's frames are reviewed."),
    Command("deployments reading", "readings:reading", "Bring in", "What reads a machine's screens."),
    Command("deployments retention", "retaining:of_deployment", "Bring in", "How long a machine's images are kept."),
    Command("deployments page", "deployments:page", "Bring in", "The same in your browser."),
    Command("deployments revoke", "deployments:revoke", "Bring in", "Refuse a machine from now on; its days stay."),
    Command("import recording", "importing:recording", "Bring in", "Land a recorded set, deployment or day."),
    Command("import images", "importing_images:images", "Bring in", "A folder of dated screenshots."),
    Command("import activitywatch", "activitywatch:activitywatch", "Bring in", "What ActivityWatch exported."),
    Command("import legacy", "legacy:legacy", "Bring in", "The predecessor's database, looked through first."),
    Command("import list", "imports:list_imports", "Bring in", "What was brought in from other systems."),
    Command("import undo", "imports:undo", "Bring in", "Take an import back."),
    Command("materialize", "materialize:materialize", "Make", "Make one day's text, activities, projects, summary."),
    Command("backfill", "materialize:backfill", "Make", "The same for a range of days, or for one asset of them."),
    Command("vault init", "vault:init", "Look", "Make the vault, with a recovery code."),
    Command("vault enrol", "vault:enrol", "Look", "Let a further security key open it."),
    Command("vault keys", "vault_looking:keys", "Look", "What opens it."),
    Command("vault status", "vault_looking:status", "Look", "How it stands; exits with 1 at an alarm."),
    Command("vault list", "vault_looking:list_secrets", "Look", "What was found, without the values."),
    Command("vault reveal", "vault_looking:reveal", "Look", "Open one value, for 60 seconds."),
    Command("vault page", "vault_looking:page", "Look", "All of this in your browser."),
    Command("vault export", "vault_looking:export", "Look", "Write every value in clear to a file."),
    Command("vault rotate", "vault:rotate", "Look", "A new key from now on; with --reseal for everything."),
    Command("vault revoke", "vault:revoke", "Look", "End a key."),
    Command("vault recover", "vault:recover", "Look", "With the recovery code alone, when keys are lost."),
    Command("keys status", "landing_keys:status", "Run", "The landing's keys, and what keeps the older ones."),
    Command("keys rotate-landing", "landing_keys:rotate_landing", "Run", "A new landing key from now on."),
    Command("search", "searching:search", "Look", "Find what you saw, said or did, by words, days, programs."),
    Command("memories", "memories:memories", "Look", "What is remembered, by kind or by words."),
    Command("memories show", "memories:show", "Look", "One memory: what it says, since when, and on what it rests."),
    Command("memories edit", "memories:edit", "Look", "Say it in your words; no run changes them."),
    Command("memories forget", "memories:forget", "Look", "Delete a memory for good; no run brings it back."),
    Command("memories consolidate", "memories:consolidate", "Look", "Merge what says the same; --dry-run shows it."),
    Command("memories core show", "memories:core_show", "Look", "Who you are, in blocks."),
    Command("memories core set", "memories:core_set", "Look", "Write a block; no run changes it."),
    Command("memories core remove", "memories:core_remove", "Look", "Delete a block."),
    Command("timeline", "timeline:timeline", "Look", "What a day or a week held."),
    Command("show", "showing:show", "Look", "One frame, activity, project or transcript in full."),
    Command("stats", "stats:stats", "Look", "Where the time went, by project, program or machine."),
    Command("projects", "projects:projects", "Look", "The projects, the one that was seen last first."),
    Command("projects list", "projects:list_projects", "Look", "The same."),
    Command("projects show", "projects:show_project", "Look", "One, with its newest activities."),
    Command("projects suggestions", "projects:suggestions", "Look", "Activities that may belong to one."),
    Command("projects rename", "projects:rename", "Look", "Another name, which stays."),
    Command("projects merge", "projects:merge", "Look", "Two become one."),
    Command("projects split", "projects:split", "Look", "Activities of one become one of their own."),
    Command("projects assign", "projects:assign", "Look", "Put activities into one, or take them out."),
    Command("projects accept", "projects:accept", "Look", "A suggestion is right."),
    Command("projects reject", "projects:reject", "Look", "A suggestion is wrong."),
    Command("projects undo", "projects:undo", "Look", "Take back the newest edit."),
    Command("backup", "backup:backup", "Keep", "Database, images and keys as one consistent set."),
    Command("restore", "backup:restore", "Keep", "A backup into an empty home."),
    Command("retention", "retaining:retention", "Keep", "Let go of images by your rules; --dry-run shows it."),
    Command("forget", "forgetting:forget", "Keep", "Let captured time, programs, projects or words go for good."),
    Command("lineage", "lineage:lineage", "Look", "What a sentence, activity, project or frame rests on."),
    Command("export", "export:export", "Look", "A range of days as JSON, Markdown, CSV or a calendar."),
)

GROUPS = {
    "deployments": ("Bring in", "Machines: invite, list, revoke."),
    "import": ("Bring in", "Bring in what was recorded elsewhere."),
    "projects": ("Look", "What the work belongs to: rename, merge, split, assign."),
    "memories": ("Look", "What is remembered: episodes, facts, people, procedures, resources; and the core."),
    "memories core": ("Look", "Who you are and what you prefer, for assistants to begin with."),
    "keys": ("Run", "The keys that frames are sealed to on their way here."),
    "tokens": ("Run", "What lets programs, assistants and browsers in."),
    "vault": ("Look", "Secrets that were found, sealed; only your key opens them."),
}

# What is wrong with a folder or a disk, not with this code.
_OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}

HELP = """Recall keeps what happened on all of your machines, and tells you what your days held.

It runs here, for one person, with no network and no language model."""

EXAMPLES = """[bold]Examples[/bold]

recall demo --once                                   the sample day, then stop
recall import recording sample/laptop                all days of one machine
recall materialize --day 2026-11-09                  every machine's day, and the summary over all
recall backfill --from 2026-11-09 --to 2026-11-10    several days
recall memories --about "vat rounding"               what is known about it
recall timeline --day thursday                       what did I do on Thursday?
recall lineage                                       why does a summary say what it says?

Each command has its own --help. Settings: recall.toml in $RECALL_HOME, or RECALL_* variables."""


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print("recall", version("recall"))
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What is said before any command."""


def _load(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(import_module(f"recall_assets.cli.{module}"), name)
    return function


def _only_listed() -> None:
    """Stands for a command that was not asked for, so that its imports cost nothing."""


def build(first_word: str | None = None) -> typer.Typer:
    """The command line; given the first word of the arguments, only commands that begin with it can be called."""
    app = typer.Typer(
        help=HELP,
        epilog=EXAMPLES,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,  # tracebacks with local variables would show screen text
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    groups = {"": app}
    itself = {command.words for command in COMMANDS} & GROUPS.keys()  # groups that do something without a further word
    for words, (panel, line) in GROUPS.items():
        first, _, last = words.rpartition(" ")
        groups[words] = typer.Typer(
            help=line, no_args_is_help=words not in itself, invoke_without_command=True, rich_markup_mode="rich"
        )
        groups[first].add_typer(groups[words], name=last, rich_help_panel=None if first else panel)
    for command in COMMANDS:
        first, _, last = command.words.rpartition(" ")
        wanted = first_word is None or first_word == command.words.split()[0]
        if command.words in itself:
            if wanted:
                groups[command.words].callback(invoke_without_command=True)(_load(command.place))
            continue
        groups[first].command(last, short_help=command.line, rich_help_panel=None if first else command.panel)(
            _load(command.place) if wanted else _only_listed
        )
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command; what Recall raises on purpose becomes a message and exit code 1."""
    os.umask(0o077)  # what Dagster and PostgreSQL's tools write into the home is the owner's alone, too
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        build(next((word for word in words if not word.startswith("-")), ""))(words, prog_name="recall")
    except RecallError as error:
        print(f"recall: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        print(f"recall: {error.strerror}: {error.filename}\nSee `recall doctor`.", file=sys.stderr)
        sys.exit(1)
