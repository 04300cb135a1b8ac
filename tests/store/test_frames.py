"""A frame's row from landing to reading."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine, insert, select

from recall_assets.records import Box, DeploymentDay, Status, Window
from recall_assets.store import deployments, frames, tables

DAY = DeploymentDay("laptop", date(2026, 11, 9))
NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
WINDOWS = (
    Window("browser", "Inbox", Box(0, 0, 800, 600), active=True, url="http://mail.test/"),
    Window("terminal", "~", Box(100, 50, 400, 300)),
)


def land(connection: Connection, name: str, at: datetime, monitor: int = 0) -> frames.ArrivingFrame:
    frame = frames.ArrivingFrame(
        id=uuid5(UUID(int=0), name),
        deployment_id="laptop",
        captured_at=at,
        seen_until=at + timedelta(seconds=5),
        utc_offset=timedelta(hours=5, minutes=45),
        day=DAY.day,
        monitor=monitor,
        content_tag=b"tag",
        clock_suspect=False,
        landing_ref=f"laptop/2026-11-09/{name}.sealed",
    )
    frames.land_frames(connection, [frame])
    return frame


def store_text(connection: Connection, frame_id: UUID) -> None:
    text = {"frame_id": frame_id, "text": "all of it", "new_text": "of it", "layout": [], "engine": "tesseract"}
    made = {"language": "eng", "detector_version": "1", "code_version_read": "1", "code_version": "1"}
    connection.execute(insert(tables.ocr_text).values(text | made))


def test_a_frame_waits_until_it_is_read_and_then_comes_with_its_redacted_texts(database: Engine) -> None:
    with database.begin() as connection:
        deployments.enrol(connection, "laptop", timezone="Asia/Kathmandu")
        second = land(connection, "second", NOON, monitor=1)
        first = land(connection, "first", NOON)
        assert [frame.id for frame in frames.pending(connection, DAY)] == [first.id, second.id]
        read = frames.ReadFrame(first.id, 800, 600, "2026/11/first.webp", b"digest", 12)
        full = replace(read, app_name="browser", window_title="Inbox", windows=WINDOWS, idle_seconds=1.5, locked=True)
        frames.mark_read(connection, [full])
        store_text(connection, first.id)
        assert [frame.id for frame in frames.pending(connection, DAY)] == [second.id]
        [frame] = frames.read_day(connection, DAY)
        row = connection.execute(select(tables.frames).where(tables.frames.c.id == first.id)).one()
    assert (frame.id, frame.captured_at, frame.utc_offset) == (first.id, NOON, timedelta(hours=5, minutes=45))
    assert (frame.app_name, frame.window_title, frame.windows) == ("browser", "Inbox", WINDOWS)
    assert (frame.idle_seconds, frame.locked, frame.text, frame.new_text) == (1.5, True, "all of it", "of it")
    assert (row.content_tag, row.landing_ref) == (None, None)


def test_a_frame_that_failed_waits_again_when_it_is_set_back(database: Engine) -> None:
    with database.begin() as connection:
        deployments.enrol(connection, "laptop", timezone="Asia/Kathmandu")
        frame = land(connection, "a", NOON)
        frames.mark_failed(connection, frame.id, Status.ERROR, "cannot be decoded")
        assert frames.pending(connection, DAY) == []
        assert frames.set_pending(connection, DAY, [Status.DONE]) == 0
        assert frames.set_pending(connection, DAY, [Status.ERROR]) == 1
        assert [waiting.attempts for waiting in frames.pending(connection, DAY)] == [1]
