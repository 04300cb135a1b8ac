"""Recordings, whole and broken, through the real ingest endpoint into a real database."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from recall_assets.cli import main
from recall_assets.records import DeploymentDay
from recall_assets.server.address import record
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import deployments, frames, tables, tokens
from recall_assets.store.landing import read_envelope
from recall_assets.vault.landing import LandingKeys, Opened
from tests.integration.recordings_of_ours import FIRST, frame_line, moment, picture, write_day
from tests.integration.sending import served


@pytest.fixture(autouse=True)
def running(database: Engine, settings: Settings) -> Iterator[None]:
    """A running server of this home, so that no test waits for one of its own."""
    with served(create_app(database, settings)) as client:
        assert client.base_url.port is not None
        record(settings.home, client.base_url.port)
        yield


def imported(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    """Exit code and report of `recall import recording`."""
    capsys.readouterr()
    code = recall("import", "recording", *arguments, "--json")
    return code, json.loads(capsys.readouterr().out or "{}")


def recall(*arguments: str) -> int:
    """The command's exit code."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def opened(database: Engine, settings: Settings, deployment: str = "laptop", day: str = "2026-11-09") -> list[Opened]:
    """A day's frames in clear."""
    keys = LandingKeys(settings.home)
    with database.connect() as connection:
        landed = frames.pending(connection, DeploymentDay(deployment, date.fromisoformat(day)))
    return [keys.open(read_envelope(settings.home, str(frame.landing_ref)), frame.binding) for frame in landed]


def test_a_day_keeps_its_times_zone_monitors_windows_and_files(
    tmp_path: Path, database: Engine, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_day(
        tmp_path / "laptop" / "2026-11-09",
        [frame_line(1), frame_line(2, monitor=1, monitor_rect=[32, 0, 32, 24], file="frames/1.png", hold_s=1945.25)],
    )
    (folder / "frames" / "1.png").write_bytes(picture(9, "PNG"))
    code, report = imported(capsys, str(folder))
    assert (code, report["deployments"]) == (
        0,
        [{"id": "laptop", "frames": {"stored": 2}, "audio_segments": {}}],
    )
    with database.connect() as connection:
        landed = frames.pending(connection, DeploymentDay("laptop", date(2026, 11, 9)))
        known = deployments.read(connection, "laptop")
    assert known is not None
    assert known.timezone == "Europe/Berlin"
    assert [(f.captured_at, f.seen_until - f.captured_at, f.utc_offset, f.monitor) for f in landed] == [
        (moment(FIRST), timedelta(seconds=5), timedelta(hours=1), 0),
        (moment(FIRST), timedelta(seconds=1945.25), timedelta(hours=1), 1),
    ]
    first, second = opened(database, settings)
    assert (first.image, second.image) == (picture(0), picture(9, "PNG"))
    assert (first.metadata.app, first.metadata.title, first.metadata.url) == (
        "browser",
        "Inbox",
        "http://mail.test/inbox",
    )
    assert (first.metadata.imported_id, second.metadata.monitor_rect) == ("frame-1", (32, 0, 32, 24))
    [window] = first.metadata.windows
    assert (window.app, window.title, window.rect, window.active) == ("browser", "Inbox", (0, 0, 32, 20), True)
    assert window.url == "http://mail.test/inbox"
    assert "truth" not in first.metadata.model_dump_json()


def test_a_second_import_changes_nothing_and_says_so(
    tmp_path: Path, database: Engine, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = {"id": "call", "ts": FIRST, "duration_s": 19.5, "file": "audio/0.wav", "source": "microphone+speakers"}
    write_day(tmp_path / "set" / "laptop" / "2026-11-09", [frame_line(1)], audio=[sound | {"transcript": "truth"}])
    write_day(tmp_path / "set" / "desktop" / "2026-11-10", [frame_line(1, "2026-11-10T09:00:00+01:00")])
    assert imported(capsys, str(tmp_path / "set"))[0] == 0
    before = rows(database)
    assert recall("import", "recording", str(tmp_path / "set" / "laptop")) == 0
    said = capsys.readouterr().out
    assert "laptop: 1 frames known, 1 audio segments known" in said
    assert "Nothing changed" in said
    assert imported(capsys, str(tmp_path / "set" / "desktop" / "2026-11-10"))[0] == 0
    assert rows(database) == before
    with database.connect() as connection:
        [segment] = connection.execute(select(tables.audio_segments)).all()
        assert segment.ended_at - segment.started_at == timedelta(seconds=19.5)
        assert tokens.live_counts(connection) == {}


def test_an_agents_token_outlives_an_import_for_its_deployment(
    tmp_path: Path, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recall("deployments", "enrol", "work-pc", "--timezone", "Asia/Kathmandu", "--json") == 0
    token = json.loads(capsys.readouterr().out)["token"]
    folder = write_day(tmp_path / "laptop" / "2026-11-09", [frame_line(1)])
    assert imported(capsys, str(folder), "--deployment", "work-pc")[0] == 0
    with database.connect() as connection:
        assert tokens.verify(connection, token) is not None
        assert [each.id for each in deployments.read_all(connection)] == ["work-pc"]
    assert recall("deployments", "revoke", "work-pc") == 0
    assert imported(capsys, str(folder), "--deployment", "work-pc")[0] == 1


def test_still_and_idle_rows_stay_rows_and_claim_no_idle_time_that_was_not_recorded(
    tmp_path: Path, database: Engine, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        frame_line(1, "2026-11-09T12:00:00+01:00", change="idle"),
        frame_line(2, "2026-11-09T12:01:00+01:00", change="window"),
        frame_line(3, "2026-11-09T12:03:00+01:00", change="idle"),
        frame_line(4, "2026-11-09T12:08:00+01:00", change="idle", same_image_as="frame-3"),
        frame_line(5, "2026-11-09T12:09:00+01:00", change="typing"),
    ]
    assert imported(capsys, str(write_day(tmp_path / "laptop" / "day", [*lines])))[0] == 0
    read = [each.metadata for each in opened(database, settings)]
    assert [each.idle_seconds for each in read] == [None] * 5
    assert [each.trigger for each in read] == ["idle", "focus", "idle", "idle", "change"]


@pytest.mark.parametrize(
    ("zone", "lines", "days"),
    [
        ("Europe/Berlin", ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"], ["2026-10-25"] * 2),
        ("Asia/Kathmandu", ["2026-11-09T00:10:00+05:45"], ["2026-11-09"]),
        ("Pacific/Kiritimati", ["2026-11-09T23:59:59.999+14:00"], ["2026-11-09"]),
        ("Pacific/Marquesas", ["2026-11-09T23:59:59-09:30"], ["2026-11-09"]),
    ],
)
def test_days_are_those_of_the_recorded_clock(
    tmp_path: Path,
    database: Engine,
    capsys: pytest.CaptureFixture[str],
    zone: str,
    lines: list[str],
    days: list[str],
) -> None:
    described = [frame_line(number, ts) for number, ts in enumerate(lines)]
    assert imported(capsys, str(write_day(tmp_path / "laptop" / "day", [*described], timezone=zone)))[0] == 0
    with database.connect() as connection:
        found = connection.execute(select(tables.frames.c.day).order_by(tables.frames.c.captured_at)).scalars()
        assert [day.isoformat() for day in found] == days


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"id": "frame-9", "ts": ', "JSON"),
        (frame_line(9, file="frames/gone.webp"), "frames/gone.webp"),
        (frame_line(9, file="../../secret"), "inside"),
        (frame_line(9, "2026-11-09T12:00:00"), "ts"),
        (frame_line(9, "2026-02-30T12:00:00+01:00"), "ts"),
        (frame_line(9, "2026-11-09T12:00:00+15:00"), "offset"),
        (frame_line(9, "2026-11-09T12:00:00+00:00:30"), "ts"),
        (frame_line(9, "2126-11-09T12:00:00+01:00"), "clock"),
        (frame_line(9, id=""), "id"),
        (frame_line(9, id=None), "id"),
        (frame_line(9, hold_s=-1), "hold_s"),
        (frame_line(1, title="another frame under a known id"), "conflict"),
    ],
)
def test_a_broken_line_is_named_and_the_rest_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: dict[str, object] | str, reason: str
) -> None:
    folder = write_day(tmp_path / "laptop" / "2026-11-09", [frame_line(1), broken, frame_line(3)])
    code, report = imported(capsys, str(folder))
    [problem] = list_of(report["problems"])
    assert code == 1
    assert (problem["file"], problem["line"]) == (str(folder / "frames.jsonl"), 2)
    assert reason in str(problem["reason"])
    [deployment] = list_of(report["deployments"])
    assert dict_of(deployment["frames"])["stored"] == 2


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        ('{"timezone": "Europe/Atlantis"}', "Europe/Atlantis"),
        ('{"timezone": "../../etc/passwd"}', "no time zone"),
        ("{}", "timezone"),
        ("{", "JSON"),
        (None, "No such file"),
    ],
)
def test_a_day_that_cannot_be_described_is_named_and_the_others_are_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], described: str | None, reason: str
) -> None:
    broken = write_day(tmp_path / "laptop" / "2026-11-09", [frame_line(1)])
    (broken / "recording.json").unlink()
    if described is not None:
        (broken / "recording.json").write_text(described)
    write_day(tmp_path / "laptop" / "2026-11-10", [frame_line(1, "2026-11-10T09:00:00+01:00")])
    code, report = imported(capsys, str(tmp_path / "laptop"))
    [problem] = list_of(report["problems"])
    assert (code, problem["file"]) == (1, str(broken / "recording.json"))
    assert reason in str(problem["reason"])
    assert list_of(report["deployments"]) == [{"id": "laptop", "frames": {"stored": 1}, "audio_segments": {}}]


def test_what_is_no_recording_or_no_id_is_refused_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(capsys, str(tmp_path)) == (1, {})
    for name in ("laptop", "My PC"):
        write_day(tmp_path / "set" / name / "2026-11-09", [frame_line(1)])
    assert imported(capsys, str(tmp_path / "set"), "--deployment", "both") == (1, {})
    code, report = imported(capsys, str(tmp_path / "set" / "My PC"))
    assert (code, report["deployments"]) == (1, [])
    assert imported(capsys, str(tmp_path / "set" / "My PC"), "--deployment", "my-pc")[0] == 0


def rows(database: Engine) -> list[object]:
    with database.connect() as connection:
        tables_read = (tables.frames, tables.audio_segments)
        return [tuple(row) for table in tables_read for row in connection.execute(select(table).order_by(table.c.id))]


def list_of(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def dict_of(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
