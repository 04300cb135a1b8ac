"""A landing key has successors, and goes when nobody holds it any more and nothing waits under it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection, Engine

from capture_agent.messages import AgentInstructions, AgentReport, LandingKeyAnswer
from capture_agent.seal import trusted_landing_key
from recall_assets import landing_rotation
from recall_assets.records import Status
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import deployments, tokens
from recall_assets.vault.landing_keys import ensure_landing_key, forget_key, known_key_ids, landing_key_folder
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import Machine, Shot
from tests.integration.sending import NOON, Sender, enrolled, outcomes, served

LETTER = draw(page("Hello Ada,"))


@pytest.fixture
def sender(database: Engine, settings: Settings) -> Sender:
    """A machine that was given the landing key as agents are."""
    return fetched(database, settings, enrolled(database, settings.home))


def fetched(database: Engine, settings: Settings, sender: Sender) -> Sender:
    """The sender with the key that the server shows it now."""
    with served(create_app(database, settings)) as client:
        answer = LandingKeyAnswer.model_validate_json(client.get("/v1/landing-key", headers=sender.headers()).content)
    identity = bytes.fromhex(ensure_landing_key(settings.home).identity)
    return Sender(sender.deployment, sender.token, trusted_landing_key(answer, identity))


def rotate(database: Engine, settings: Settings) -> bytes:
    with database.begin() as connection:
        return landing_rotation.rotate(connection, settings.home, datetime.now(UTC))


def forgotten(database: Engine, settings: Settings) -> list[bytes]:
    with database.begin() as connection:
        return landing_rotation.forget_unneeded(connection, settings.home)


def test_the_successor_is_signed_by_the_same_identity_and_the_old_key_still_lands(
    database: Engine, settings: Settings, sender: Sender
) -> None:
    successor = rotate(database, settings)
    assert successor != sender.landing_key.key_id
    with served(create_app(database, settings)) as client:
        assert outcomes(client, sender, sender.frame("under the old key")) == ["stored"]
    assert fetched(database, settings, sender).landing_key.key_id == successor


def test_rotating_again_makes_no_second_key_that_nobody_has(database: Engine, settings: Settings) -> None:
    assert ensure_landing_key(settings.home)
    assert rotate(database, settings) == rotate(database, settings)


def test_a_new_month_rotates_once(database: Engine, settings: Settings) -> None:
    made = ensure_landing_key(settings.home)
    later = datetime.now(UTC) + timedelta(days=31)
    with database.begin() as connection:
        assert landing_rotation.rotate_monthly(connection, settings.home, datetime.now(UTC)) is None
        successor = landing_rotation.rotate_monthly(connection, settings.home, later)
        assert landing_rotation.rotate_monthly(connection, settings.home, later) is None
    assert successor is not None
    assert ensure_landing_key(settings.home).key_id == successor.hex() != made.key_id


def test_an_old_key_stays_while_a_machine_has_not_fetched_its_successor(
    database: Engine, settings: Settings, sender: Sender
) -> None:
    rotate(database, settings)
    assert forgotten(database, settings) == []
    fetched(database, settings, sender)
    assert forgotten(database, settings) == [sender.landing_key.key_id]
    assert known_key_ids(settings.home) == {bytes.fromhex(ensure_landing_key(settings.home).key_id)}


def test_a_machine_that_is_revoked_holds_nothing(database: Engine, settings: Settings, sender: Sender) -> None:
    rotate(database, settings)
    with database.begin() as connection:
        deployments.revoke(connection, sender.deployment)
    assert forgotten(database, settings) == [sender.landing_key.key_id]


@pytest.mark.parametrize("named", ["landing_key", "spooled_keys"])
def test_a_machine_that_was_given_the_successor_holds_the_old_key_until_its_report_says_otherwise(
    database: Engine, settings: Settings, sender: Sender, named: str
) -> None:
    rotate(database, settings)
    old = sender.landing_key.key_id.hex()
    with served(create_app(database, settings)) as client:
        report(client, sender, **{named: [old] if named == "spooled_keys" else old})
        assert forgotten(database, settings) == []
        instructed = report(client, sender, landing_key=ensure_landing_key(settings.home).key_id)
    assert instructed.landing_key == ensure_landing_key(settings.home)
    assert forgotten(database, settings) == [sender.landing_key.key_id]


def report(client: httpx.Client, sender: Sender, **said: object) -> AgentInstructions:
    told = AgentReport.model_validate({"version": "1", "at": NOON, "state": "capturing", "since": NOON} | said)
    answer = client.post("/v1/report", content=told.model_dump_json(), headers=sender.headers())
    return AgentInstructions.model_validate_json(answer.content)


def test_an_import_holds_its_key_until_it_ends(database: Engine, settings: Settings) -> None:
    with database.begin() as connection:
        deployments.enrol(connection, "laptop", timezone="UTC")
        token = tokens.make(connection, label="import", deployment_id="laptop", lifetime=timedelta(hours=24))
        given = _give(connection, settings, token)
    rotate(database, settings)
    assert forgotten(database, settings) == []
    with database.begin() as connection:
        tokens.revoke(connection, token)
    assert forgotten(database, settings) == [bytes.fromhex(given.key_id)]


def test_a_machine_that_sent_and_was_given_nothing_that_is_known_holds_every_old_key(
    database: Engine, settings: Settings
) -> None:
    sender = enrolled(database, settings.home)  # a key that nobody noted
    with served(create_app(database, settings)) as client:
        outcomes(client, sender, sender.frame())
    assert (settings.home.landing / "laptop").exists()
    for path in settings.home.landing.rglob("*.sealed"):
        path.unlink()
    rotate(database, settings)
    assert forgotten(database, settings) == []
    fetched(database, settings, sender)
    assert forgotten(database, settings) == [sender.landing_key.key_id]


def test_an_old_key_stays_until_the_last_envelope_under_it_was_read(database: Engine, settings: Settings) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", LETTER))
    old = bytes.fromhex(ensure_landing_key(settings.home).key_id)
    with database.begin() as connection:
        tokens.revoke_all(connection, "laptop")
    rotate(database, settings)
    assert forgotten(database, settings) == []
    assert machine.read().read == 1
    assert forgotten(database, settings) == [old]


def test_an_envelope_whose_key_is_gone_costs_itself_alone_and_says_so(database: Engine, settings: Settings) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", LETTER))
    old = bytes.fromhex(ensure_landing_key(settings.home).key_id)
    rotate(database, settings)
    forget_key(settings.home, old)
    machine.refetch()
    machine.land(Shot("b", LETTER, 10))
    report = machine.read()
    assert (report.read, report.failed) == (1, 1)
    assert (machine.row("a")["ocr_status"], machine.row("a")["error"]) == (Status.ERROR, "key_gone")


@pytest.mark.parametrize("left", ["orphan.json", "orphan.key"])
def test_what_a_kill_left_of_a_new_pair_neither_shows_nor_stays(
    database: Engine, settings: Settings, sender: Sender, left: str
) -> None:
    rotate(database, settings)
    current = (landing_key_folder(settings.home) / "current").read_text()
    (landing_key_folder(settings.home) / "current").write_text(sender.landing_key.key_id.hex())
    suffix = ".key" if left.endswith(".json") else ".json"
    (landing_key_folder(settings.home) / f"{current}{suffix}").unlink()
    assert ensure_landing_key(settings.home).key_id == sender.landing_key.key_id.hex()
    forgotten(database, settings)
    assert sorted(path.name for path in landing_key_folder(settings.home).glob(f"{current}*")) == []
    assert known_key_ids(settings.home) == {sender.landing_key.key_id}


def _give(connection: Connection, settings: Settings, token: str) -> LandingKeyAnswer:
    grant = tokens.verify(connection, token)
    assert grant is not None
    return landing_rotation.give_landing_key(connection, settings.home, grant.hash)
