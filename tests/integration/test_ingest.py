"""Every answer of the ingest endpoint, over a real database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine, select, update

from capture_agent.protocol import MAX_BATCH_OVERHEAD, VERSION_HEADER
from capture_agent.upload import Outgoing
from recall_assets.forgetting import forget
from recall_assets.records import DeploymentDay, ForgetCriteria
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import deployments, frames, tables, tokens
from recall_assets.store.landing import read_envelope
from recall_assets.store.settings import partitions_start
from recall_assets.vault.landing import LandingKeys
from tests.integration.sending import (
    HOUR,
    NOON,
    Sender,
    enrolled,
    item_id,
    landed_files,
    outcomes,
    post,
    reasons,
    served,
)

LAPTOP_DAY = DeploymentDay("laptop", date(2026, 11, 9))


@pytest.fixture
def client(database: Engine, settings: Settings) -> Iterator[httpx.Client]:
    with served(create_app(database, settings)) as client:
        yield client


@pytest.fixture
def laptop(database: Engine, settings: Settings) -> Sender:
    return enrolled(database, settings.home)


def landed(database: Engine, partition: DeploymentDay = LAPTOP_DAY) -> list[frames.LandedFrame]:
    with database.connect() as connection:
        return frames.pending(connection, partition)


def arrivals(database: Engine) -> dict[str, int]:
    """The arrival numbers of the frames a and b."""
    names = {item_id(name): name for name in ("a", "b")}
    with database.connect() as connection:
        rows = connection.execute(select(tables.frames.c.id, tables.frames.c.arrival)).all()
    return {names[id_]: arrival for id_, arrival in rows}


# ── what is stored ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_frame_lands_as_a_row_without_screen_text_and_a_sealed_file_that_opens(
    client: httpx.Client, laptop: Sender, database: Engine, settings: Settings
) -> None:
    assert outcomes(client, laptop, laptop.frame(held=timedelta(seconds=7), monitor=1)) == ["stored"]
    [frame] = landed(database)
    assert (frame.captured_at, frame.seen_until - NOON, frame.monitor) == (NOON, timedelta(seconds=7), 1)
    assert frame.landing_ref == f"laptop/2026-11-09/{frame.id}.sealed"
    assert landed_files(settings.home) == [frame.landing_ref]
    assert (settings.home.landing / frame.landing_ref).stat().st_mode & 0o777 == 0o600
    opened = LandingKeys(settings.home).open(read_envelope(settings.home, frame.landing_ref), frame.binding)
    assert (opened.metadata.title, opened.image) == ("Inbox", b"image")
    with database.connect() as connection:
        row = connection.execute(select(tables.frames)).one()
    assert (row.app_name, row.window_title, row.url, row.windows, row.imported_id) == (None,) * 5


def test_sound_lands_like_a_frame(client: httpx.Client, laptop: Sender, database: Engine, settings: Settings) -> None:
    assert outcomes(client, laptop, laptop.sound(), laptop.sound()) == ["stored", "known"]
    with database.connect() as connection:
        row = connection.execute(select(tables.audio_segments)).one()
    assert (row.ended_at - row.started_at, row.day, row.source) == (timedelta(seconds=30), date(2026, 11, 9), None)
    assert landed_files(settings.home) == [row.landing_ref]


@pytest.mark.parametrize(
    ("at", "offset", "day"),
    [
        (datetime(2026, 11, 9, 23, 30, tzinfo=UTC), timedelta(hours=1), date(2026, 11, 10)),
        (datetime(2026, 11, 9, 3, 30, tzinfo=UTC), timedelta(hours=-9, minutes=-30), date(2026, 11, 8)),
        (datetime(2026, 11, 9, 10, 0, tzinfo=UTC), timedelta(hours=14), date(2026, 11, 10)),
        (datetime(2026, 11, 9, 18, 15, tzinfo=UTC), timedelta(hours=5, minutes=45), date(2026, 11, 10)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=2), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), timedelta(hours=1), date(2026, 10, 25)),
    ],
)
def test_the_day_is_the_date_that_the_machines_clock_showed(
    client: httpx.Client, laptop: Sender, database: Engine, at: datetime, offset: timedelta, day: date
) -> None:
    assert outcomes(client, laptop, laptop.frame(at=at, offset=offset)) == ["stored"]
    assert len(landed(database, DeploymentDay("laptop", day))) == 1


def test_an_old_day_lowers_the_start_of_partitions_and_a_later_one_does_not(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    for name, at in [("now", NOON), ("old", NOON - timedelta(days=400)), ("later", NOON + HOUR)]:
        assert outcomes(client, laptop, laptop.frame(name, at)) == ["stored"]
    with database.connect() as connection:
        assert partitions_start(connection) == date(2025, 10, 1)


# ── repetition ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_frame_is_known_and_changes_nothing(client: httpx.Client, laptop: Sender, database: Engine) -> None:
    first = laptop.frame()
    assert outcomes(client, laptop, first, first, laptop.frame()) == ["stored", "known", "known"]
    before = landed(database)
    assert outcomes(client, laptop, laptop.frame()) == ["known"]
    assert landed(database) == before


def test_another_content_or_deployment_under_a_known_id_is_a_conflict(
    client: httpx.Client, laptop: Sender, database: Engine, settings: Settings
) -> None:
    desktop = enrolled(database, settings.home, "desktop")
    assert outcomes(client, laptop, laptop.frame(), laptop.frame(title="Outbox")) == ["stored", "conflict"]
    assert outcomes(client, laptop, laptop.frame(image=b"other")) == ["conflict"]
    assert outcomes(client, desktop, desktop.frame()) == ["conflict"]
    assert len(landed_files(settings.home)) == 1


def test_after_a_finding_has_cleared_the_tag_a_repeated_frame_is_known(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    outcomes(client, laptop, laptop.frame())
    with database.begin() as connection:
        connection.execute(update(tables.frames).values(content_tag=None))
    assert outcomes(client, laptop, laptop.frame()) == ["known"]


# ── still screens ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_still_screen_extends_its_frame_once_and_takes_the_next_arrival(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    outcomes(client, laptop, laptop.frame("a"), laptop.frame("b", NOON + HOUR))
    assert arrivals(database) == {"a": 1, "b": 2}
    still = laptop.seen("a", NOON + timedelta(minutes=5))
    assert outcomes(client, laptop, still, still) == ["stored", "known"]
    assert outcomes(client, laptop, laptop.seen("a", NOON + timedelta(minutes=1))) == ["known"]
    assert landed(database)[0].seen_until == NOON + timedelta(minutes=5)
    assert arrivals(database) == {"a": 3, "b": 2}


def test_a_still_screen_may_travel_before_its_frame_in_a_batch_but_not_without_it(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    still = laptop.seen("a", NOON + HOUR)
    assert outcomes(client, laptop, still) == ["rejected"]
    assert outcomes(client, laptop, still, laptop.frame("a")) == ["stored", "stored"]
    assert landed(database)[0].seen_until == NOON + HOUR
    assert outcomes(client, laptop, laptop.seen("a", NOON + 2 * HOUR, at=NOON + HOUR)) == ["conflict"]


# ── clocks and what was forgotten ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ahead", "outcome", "suspect"),
    [
        (timedelta(minutes=9), "stored", False),
        (timedelta(minutes=12), "stored", True),
        (timedelta(hours=35), "stored", True),
        (timedelta(hours=37), "rejected", None),
    ],
)
def test_a_clock_that_runs_ahead_is_suspected_and_far_ahead_refused(
    client: httpx.Client, laptop: Sender, database: Engine, ahead: timedelta, outcome: str, suspect: bool | None
) -> None:
    frame = laptop.frame(at=datetime.now(UTC) + ahead)
    assert outcomes(client, laptop, frame) == [outcome]
    with database.connect() as connection:
        assert connection.scalar(select(tables.frames.c.clock_suspect)) is suspect
    if outcome == "rejected":
        assert "set that machine's clock" in str(reasons(client, laptop, frame))


def test_a_clock_at_its_epoch_is_refused(client: httpx.Client, laptop: Sender) -> None:
    assert "set that machine's clock" in str(reasons(client, laptop, laptop.frame(at=datetime(1970, 1, 2, tzinfo=UTC))))


def test_a_forgotten_time_stays_forgotten(
    client: httpx.Client, laptop: Sender, database: Engine, settings: Settings
) -> None:
    desktop = enrolled(database, settings.home, "desktop")
    forget(database, settings.home, ForgetCriteria(NOON + HOUR, NOON, ("laptop",)))
    forget(database, settings.home, ForgetCriteria(NOON + HOUR, NOON - HOUR, app="mail"))  # judged after opening
    before, inside, after = (NOON - timedelta(seconds=1), NOON, NOON + HOUR)
    sent = [laptop.frame(str(at), at) for at in (before, inside, after)]
    assert outcomes(client, laptop, *sent) == ["stored", "forgotten", "stored"]
    assert outcomes(client, laptop, laptop.seen(str(inside), NOON + HOUR, at=inside)) == ["forgotten"]
    assert outcomes(client, laptop, laptop.sound(at=NOON - timedelta(seconds=10))) == ["forgotten"]
    assert outcomes(client, laptop, laptop.seen(str(before), NOON, at=before)) == ["forgotten"]  # it stood into it
    assert outcomes(client, desktop, desktop.frame("of another machine", NOON)) == ["stored"]
    assert not any(str(item_id(str(inside))) in name for name in landed_files(settings.home))


# ── what is rejected ────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_unusable_item_is_rejected_and_the_others_are_stored(
    client: httpx.Client, laptop: Sender, settings: Settings
) -> None:
    good, other = laptop.frame("good"), laptop.frame("other")
    damaged = Outgoing(other.header, other.envelope[:-1] + b"\x00")
    cut = Outgoing(other.header, other.envelope[:-1])
    unreadable = other.header.model_copy(update={"deployment": "laptop", "monitor": -1})
    items = [damaged, good, cut, Outgoing(unreadable, other.envelope)]
    assert outcomes(client, laptop, *items) == ["rejected", "stored", "rejected", "rejected"]
    assert len(landed_files(settings.home)) == 1


def test_an_envelope_for_another_server_is_rejected_with_the_remedy(
    client: httpx.Client, laptop: Sender, settings: Settings
) -> None:
    for path in (settings.home.keys / "landing").glob("*"):
        path.unlink()
    assert "fetch the current one" in str(reasons(client, laptop, laptop.frame()))


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"])
def test_without_the_token_nothing_is_taken(client: httpx.Client, laptop: Sender, authorization: str) -> None:
    answer = post(client, laptop, laptop.frame(), Authorization=authorization.format(token=laptop.token))
    assert answer.status_code == 401
    assert "recall deployments invite" in answer.json()["remedy"]
    assert client.get("/v1/landing-key").status_code == 401


def test_revoked_and_expired_tokens_and_those_of_revoked_deployments_are_refused(
    client: httpx.Client, laptop: Sender, database: Engine
) -> None:
    with database.begin() as connection:
        past = timedelta(seconds=-1)
        expired = tokens.make(connection, label="old", deployment_id="laptop", lifetime=past)
        revoked = tokens.make(connection, label="lost", deployment_id="laptop")
        tokens.revoke(connection, revoked)
    for token in (expired, revoked):
        assert post(client, laptop, laptop.frame(), Authorization=f"Bearer {token}").status_code == 401
    with database.begin() as connection:
        deployments.revoke(connection, "laptop")
    assert post(client, laptop, laptop.frame()).status_code == 401


def test_a_token_is_kept_as_its_digest_only(database: Engine, laptop: Sender) -> None:
    with database.connect() as connection:
        assert laptop.token.encode() not in repr(connection.execute(select(tables.tokens)).all()).encode()


def test_a_batch_that_names_another_deployment_is_refused_whole(
    client: httpx.Client, laptop: Sender, database: Engine, settings: Settings
) -> None:
    enrolled(database, settings.home, "desktop")
    answer = post(client, laptop, laptop.frame("own"), laptop.frame("foreign", deployment="desktop"))
    assert answer.status_code == 403
    assert landed_files(settings.home) == []
    assert landed(database) == []


def test_a_token_of_another_scope_may_not_send(client: httpx.Client, laptop: Sender, database: Engine) -> None:
    with database.begin() as connection:
        token = tokens.make(connection, label="assistant", scope="mcp")
    assert post(client, laptop, laptop.frame(), Authorization=f"Bearer {token}").status_code == 403


@pytest.mark.parametrize(("version", "remedy"), [("0", "agent"), ("", "agent"), ("one", "agent"), ("99", "server")])
def test_a_version_that_the_server_does_not_speak_is_refused_with_the_remedy(
    client: httpx.Client, laptop: Sender, version: str, remedy: str
) -> None:
    answer = post(client, laptop, laptop.frame(), **{VERSION_HEADER: version})
    assert answer.status_code == 426
    assert f"Upgrade the {remedy}" in answer.json()["remedy"]


def test_a_body_over_the_cap_is_refused(database: Engine, settings: Settings, laptop: Sender) -> None:
    small = settings.model_copy(update={"max_envelope_bytes": 1000})
    with served(create_app(database, small)) as client:
        assert post(client, laptop, laptop.frame(image=bytes(MAX_BATCH_OVERHEAD + 1001))).status_code == 413
        assert outcomes(client, laptop, laptop.frame()) == ["stored"]


def test_a_body_that_is_no_batch_is_refused(client: httpx.Client, laptop: Sender) -> None:
    assert client.post("/v1/ingest", content=b"\x00\x00\x00", headers=laptop.headers()).status_code == 400


def test_only_names_of_this_machine_are_answered_and_nothing_describes_the_routes(
    client: httpx.Client, laptop: Sender
) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/health", headers={"Host": "localhost:8787"}).status_code == 200
    assert client.get("/health", headers={"Host": "recall.example.test"}).status_code == 400
    assert post(client, laptop, laptop.frame(), Host="rebound.example.test").status_code == 400
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3
