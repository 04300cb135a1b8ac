"""`recall-agent run`: puts the parts together, one agent a machine and user, until a signal ends it.

credentials, settings, pause ─► Rules ─► Agent (this thread) ─► Spool ─► Delivery (a thread) ─► server
                                           └──► status.json                  └── newest landing key ──► Agent
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version

from pydantic import ValidationError

from capture_agent.agent import Agent, Clock, Rules, SystemClock
from capture_agent.audio.listening import Listening
from capture_agent.config import Config, ConfigError, read_config
from capture_agent.credentials import Credentials, KnownCredentials
from capture_agent.delivery import ONCE, PACE, Delivery, Pace
from capture_agent.desktop import Screens
from capture_agent.exclusions import Exclusions, exclusions
from capture_agent.messages import AgentInstructions, AgentReport, LandingKeyAnswer
from capture_agent.pause import paused_until
from capture_agent.places import Places, stamps
from capture_agent.power import Remembered, on_battery, on_metered
from capture_agent.seal import LandingKey, SealError, sender_tag_key, trusted_landing_key
from capture_agent.sealing import Identity
from capture_agent.spool import Spool
from capture_agent.status import Status, own_start, write_status
from capture_agent.upload import Uploader

_STATUS_SECONDS = 3.0
_LONGEST_PROBLEM = 500
_MOST_KEYS = 64


class RunningError(Exception):
    """The agent cannot start; the message says why and what to do."""


@contextmanager
def only_agent(places: Places) -> Iterator[None]:
    """Holds the lock of this user's agent.

    Raises:
        RunningError: another one runs.
    """
    places.make()
    with places.lock_file.open("a") as file:
        try:
            if os.name == "posix":
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise RunningError("An agent runs already: recall-agent status") from error
        yield


@dataclass(slots=True)
class OwnersRules:
    """The settings file and the pause as they are now; a file is read again when it has changed."""

    places: Places
    server_url: Callable[[], str]
    battery: Callable[[], bool | None] = field(default_factory=lambda: Remembered(on_battery))
    _known: tuple[object, ...] = ()
    _config: Config = Config()  # noqa: RUF009  (frozen)
    _exclusions: Exclusions | None = None
    _problem: str | None = None

    def __call__(self) -> Rules:
        url = self.server_url()
        known = (url, *stamps(self.places.settings_file))
        if self._exclusions is None or known != self._known:
            self._known = known
            try:
                self._config, self._problem = read_config(self.places.settings_file), None
            except ConfigError as error:
                self._problem = f"{error} The settings before hold until that is mended."
            self._exclusions = exclusions(self._config.exclude, url)
        paused = paused_until(self.places.pause_file)
        return Rules(self._config, self._exclusions, paused, self.battery(), self._problem)


class KnownKey:
    """The landing key to seal to: the one of enrolment, or its newest successor, kept on the disk.

    Raises:
        SealError: no key can be trusted.
    """

    def __init__(self, places: Places, credentials: Credentials) -> None:
        self._path, self._identity = places.landing_key_file, bytes.fromhex(credentials.identity)
        self._key = trusted_landing_key(credentials.landing_key, self._identity)
        with suppress(OSError, ValidationError, SealError):
            self._key = self._trusted(LandingKeyAnswer.model_validate_json(self._path.read_bytes()))

    def __call__(self) -> LandingKey:
        return self._key

    def follow(self, answer: LandingKeyAnswer) -> None:
        """Takes a successor: on the disk first, so that a report never names a key that a crash forgets.

        Raises:
            SealError: it is not signed by the pinned identity.
        """
        key = self._trusted(answer)
        if key.key_id == self._key.key_id:
            return
        part = self._path.with_suffix(".part")
        with part.open("w") as file:
            file.write(answer.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self._key = key

    def _trusted(self, answer: LandingKeyAnswer) -> LandingKey:
        return trusted_landing_key(answer, self._identity)


class Running:
    """One agent and its delivery.

    Raises:
        SealError, SpoolError: a key or the spool cannot be used.
    """

    def __init__(
        self,
        places: Places,
        credentials: Credentials,
        open_screens: Callable[[], Screens],
        *,
        clock: Clock | None = None,
        spool: Spool | None = None,
        pace: Pace = PACE,
    ) -> None:
        self._places = places
        self._credentials = KnownCredentials(places.credentials_file, credentials)
        self._rules = OwnersRules(places, lambda: self._credentials().url)
        self._metered, self._holding = Remembered(on_metered), False
        self._key = KnownKey(places, credentials)
        self._key_problem: str | None = None
        self.clock = clock or SystemClock()
        self.spool = spool or Spool(places.spool, self._rules().config.spool.megabytes * 1_000_000)
        identity = Identity(credentials.deployment, sender_tag_key(places.keys))
        self.agent = Agent(
            open_screens,
            self.spool,
            identity,
            self._key,
            self._rules,
            self.clock,
            self._changed,
        )
        self.delivery = Delivery(
            self.spool,
            self._connect,
            report=self.report,
            instructed=self._instructed,
            may_send=self._may_send,
            pace=pace,
        )
        self.listening = Listening(
            lambda: self._rules().config.audio, self.agent.condition, self.spool, identity, self._key, self.clock.now
        )
        self._version = version("recall")  # once: an upgrade in place takes it away for a moment
        self._started = own_start()
        self._written_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Captures and delivers until `stop`."""
        self.delivery.start()
        self.listening.start()
        try:
            self.agent.run(stop)
        finally:
            self.listening.stop()
            self.delivery.stop()
            write_status(self._places.status_file, self.status())

    def report(self) -> AgentReport:
        """How the agent stands, for the server."""
        condition, waiting = self.agent.condition, self.spool.waiting()
        problem = self._problem() or self.delivery.state.refusal
        return AgentReport(
            version=self._version,
            at=self.clock.now(),
            state=condition.state,
            since=condition.since,
            last_kept_at=condition.last_kept_at,
            last_uploaded_at=self.delivery.state.last_uploaded_at,
            spooled_items=len(waiting),
            spooled_bytes=self.spool.size,
            spool_budget=self.spool.budget,
            oldest_spooled_at=min((item.captured_at for item in waiting), default=None),
            landing_key=self._key().key_id.hex(),
            spooled_keys=tuple(sorted({item.key_id for item in waiting if item.key_id})[:_MOST_KEYS]),
            thinned=self.spool.thinned,
            refused=self.delivery.state.refused,
            monitors=condition.monitors,
            on_battery=condition.on_battery,
            problem=None if problem is None else problem[:_LONGEST_PROBLEM],
        )

    def status(self) -> Status:
        """The same and more, for the person at this machine."""
        condition, delivered = self.agent.condition, self.delivery.state
        told = self.report().model_dump(exclude={"at", "problem", "last_uploaded_at", "refused", "on_battery"})
        return Status(
            **told,
            pid=os.getpid(),
            started=self._started,
            deployment=self._credentials().deployment,
            server=self._credentials().url,
            why=condition.why,
            at=self.clock.now(),
            next_look_by=condition.next_look_by,
            last_seen_at=condition.last_seen_at,
            last_uploaded_at=delivered.last_uploaded_at,
            last_answer_at=delivered.last_answer_at,
            kept=condition.kept,
            lost=condition.lost,
            refused=delivered.refused,
            refusal=delivered.refusal,
            hidden=condition.hidden,
            on_battery=condition.on_battery,
            holding_uploads=self._holding,
            problem=self._problem(),
            upload_problem=delivered.problem,
        )

    def _problem(self) -> str | None:
        own = self._key_problem or self._credentials.problem
        return self.agent.condition.problem or own or self.listening.problem

    def _connect(self) -> Uploader:
        given = self._credentials()
        return Uploader(given.url, given.token, authority=given.ca, patience=ONCE)

    def _may_send(self) -> bool:
        """Asked by delivery alone: the system's answer may take a while."""
        self._holding = self._rules().config.power.on_metered == "hold" and bool(self._metered())
        return not self._holding

    def _instructed(self, instructions: AgentInstructions) -> None:
        try:
            self._key.follow(instructions.landing_key)
            self._key_problem = None
        except (SealError, OSError) as error:
            self._key_problem = str(error)

    def _changed(self, another_state: bool) -> None:
        tick = self.clock.tick()
        if another_state:
            self.delivery.nudge()
        if another_state or tick - self._written_at >= _STATUS_SECONDS:
            self._written_at = tick
            if self._credentials.follow():
                self.delivery.reconnect()
            self.spool.budget = self._rules().config.spool.megabytes * 1_000_000
            with suppress(OSError):  # the disk is full; the next one tells
                write_status(self._places.status_file, self.status())
