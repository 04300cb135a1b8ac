"""`recall doctor`: is this installation sound, and if not, what must be done.

home ─ disk ─ ports ─ bucket ─ workers ─ engine ─ speech ─ landing key ─ certificate ─ PostgreSQL
kept ─ frames ─ days ─ images ─ machines ─ rules ─ vault
each: ok, a note, or wrong with its remedy; anything wrong makes the exit code 1
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from recall_assets import forgetting
from recall_assets.cli.session import opened_database
from recall_assets.cli.up_record import running_record
from recall_assets.cli.worker import working
from recall_assets.disk_use import disk_use, told
from recall_assets.engines.choice import check_engine
from recall_assets.engines.ports import is_free
from recall_assets.engines.speech.choice import choose_engine
from recall_assets.errors import NoSpeechEngineError, RecallError, VaultError
from recall_assets.forgetting import Proof
from recall_assets.records import GivenUp, ReadingChoice
from recall_assets.sealer import check_chains, pinned_vault
from recall_assets.server.certificates import RENEW_BEFORE, authority_certificate, known_certificate
from recall_assets.settings import Home, Settings, load_settings
from recall_assets.store import disk, frame_bucket, imported_texts, ocr_text, reading, vault
from recall_assets.store.condition import Condition, condition
from recall_assets.vault.landing_keys import key_pairs
from recall_assets.watch import Watched, alarms, watched

GIGABYTE = 1_000_000_000
# A day of one machine took 12 MB of images here.
LITTLE_SPACE = 10 * GIGABYTE
# Of each kind, by the words of orders to forget: a second or two.
TEXTS_JUDGED = 20_000
KEYS_URGED = 2


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what was looked at, how it came out, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    remedy: str = ""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="A list of checks.")] = False) -> None:
    """Check this installation and say what must be done; exits with 1 where something must."""
    checks = list(examine(load_settings()))
    if as_json:
        print(json.dumps([asdict(check) for check in checks], indent=1))
    else:
        _print(checks)
    if any(check.state is State.WRONG for check in checks):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Checked]:
    """Every check, cheapest first; where there is no home yet, nothing is made to have one."""
    path = settings.home_path
    if not path.exists() or not (settings.database_url or (path / "pg").exists()):
        yield Checked("home", State.WRONG, f"{path} holds no Recall yet", "recall up, or recall demo, makes it")
        return
    yield _home(path)
    yield _encryption(path)
    yield _space(settings)
    yield _ports(settings)
    yield from _bucket(settings.home)
    yield from _workers(settings)
    yield _engine(settings)
    yield _speech(settings)
    yield _landing_keys(settings)
    yield from _certificate(settings)
    yield from _database(settings)


def _home(path: Path) -> Checked:
    open_to_others = [
        place
        for place in (path, *path.iterdir(), *(path / "keys").rglob("*"))
        if not place.is_symlink() and place.is_dir() | (place.parent != path) and place.stat().st_mode & 0o077
    ]
    if open_to_others:
        return Checked(
            "home", State.WRONG, f"others of this machine can enter {open_to_others[0]}", f"chmod -R go-rwx '{path}'"
        )
    if path.stat().st_uid != os.geteuid():
        return Checked("home", State.WRONG, f"{path} belongs to another user", "run recall as its owner")
    return Checked("home", State.OK, f"{path}, yours alone")


def _encryption(path: Path) -> Checked:
    mounts = [part for part in psutil.disk_partitions(all=True) if path.resolve().is_relative_to(part.mountpoint)]
    device = max(mounts, key=lambda part: len(part.mountpoint)).device if mounts else ""
    mapped = Path("/sys/class/block") / Path(device).resolve().name / "dm/uuid"
    if device.startswith("/dev/") and mapped.exists() and mapped.read_text().startswith("CRYPT-"):
        return Checked("encryption", State.OK, f"{device} is encrypted")
    return Checked(
        "encryption",
        State.NOTE,
        "this volume is not known to be encrypted, and redacted history lies on it in clear",
        "keep RECALL_HOME on an encrypted volume (LUKS, FileVault, BitLocker)",
    )


def _space(settings: Settings) -> Checked:
    room = disk.room(settings)
    if room.is_short:
        return Checked("disk", State.WRONG, f"nothing is taken in: {room}", disk.REMEDY)
    state = State.NOTE if room.free_bytes < LITTLE_SPACE else State.OK
    free = f"{room.free_bytes / GIGABYTE:.1f} GB free at {room.folder}"
    return Checked("disk", state, free, "" if state is State.OK else "make room on this volume")


def _bucket(home: Home) -> Iterator[Checked]:
    """Whether the bucket for images, where there is one, takes, gives and forgets what it should."""
    if home.images is None:
        return
    try:
        versions = frame_bucket.keeps_versions(home.images)
    except RecallError as error:
        yield Checked("bucket", State.WRONG, error.problem, error.remedy)
        return
    if versions:
        found = f"{home.images} keeps versions: what was blacked out or forgotten later can be read in old ones"
        yield Checked("bucket", State.WRONG, found, "turn versioning off there, and let its old versions expire")
    else:
        yield Checked("bucket", State.OK, f"images lie in {home.images}: writing, reading and deleting were tried")


def _workers(settings: Settings) -> Iterator[Checked]:
    """Whether every queue has a worker, where runs are executed by workers."""
    if settings.celery_broker is None:
        return
    try:
        found = working(settings)
    except Exception as error:  # whatever the broker's client raises
        yield Checked(
            "workers", State.WRONG, f"the broker does not answer: {error}", "start it, or correct celery_broker"
        )
        return
    told = ", ".join(f"{queue} {count}" for queue, count in found.items())
    without = [queue for queue, count in found.items() if not count]
    if without:
        yield Checked("workers", State.WRONG, f"{told}: runs wait", f"recall worker --queue {without[0]}, somewhere")
    else:
        yield Checked("workers", State.OK, told)


def _ports(settings: Settings) -> Checked:
    if running_record(settings.home) is not None:
        return Checked("ports", State.OK, "held by the `recall up` of this home")
    port = settings.server_port
    if port and not is_free(port):
        remedy = "stop that, or set RECALL_SERVER_PORT; 0 takes any port"
        return Checked("ports", State.WRONG, f"{port} in use by another program", remedy)
    return Checked("ports", State.OK, f"{port or 'any'} free on loopback")


def _engine(settings: Settings) -> Checked:
    from recall_assets.engines.choice import make_engine

    try:
        engine = make_engine(settings.ocr_engine, settings.ocr_languages)
    except RecallError as error:
        return Checked("engine", State.WRONG, error.problem, error.remedy)
    except ImportError as error:
        return Checked("engine", State.WRONG, str(error), "install the requirement files again: make setup")
    return Checked("engine", State.OK, f"{engine.name} {engine.version} reads {engine.language}")


def _readings(chosen: Mapping[str, ReadingChoice]) -> Iterator[Checked]:
    """One for each machine with a choice of its own that cannot be met."""
    for deployment_id, choice in sorted(chosen.items()):
        try:
            check_engine(choice)
        except RecallError as error:
            remedy = f"recall deployments reading {deployment_id} chooses another: {error.remedy}"
            yield Checked("engine", State.WRONG, f"{deployment_id}: {error.problem}", remedy)


def _speech(settings: Settings) -> Checked:
    try:
        choice = choose_engine(settings)
    except NoSpeechEngineError as error:
        return Checked("speech", State.NOTE, f"{error.problem} Sound waits, sealed", error.remedy)
    try:
        engine = choice.make()
    except (RecallError, ImportError) as error:
        return Checked(
            "speech", State.WRONG, str(error), 'pip install ".[speech]" in the checkout again, or set speech_model'
        )
    return Checked("speech", State.OK, f"{engine.name} {engine.version}, {engine.model}")


def _landing_keys(settings: Settings) -> Checked:
    pairs = key_pairs(settings.home)
    if not pairs:
        return Checked("landing key", State.NOTE, "none yet", "the first start of the server makes it")
    older = f", {len(pairs) - 1} older ones kept for what still arrives" if len(pairs) > 1 else ""
    return Checked("landing key", State.OK, f"since {pairs[0].since:%Y-%m-%d}{older}")


def _certificate(settings: Settings) -> Iterator[Checked]:
    """Whether other machines can verify this server, where it lets them in at all."""
    if not settings.listen and authority_certificate(settings.home) is None:
        return
    known = known_certificate(settings.home)
    if known is None:
        yield Checked("certificate", State.NOTE, "none yet", "recall up --listen makes it")
        return
    left = known.not_after - datetime.now(UTC)
    found = f"for {', '.join(known.names)}, until {known.not_after:%Y-%m-%d}"
    if left <= timedelta(0):
        yield Checked("certificate", State.WRONG, f"{found}: over", "start again with recall up --listen")
    elif left <= RENEW_BEFORE / 2:
        again = "a server that runs renews it; start it with recall up --listen, or see its log"
        yield Checked("certificate", State.NOTE, f"{found}: should have been renewed", again)
    else:
        yield Checked("certificate", State.OK, found)


def _database(settings: Settings) -> Iterator[Checked]:
    try:
        with opened_database(settings) as database, database.connect() as connection:
            now = condition(connection)
            of_rules, of_vault = _rules(connection), _vault(connection, settings.home)
            of_reading = [*_readings(reading.chosen(connection))]
            of_machines = _machines(watched(connection, settings, datetime.now(UTC)))
            kept = Checked("kept", State.OK, told(disk_use(connection, settings.home)))
            of_forgotten = [*_forgotten(forgetting.left(database, settings.home, limit=TEXTS_JUDGED))]
    except RecallError as error:
        yield Checked("PostgreSQL", State.WRONG, error.problem, error.remedy)
        return
    whose = "external" if settings.database_url else "embedded"
    yield Checked(
        "PostgreSQL",
        State.OK,
        f"{now.server} ({whose}), {', '.join(now.extensions)}, {now.bytes / 1e6:.0f} MB of tables",
    )
    yield Checked("schema", State.OK, "of this version")
    yield kept
    yield from (check(now) for check in _CONTENT)
    yield from of_reading
    yield of_machines
    yield of_rules
    yield of_vault
    yield from of_forgotten


def _frames(now: Condition) -> Checked:
    found = f"{now.frames} of {_counted(now.deployments, 'deployment')}, {now.pending} wait to be read"
    said = {GivenUp.SEALED: "sealed unread to the vault", GivenUp.DELETED: "deleted unread", GivenUp.LOST: "lost"}
    found += "".join(f", {count} {said[became]}" for became, count in sorted(now.given_up.items()))
    if now.sealed_to_gone_keys:
        lost = f"{found}, {now.sealed_to_gone_keys} are sealed to a landing key that is not here"
        return Checked("frames", State.WRONG, lost, "restore keys/landing of RECALL_HOME; without it they are lost")
    if now.unreadable:
        again = "they are tried again for some nights, then given up; at once: recall materialize --day D --recompute"
        return Checked("frames", State.NOTE, f"{found}, {now.unreadable} cannot be read", again)
    return Checked("frames", State.OK, found)


def _machines(machines: Sequence[Watched]) -> Checked:
    """Whether every machine that should capture does."""
    found = f"{sum(machine.report is not None for machine in machines)} of {len(machines)} have an agent"
    if silent := alarms(machines):
        why = "; ".join(f"{machine.deployment.id} {machine.verdict.why}" for machine in silent)
        return Checked("machines", State.WRONG, f"{found}; {why}", "recall-agent status, on that machine")
    return Checked("machines", State.OK, found)


def _days(now: Condition) -> Checked:
    found = f"{_counted(now.days, 'day')} of machines, {now.days_without_summary} without a summary"
    remedy = "recall up makes them when their review is due; at once: recall backfill --from D --to D"
    return Checked("days", State.NOTE, found, remedy) if now.days_without_summary else Checked("days", State.OK, found)


def _rules(connection: Connection) -> Checked:
    """Whether today's detector has seen every stored text; imports are scanned whatever days are named."""
    from recall_assets.stages.secrets import DETECTOR_VERSION

    days = ocr_text.scanned_by_other_rules(connection, DETECTOR_VERSION)
    imports = imported_texts.outdated(connection, DETECTOR_VERSION)
    if not days and not imports:
        return Checked("rules", State.OK, "every stored text was scanned with today's")
    holding = [_counted(len(of), what) for of, what in ((days, "day"), (imports, "import")) if of]
    verb = "holds" if len(days) + len(imports) == 1 else "hold"
    found = f"{' and '.join(holding)} {verb} text that only older rules have scanned"
    days = days or [datetime.now(UTC).date()]
    return Checked("rules", State.NOTE, found, f"recall backfill --stage secrets --from {days[0]} --to {days[-1]}")


def _images(now: Condition) -> Checked:
    if not now.showing:
        return Checked("images", State.OK, "none of those that were read again shows a secret")
    days = f"--from {now.showing_first} --to {now.showing_last}"
    found = f"a secret that was not covered stands on {_counted(now.showing, 'stored frame')}"
    return Checked("images", State.WRONG, found, f"recall backfill --stage secrets {days}")


def _forgotten(proof: Proof) -> Iterator[Checked]:
    """Whether anything is here of what was forgotten; nothing where nothing ever was."""
    if not proof.orders:
        return
    finish = "recall forget --finish"
    interrupted = sum(one.finished_at is None for one in proof.orders)
    rows = sum(len(ids) for of in proof.left.values() for ids in of.values())
    gone = sum(sum(one.counts.values()) for one in proof.orders)
    found = f"{len(proof.orders)} orders, {gone:,} rows gone"
    if interrupted or rows:
        yield Checked("forgotten", State.WRONG, f"{found}; {rows:,} rows left, {interrupted} interrupted", finish)
    elif any(one.erased_at is None for one in proof.orders):
        waits = f"{found}; PostgreSQL's files still hold their bytes"
        yield Checked("forgotten", State.NOTE, waits, f"`recall up` writes them anew at night; at once: {finish}")
    else:
        judged = f", {proof.looked:,} texts judged again" if proof.looked else ""
        yield Checked("forgotten", State.OK, f"{found}, nothing of them is left{judged}")


def _vault(connection: Connection, home: Home) -> Checked:
    """Whether what is found is sealed, to keys that are the owner's, of which one may be lost."""
    now = vault.condition(connection)
    try:
        pinned = pinned_vault(connection, home)
    except VaultError as error:
        return Checked("vault", State.WRONG, error.problem, error.remedy)
    if pinned is None:
        found = f"none yet; in sealed envelopes: {_counted(now.waiting, 'found value')}"
        return Checked("vault", State.NOTE, found, "recall vault init")
    found = f"{_counted(now.sealed, 'value')} sealed, {now.waiting} to be sealed by the next run"
    found += f"; {_counted(now.fido2_slots, 'security key')} enrolled"
    chain = check_chains(connection)
    if not chain.holds:
        lost = (
            f"{chain.missing} missing, {chain.changed} changed, {chain.foreign} foreign, {chain.broken} chains broken"
        )
        return Checked("vault", State.WRONG, f"{found}; {lost}", "recall vault status; restore what is missing")
    if now.fido2_slots < KEYS_URGED:
        return Checked("vault", State.NOTE, found, "recall vault enrol: with two keys, losing one loses nothing")
    return Checked("vault", State.OK, found)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else word + 's'}"


_CONTENT: tuple[Callable[[Condition], Checked], ...] = (_frames, _days, _images)


def _print(checks: list[Checked]) -> None:
    styles = {State.OK: ("✓", "green"), State.NOTE: ("•", "yellow"), State.WRONG: ("✗", "bold red")}
    table = Table.grid(padding=(0, 2))
    for check in checks:
        mark, style = styles[check.state]
        told = Text(check.found)
        if check.remedy:
            told.append(f"\n→ {check.remedy}", "dim" if check.state is not State.WRONG else "bold")
        table.add_row(Text(mark, style), Text(check.name, "bold"), told)
    Console().print(table)
