"""Redacted images in a bucket of a real S3 server: read, filled, backed up and restored as files are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select

from recall_assets.cli.doctor import State, _bucket
from recall_assets.errors import EngineError, InputError
from recall_assets.home import Bucket, Home
from recall_assets.records import Box, DeploymentDay
from recall_assets.settings import Settings, load_settings
from recall_assets.store import frame_files, tables
from tests.backup.test_backup import empty
from tests.cli.conftest import Recall, recall
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import item_id
from tests.system.bucket_server import BUCKET, bucket_server

__all__ = ["empty", "recall"]

pytestmark = pytest.mark.system

LOGIN = page("Account settings", "Password: Quarry58Tinder31", "Save changes")
DAY = DeploymentDay("laptop", PARTITION.day)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with bucket_server() as address:
        yield address


@pytest.fixture
def bucket(home: Home, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The address of a prefix of one's own; the environment names it."""
    url = f"s3://{BUCKET}/{tmp_path.name}"
    for name, value in {"URL": url, "ENDPOINT": server, "KEY_ID": "id", "SECRET_KEY": "secret"}.items():
        monkeypatch.setenv(f"RECALL_FRAMES_{name}", value)
    return url


def test_a_captured_screen_is_read_and_its_redacted_image_lies_in_the_bucket_alone(
    home: Home, bucket: str, database: Engine, settings: Settings
) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(LOGIN), title="Account settings"))
    machine.read()
    row = machine.row("a")
    image = machine.image("a")
    box = row_boxes(database)[0]
    assert (image[box.y : box.y + box.height, box.x : box.x + box.width] == image[box.y, box.x]).all()
    assert list(frame_files.refs(settings.home)) == [row["image_ref"]]
    assert not (settings.home.path / "frames").exists()


def row_boxes(database: Engine) -> list[Box]:
    with database.connect() as connection:
        return [Box(*box) for boxes in connection.scalars(select(tables.secrets.c.boxes)) for box in boxes]


def test_an_image_is_replaced_deleted_and_gone(bucket: str, settings: Settings) -> None:
    home, pixels = settings.home, np.zeros((8, 8, 3), np.uint8)
    first = frame_files.write(home, item_id("a"), DAY, pixels)
    second = frame_files.write(home, item_id("a"), DAY, pixels + 9)
    assert first.ref == second.ref
    assert (frame_files.read_pixels(home, first.ref) == 9).all()
    frame_files.delete(home, first.ref)
    frame_files.delete(home, first.ref)
    with pytest.raises(InputError, match="gone"):
        frame_files.read(home, first.ref)


def test_a_backup_takes_images_from_the_bucket_and_a_restore_puts_them_into_an_empty_one(
    bucket: str,
    database: Engine,
    settings: Settings,
    recall: Recall,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", draw(page("Notes", "about the harbour", "and the boats"))))
    machine.read()
    refs = list(frame_files.refs(settings.home))
    content = frame_files.read(settings.home, refs[0])
    assert recall("backup", str(tmp_path / "backup")).code == 0
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("RECALL_DATABASE_URL", empty)
    refused = recall("restore", str(tmp_path / "backup"))
    assert "There are images in s3://" in refused.err
    monkeypatch.setenv("RECALL_FRAMES_URL", f"{bucket}/restored")
    ran = recall("restore", str(tmp_path / "backup"))
    assert (ran.code, ran.err) == (0, "")
    restored = load_settings().home
    assert list(frame_files.refs(restored)) == refs
    assert frame_files.read(restored, refs[0]) == content


def test_doctor_tries_the_bucket_and_refuses_one_that_keeps_old_versions(home: Home, server: str) -> None:
    def found(address: str) -> State:
        there = Home(home.path, Bucket(BUCKET, "x", "us-east-1", address, "id", "secret"))
        return next(iter(_bucket(there))).state

    assert found(server) is State.OK
    assert found("http://127.0.0.1:9") is State.WRONG
    with bucket_server(versions=True) as versioned:
        assert found(versioned) is State.WRONG


def test_while_the_bucket_is_away_runs_fail_and_no_frame_counts_as_unreadable(
    home: Home, database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALL_FRAMES_URL", f"s3://{BUCKET}")
    monkeypatch.setenv("RECALL_FRAMES_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("RECALL_FRAMES_KEY_ID", "id")
    monkeypatch.setenv("RECALL_FRAMES_SECRET_KEY", "secret")
    machine = Machine(database, load_settings())
    machine.land(Shot("a", draw(LOGIN)))
    with pytest.raises(EngineError, match=r"s3://recall-images at http://127\.0\.0\.1:9 cannot be used"):
        machine.read()
    assert machine.row("a")["ocr_status"] == 0
