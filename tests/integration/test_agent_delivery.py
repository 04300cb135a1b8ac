"""The whole agent before drawn screens and a real server: what it keeps arrives, and what does not is told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select, update

from capture_agent.credentials import Credentials, write_credentials
from capture_agent.delivery import Pace
from capture_agent.desktop import Window
from capture_agent.places import Places
from capture_agent.running import KnownKey, Running
from capture_agent.seal import SealError
from capture_agent.upload import Patience
from recall_assets.server.app import create_app
from recall_assets.settings import Home, Settings
from recall_assets.store import tables, tokens
from recall_assets.store.agent_reports import last_reports
from recall_assets.vault.landing_keys import ensure_landing_key, make_successor
from tests.agent.drawn_desktop import DrawnScreens
from tests.integration.sending import enrolled, served
from tests.system.x_server import eventually

_PACE = Pace(0.05, 0.2, 0.1, 3600, Patience(first_wait_seconds=0.05, longest_wait_seconds=0.2))


class Machine:
    """An agent that its owner starts and ends."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self.places = Places(folder / "agent", folder / "agent")
        self.places.make()
        self.places.settings_file.write_text("[capture]\nevery_seconds = 0.2\n")
        self.screens = DrawnScreens([Window("geany", "notes", (0, 0, 200, 150), active=True)])
        self.credentials = credentials

    @contextmanager
    def on(self, pace: Pace = _PACE) -> Iterator[Running]:
        running = Running(self.places, self.credentials, lambda: self.screens, pace=pace)
        stop = threading.Event()
        thread = threading.Thread(target=running.run, args=(stop,))
        thread.start()
        try:
            yield running
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def machine(tmp_path: Path, database: Engine, settings: Settings) -> Machine:
    sender = enrolled(database, settings.home)
    key = ensure_landing_key(settings.home)
    url = "http://127.0.0.1:9"  # nobody answers there; tests name the server that they start
    given = Credentials(url=url, deployment="laptop", token=sender.token, identity=key.identity, landing_key=key)
    return Machine(tmp_path, given)


def at(machine: Machine, client: httpx.Client) -> None:
    machine.credentials = machine.credentials.model_copy(update={"url": str(client.base_url).rstrip("/")})


def enrolled_again(database: Engine) -> str:
    """Another token of the same machine."""
    with database.begin() as connection:
        return tokens.make(connection, label="agent", deployment_id="laptop")


def frame_count(database: Engine) -> int:
    with database.connect() as connection:
        return len(connection.execute(select(tables.frames.c.id)).all())


def test_what_was_kept_while_the_server_was_away_arrives_when_it_is_back(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    with machine.on() as running:
        eventually(lambda: running.agent.condition.kept, "a kept frame")
        eventually(lambda: running.status().upload_problem, "a problem that is told")
        assert "Check that it runs" in (running.status().upload_problem or "")
    assert running.status().spooled_items
    with served(create_app(database, settings)) as client:
        at(machine, client)
        with machine.on() as running:
            eventually(lambda: not running.spool.waiting() and running.agent.condition.kept, "an empty spool")
            assert running.status().upload_problem is None
            with database.connect() as connection:
                reported = last_reports(connection)["laptop"].report
            assert reported is not None
            assert reported.landing_key == running.report().landing_key
        kept = frame_count(database)
    assert kept >= 2


def test_a_revoked_token_is_told_with_the_remedy_and_nothing_is_given_up(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    with database.begin() as connection:
        connection.execute(update(tables.tokens).values(revoked_at=datetime.now(UTC)))
    with served(create_app(database, settings)) as client:
        at(machine, client)
        with machine.on() as running:
            said = eventually(lambda: running.status().upload_problem, "a problem that is told")
            assert "revoked" in said
            eventually(lambda: running.spool.waiting(), "a frame that waits")
    assert frame_count(database) == 0


def test_a_running_agent_takes_the_token_of_a_new_enrolment_at_once_and_sends_what_waits(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    with database.begin() as connection:
        connection.execute(update(tables.tokens).values(revoked_at=datetime.now(UTC)))
    with served(create_app(database, settings)) as client:
        at(machine, client)
        write_credentials(machine.places.credentials_file, machine.credentials)
        with machine.on(replace(_PACE, refusal_seconds=3600)) as running:
            eventually(lambda: running.status().upload_problem, "a refusal")
            again = {"token": enrolled_again(database)}
            write_credentials(machine.places.credentials_file, machine.credentials.model_copy(update=again))
            eventually(lambda: frame_count(database), "a frame that has arrived")
            eventually(lambda: running.status().upload_problem is None, "no problem")


def test_another_enrolment_than_its_own_is_not_taken_but_told(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    write_credentials(machine.places.credentials_file, machine.credentials)
    with machine.on() as running:
        other = machine.credentials.model_copy(update={"deployment": "desktop"})
        write_credentials(machine.places.credentials_file, other)
        problem = eventually(lambda: running.status().problem, "a problem that is told")
        assert "enrolled as desktop" in problem
        assert running.status().deployment == "laptop"
        write_credentials(machine.places.credentials_file, machine.credentials)
        eventually(lambda: running.status().problem is None, "no problem")


def test_what_the_server_rejects_waits_is_counted_and_holds_nothing_else_up(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    ahead = timedelta(hours=40)

    class Ahead:
        def now(self) -> datetime:
            return datetime.now(UTC) + ahead

        def tick(self) -> float:
            return time.monotonic()

    with served(create_app(database, settings)) as client:
        at(machine, client)
        with machine.on() as running:
            running.agent.clock = Ahead()
            eventually(lambda: running.status().refused, "a refused frame")
            assert "set that machine's clock" in (running.status().refusal or "")
            ahead = timedelta()
            before = frame_count(database)
            machine.screens.windows = [Window("geany", "more", (0, 0, 200, 150), active=True)]
            eventually(lambda: frame_count(database) > before, "a frame after the refused one")
            assert running.spool.waiting()


def test_a_landing_keys_successor_is_followed_and_survives_a_restart(
    machine: Machine, database: Engine, settings: Settings
) -> None:
    first = ensure_landing_key(settings.home).key_id
    with served(create_app(database, settings)) as client:
        at(machine, client)
        with machine.on() as running:
            eventually(lambda: running.delivery.state.last_answer_at, "an answer")
            make_successor(settings.home, datetime.now(UTC))
            eventually(lambda: running.report().landing_key != first, "the successor")
    assert KnownKey(machine.places, machine.credentials)().key_id.hex() == ensure_landing_key(settings.home).key_id


def test_a_key_of_another_identity_is_not_followed(machine: Machine, settings: Settings, tmp_path: Path) -> None:
    other = ensure_landing_key(Home(tmp_path / "another home"))
    known = KnownKey(machine.places, machine.credentials)
    with pytest.raises(SealError, match="identity"):
        known.follow(other)
    assert not machine.places.landing_key_file.exists()
