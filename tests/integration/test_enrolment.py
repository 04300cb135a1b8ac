"""A machine becomes a deployment by a link, over TLS, from a server that the link names and from no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select

from capture_agent.credentials import Credentials, read_credentials
from capture_agent.enrolling import enrol_machine
from capture_agent.enrolment import EnrolmentError, TakenError, enrol, parse_link
from capture_agent.protocol import PROTOCOL_VERSION, VERSION_HEADER
from capture_agent.upload import Uploader
from recall_assets.server.enrolment import Attempts
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Home, Settings
from recall_assets.store import deployments, tables, tokens
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.integration.invited import certificate, link, reachable
from tests.integration.sending import enrolled

Server = httpx.Client
IDENTITY = "ab" * 32


@pytest.fixture
def server(database: Engine, settings: Settings) -> Iterator[Server]:
    with reachable(database, settings) as client:
        yield client


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the agent's credentials lie."""
    return tmp_path / "agent" / "credentials"


def use(text: str, kept: Path, deployment: str = "laptop") -> Credentials:
    return enrol(parse_link(text), kept, deployment=deployment, timezone="Europe/Berlin", name="Red one")


def known(database: Engine) -> list[str]:
    with database.connect() as connection:
        return [each.id for each in deployments.read_all(connection)]


def test_a_link_makes_a_machine_a_deployment_whose_token_is_its_users_alone(
    server: Server, database: Engine, settings: Settings, kept: Path
) -> None:
    credentials = use(link(database, settings.home, server), kept)
    assert read_credentials(kept) == credentials
    assert kept.stat().st_mode & 0o777 == 0o600
    assert credentials.identity == ensure_landing_key(settings.home).identity
    with database.connect() as connection:
        machine = deployments.require(connection, "laptop")
        given = connection.scalar(select(tables.tokens.c.landing_key).where(tables.tokens.c.scope == "ingest"))
    assert (machine.name, machine.timezone, bool(machine.platform)) == ("Red one", "Europe/Berlin", True)
    with Uploader(credentials.url, credentials.token, authority=credentials.ca) as uploader:
        assert uploader.landing_key().key_id == (given or b"").hex()


def test_a_link_works_once(server: Server, database: Engine, settings: Settings, kept: Path) -> None:
    text = link(database, settings.home, server)
    use(text, kept)
    with pytest.raises(EnrolmentError, match="was used"):
        use(text, kept, "desktop")
    assert known(database) == ["laptop"]


def test_of_many_that_bring_one_code_exactly_one_becomes_a_deployment(
    server: Server, database: Engine, settings: Settings, tmp_path: Path
) -> None:
    text = link(database, settings.home, server)

    def attempt(number: int) -> bool:
        try:
            use(text, tmp_path / str(number), f"machine-{number}")
        except EnrolmentError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(attempt, range(6)))
    assert won.count(True) == 1
    assert known(database) == [f"machine-{won.index(True)}"]


def test_a_taken_id_leaves_the_link_usable_with_another_one(
    server: Server, database: Engine, settings: Settings, kept: Path
) -> None:
    enrolled(database, settings.home, "laptop")
    text = link(database, settings.home, server)
    with pytest.raises(TakenError, match="another id"):
        use(text, kept)
    assert not kept.exists()
    use(text, kept, "desktop")
    assert known(database) == ["desktop", "laptop"]


def test_a_link_for_a_known_machine_gives_it_a_new_token_and_ends_the_old_ones(
    server: Server, database: Engine, settings: Settings, kept: Path
) -> None:
    before = enrolled(database, settings.home, "laptop")
    with database.begin() as connection:
        deployments.revoke(connection, "laptop")
    text = link(database, settings.home, server, deployment="laptop")
    with pytest.raises(TakenError, match="for the deployment laptop"):
        use(text, kept, "desktop")
    after = use(text, kept)
    with database.connect() as connection:
        assert tokens.verify(connection, before.token) is None
        assert tokens.verify(connection, after.token) is not None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ca": "00" * 32}, "somebody stands between"),
        ({"identity": "11" * 32}, "not the one that was pinned"),
        ({"code": "recall_" + "a" * 43}, "unknown"),
    ],
)
def test_another_server_or_a_wrong_link_leaves_nothing_on_the_machine(
    server: Server, database: Engine, settings: Settings, kept: Path, wrong: dict[str, str], why: str
) -> None:
    with pytest.raises(EnrolmentError, match=why):
        use(link(database, settings.home, server, instead=wrong), kept)
    assert list(kept.parent.iterdir()) == []


def test_somebody_between_who_hands_on_the_true_certificate_but_serves_with_another_gets_no_code(
    database: Engine, settings: Settings, kept: Path, tmp_path: Path
) -> None:
    with reachable(database, settings, certified=Home(tmp_path / "impostor")) as impostor:
        with pytest.raises(EnrolmentError, match="is not one to trust"):
            use(link(database, settings.home, impostor), kept)
        assert known(database) == []


def test_an_expired_link_is_refused(server: Server, database: Engine, settings: Settings, kept: Path) -> None:
    with pytest.raises(EnrolmentError, match="expired"):
        use(link(database, settings.home, server, lifetime=timedelta(seconds=-1)), kept)


def test_a_zone_that_the_server_does_not_know_leaves_the_link_usable(
    server: Server, database: Engine, settings: Settings, kept: Path
) -> None:
    text = link(database, settings.home, server)
    with pytest.raises(EnrolmentError, match="no time zone"):
        enrol(parse_link(text), kept, deployment="laptop", timezone="Mars/Olympus")
    use(text, kept)


@pytest.mark.parametrize(
    "text",
    [
        "http://192.168.1.5:8788/enrol",
        "http://recall.example.test/enrol",
        "http://127.0.0.1.example.test/enrol",
        "ftp://127.0.0.1/enrol",
    ],
)
def test_a_code_is_never_sent_in_clear_over_a_network(text: str) -> None:
    with pytest.raises(EnrolmentError, match="not https"):
        parse_link(f"{text}#code=c&identity={IDENTITY}")


@pytest.mark.parametrize(
    "text",
    [
        "laptop",
        "https://h/enrol",
        "https://h/enrol#code=c",
        f"https://h/enrol#identity={IDENTITY}",
        f"https:///enrol#code=c&identity={IDENTITY}",
        f"https://h/elsewhere#code=c&identity={IDENTITY}",
        f"https://h/enrol#code=c&identity={IDENTITY}&ca=ab12",
    ],
)
def test_what_is_no_whole_link_is_told(text: str) -> None:
    with pytest.raises(EnrolmentError, match="no whole enrolment link"):
        parse_link(text)


def test_wrong_codes_are_slowed_down_by_address(server: Server) -> None:
    wish = {"code": "recall_" + "x" * 20, "deployment": "laptop", "timezone": "UTC", "platform": "Linux"}
    headers = {VERSION_HEADER: str(PROTOCOL_VERSION)}
    answers = [server.post("/v1/enrol", json=wish, headers=headers) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_who_was_slowed_down_may_try_again_after_a_while_and_others_meanwhile() -> None:
    now = 0.0
    attempts = Attempts(most=2, seconds=60, clock=lambda: now)
    for at in (0.0, 1.0):
        now = at
        attempts.check("a")
        attempts.failed("a")
    with pytest.raises(Refusal):
        attempts.check("a")
    attempts.check("b")
    now = 60.0
    attempts.check("a")


def test_the_certificate_is_everybodys_to_see_and_its_key_the_owners_alone(server: Server, settings: Settings) -> None:
    assert server.get("/v1/ca").text == (settings.home.keys / "tls" / "ca.pem").read_text()
    modes = {path.name: path.stat().st_mode & 0o777 for path in certificate(settings.home).path.parent.iterdir()}
    assert modes == {"ca.pem": 0o600, "ca.key": 0o600, "server.pem": 0o600}


def test_the_person_chooses_the_id_again_where_it_is_taken(
    server: Server, database: Engine, settings: Settings, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled(database, settings.home, "laptop")
    answers = iter(["laptop", " kitchen "])
    text = link(database, settings.home, server)
    credentials = enrol_machine(text, kept, timezone="Europe/Berlin", ask=lambda _question: next(answers))
    assert credentials.deployment == "kitchen"
    assert "another id" in capsys.readouterr().err


def test_a_machine_is_never_called_anything_by_itself_and_enrolled_once(
    server: Server, database: Engine, settings: Settings, kept: Path
) -> None:
    text = link(database, settings.home, server)
    with pytest.raises(EnrolmentError, match="--id"):
        enrol_machine(text, kept, timezone="Europe/Berlin")
    enrol_machine(text, kept, deployment="laptop", timezone="Europe/Berlin")
    with pytest.raises(EnrolmentError, match="is enrolled as laptop"):
        enrol_machine(link(database, settings.home, server), kept, deployment="other", timezone="Europe/Berlin")
    again = link(database, settings.home, server, deployment="laptop", instead={"id": "laptop"})
    assert enrol_machine(again, kept, timezone="Europe/Berlin").deployment == "laptop"
