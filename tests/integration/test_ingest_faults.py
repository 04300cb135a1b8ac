"""What a crash, a full disk, a failing database or two senders leave behind: every frame once, no stray file."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import Engine, func, select, text

from capture_agent.protocol import PROTOCOL_VERSION, VERSION_HEADER, pack_item
from recall_assets.errors import LandingError
from recall_assets.server.address import running_server
from recall_assets.server.app import create_app
from recall_assets.server.child import reachable_server
from recall_assets.settings import Settings
from recall_assets.store import tables
from recall_assets.store.landing import STRAY_AFTER, landing_ref, read_envelope, sweep, write_envelopes
from tests.integration.sending import HOUR, NOON, Sender, enrolled, item_id, landed_files, outcomes, post, served


@pytest.fixture
def laptop(database: Engine, settings: Settings) -> Sender:
    return enrolled(database, settings.home)


def frame_count(database: Engine) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.frames)) or 0


def test_when_the_rows_fail_no_file_stays_and_the_batch_can_come_again(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    with served(create_app(database, settings)) as client:
        with database.begin() as connection:
            connection.execute(text("alter table recall.frames add constraint broken check (monitor <> 3) not valid"))
        batch = [laptop.frame("a"), laptop.frame("b", monitor=3)]
        answer = post(client, laptop, *batch)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "monitor" not in answer.text
        assert (landed_files(settings.home), frame_count(database)) == ([], 0)
        with database.begin() as connection:
            connection.execute(text("alter table recall.frames drop constraint broken"))
        assert outcomes(client, laptop, *batch) == ["stored", "stored"]


def test_when_the_files_fail_no_row_stays(
    database: Engine, settings: Settings, laptop: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def full_disk(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > 3:
            raise OSError(28, "No space left on device")

    with served(create_app(database, settings)) as client:
        monkeypatch.setattr(os, "fsync", full_disk)
        assert post(client, laptop, *(laptop.frame(str(n)) for n in range(4))).status_code == 503
        assert (landed_files(settings.home), frame_count(database)) == ([], 0)
        monkeypatch.undo()
        assert outcomes(client, laptop, laptop.frame("0")) == ["stored"]


def test_a_crash_between_file_and_row_is_healed_by_the_repeated_batch(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    frame = laptop.frame("a")
    ref = landing_ref("laptop", date(2026, 11, 9), item_id("a"))
    write_envelopes(settings.home, [(ref, b"what the killed server wrote")])
    with served(create_app(database, settings)) as client:
        assert outcomes(client, laptop, frame) == ["stored"]
    assert landed_files(settings.home) == [ref]
    assert read_envelope(settings.home, ref) == frame.envelope


def test_the_sweep_removes_what_no_row_points_at_and_nothing_else(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    day = date(2026, 11, 9)
    refs = {name: landing_ref("laptop", day, item_id(name)) for name in ("pending", "read", "fresh stray", "old stray")}
    with served(create_app(database, settings)) as client:
        outcomes(client, laptop, laptop.frame("pending"), laptop.frame("read"), laptop.sound("a call"))
    with database.begin() as connection:
        read = tables.frames.update().where(tables.frames.c.id == item_id("read")).values(landing_ref=None)
        connection.execute(read)
    write_envelopes(settings.home, [(refs["fresh stray"], b""), (refs["old stray"], b"")])
    long_ago = time.time() - STRAY_AFTER.total_seconds() - 60
    os.utime(settings.home.landing / refs["old stray"], (long_ago, long_ago))
    (settings.home.landing / refs["pending"]).with_suffix(".part").write_bytes(b"half")
    with database.begin() as connection:
        assert sweep(connection, settings.home) == 3
    kept = {refs["pending"], refs["fresh stray"], landing_ref("laptop", day, item_id("a call"))}
    assert set(landed_files(settings.home)) == kept


def test_senders_that_send_the_same_frames_at_once_store_each_once(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    sent = [laptop.frame(str(n)) for n in range(6)]
    with served(create_app(database, settings)) as client, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: outcomes(client, laptop, *sent), range(8)))
    assert sorted(answers) == [["known"] * 6] * 7 + [["stored"] * 6]
    assert (len(landed_files(settings.home)), frame_count(database)) == (6, 6)


def test_arrival_numbers_become_visible_in_their_order(database: Engine, settings: Settings, laptop: Sender) -> None:
    """A sensor that has seen a number must not find a lower one later."""
    with served(create_app(database, settings)) as client, ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(outcomes, client, laptop, laptop.frame(str(n), NOON + n * HOUR)) for n in range(20)]
        seen: set[int] = set()
        while not all(future.done() for future in futures):
            with database.connect() as connection:
                now = set(connection.scalars(select(tables.frames.c.arrival)))
            assert min(now - seen, default=10**9) > max(seen, default=0)
            seen |= now


def test_the_server_process_takes_frames_survives_kill_9_and_ends_with_its_parent(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    with reachable_server(settings) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert outcomes(client, laptop, laptop.frame("a")) == ["stored"]
        assert running_server(settings.home) is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health", trust_env=False)
    command = [sys.executable, "-m", "recall_assets.server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        try:
            with reachable_server(settings) as url, httpx.Client(base_url=url, trust_env=False) as client:
                assert url == running_server(settings.home)
                assert outcomes(client, laptop, laptop.frame("a"), laptop.frame("b")) == ["known", "stored"]
                taken = subprocess.run([*command[:-1], url.rpartition(":")[2]], capture_output=True, text=True)
                assert (taken.returncode, "RECALL_SERVER_PORT" in taken.stderr) == (1, True)
        finally:
            server.kill()
    assert running_server(settings.home) is None
    with reachable_server(settings) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert outcomes(client, laptop, laptop.frame("a"), laptop.frame("b")) == ["known", "known"]


def test_a_missing_envelope_says_which(settings: Settings) -> None:
    with pytest.raises(LandingError, match="laptop/2026-11-09/gone"):
        read_envelope(settings.home, "laptop/2026-11-09/gone.sealed")


def test_a_sender_that_stops_in_the_middle_of_a_batch_leaves_nothing(
    database: Engine, settings: Settings, laptop: Sender
) -> None:
    frame = laptop.frame()
    body = pack_item(frame.header, frame.envelope)
    with served(create_app(database, settings)) as client:
        assert client.post("/v1/ingest", content=body[:-1], headers=laptop.headers()).status_code == 400
    assert (landed_files(settings.home), frame_count(database)) == ([], 0)


def test_the_log_says_counts_and_nothing_of_the_screen(
    database: Engine, settings: Settings, laptop: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with served(create_app(database, settings)) as client:
        outcomes(client, laptop, laptop.frame(held=timedelta(seconds=1), title="the title"))
        client.get("/health?secret=hush")
    assert "ingest laptop: 1 stored" in caplog.text
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert not any(word in ours for word in ("the title", "hush", laptop.token))


def test_a_sender_that_goes_in_the_middle_of_its_request_leaves_no_error_in_the_log(
    database: Engine, settings: Settings, laptop: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    with served(create_app(database, settings)) as client:
        address = client.base_url.host, client.base_url.port or 0
        with socket.create_connection(address) as sender:
            head = f"POST /v1/ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {laptop.token}\r\n"
            head += f"{VERSION_HEADER}: {PROTOCOL_VERSION}\r\nContent-Length: 1000\r\n\r\nhalf of it"
            sender.sendall(head.encode())
        assert outcomes(client, laptop, laptop.frame("a")) == ["stored"]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
