"""What agents report of themselves is kept for their deployment alone, and answered with the key to seal to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine, update

from capture_agent.messages import AgentReport, CaptureState
from capture_agent.protocol import MAX_MESSAGE_BYTES, VERSION_HEADER
from capture_agent.upload import Uploader
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import agent_reports, deployments, tables, tokens
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.integration.sending import NOON, Sender, enrolled, served

REPORT = AgentReport(version="1", at=NOON, state=CaptureState.CAPTURING, since=NOON, spooled_items=3, problem="full")


@pytest.fixture
def client(database: Engine, settings: Settings) -> Iterator[httpx.Client]:
    with served(create_app(database, settings)) as client:
        yield client


@pytest.fixture
def laptop(database: Engine, settings: Settings) -> Sender:
    return enrolled(database, settings.home)


def test_the_last_report_is_kept_and_answered_with_the_key_to_seal_to(
    client: httpx.Client, laptop: Sender, database: Engine, settings: Settings
) -> None:
    enrolled(database, settings.home, "desktop")
    with Uploader(str(client.base_url), laptop.token) as uploader:
        uploader.report(REPORT.model_copy(update={"state": CaptureState.PAUSED}))
        answer = uploader.report(REPORT)
    assert answer.landing_key == ensure_landing_key(settings.home)
    with database.connect() as connection:
        kept = agent_reports.last_reports(connection)
        seen = deployments.require(connection, "laptop").last_seen_at
    assert list(kept) == ["laptop"]
    assert kept["laptop"].report == REPORT
    assert seen == kept["laptop"].received_at
    assert abs((datetime.now(UTC) - kept["laptop"].received_at).total_seconds()) < 60


def test_a_report_that_another_version_wrote_is_no_report(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    with database.begin() as connection:
        agent_reports.keep(connection, "laptop", REPORT)
        connection.execute(update(tables.deployments).values(reported={"mood": "good"}))
        assert agent_reports.last_reports(connection) == {}


def test_control_characters_reach_neither_the_database_nor_a_terminal(laptop: Sender, database: Engine) -> None:
    told = AgentReport.model_validate(REPORT.model_dump() | {"problem": "disk\x00 \x1b[2Jfull"})
    with database.begin() as connection:
        agent_reports.keep(connection, "laptop", told)
        assert agent_reports.last_reports(connection)["laptop"].report.problem == "disk   [2Jfull"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 400), (b"\xff", 400), (b'{"secret": "s3cr3t"}', 400), (bytes(MAX_MESSAGE_BYTES + 1), 413)],
)
def test_what_is_no_report_is_refused_without_being_repeated(
    client: httpx.Client, laptop: Sender, body: bytes, status: int
) -> None:
    answer = client.post("/v1/report", content=body, headers=laptop.headers())
    assert answer.status_code == status
    assert "s3cr3t" not in answer.text


def test_only_a_live_token_of_an_agent_may_report(client: httpx.Client, laptop: Sender, database: Engine) -> None:
    body = REPORT.model_dump_json()
    with database.begin() as connection:
        owner = tokens.make(connection, label="page", scope="api")
        code = tokens.make(connection, label="invitation", scope="enrol", deployment_id="laptop")
    for token, status in ((laptop.token, 200), (owner, 403), (code, 403), ("recall_x", 401)):
        headers = laptop.headers(Authorization=f"Bearer {token}")
        assert client.post("/v1/report", content=body, headers=headers).status_code == status
    older = laptop.headers(**{VERSION_HEADER: "0"})
    assert client.post("/v1/report", content=body, headers=older).status_code == 426
