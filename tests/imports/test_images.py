"""Folders of screenshots: dated by EXIF or name, sent once, the undated ones named."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import Engine, select

from recall_assets.importers.dated_images import DatedBy, DatedImage, find_images, time_in
from recall_assets.store.tables import frames
from tests.cli.conftest import Recall

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Screenshot 2024-05-03 at 10.15.30", "2024-05-03T10:15:30+02:00"),
        ("Screenshot 2024-05-03 at 1.05.09 PM", "2024-05-03T13:05:09+02:00"),
        ("Screenshot from 2024-01-03 10-15-30", "2024-01-03T10:15:30+01:00"),
        ("Screenshot_20240503-101530_Firefox", "2024-05-03T10:15:30+02:00"),
        ("20240503_101530", "2024-05-03T10:15:30+02:00"),
        ("2024-05-03T10:15:30.250Z", "2024-05-03T10:15:30.250000+00:00"),
        ("2024-05-03/10-15-30", "2024-05-03T10:15:30+02:00"),
        ("1714731330", "2024-05-03T12:15:30+02:00"),
        ("1714731330500", "2024-05-03T12:15:30.500000+02:00"),
        ("Screenshot 2024-13-03 at 10.15.30", None),
        ("invoice 20240503", None),
        ("holiday", None),
    ],
)
def test_names_say_when(name: str, said: str | None) -> None:
    found = time_in(name, VIENNA)
    assert (found.isoformat() if found else None) == said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures that say when they were taken, and one that does not."""
    folder = tmp_path / "shots"
    (folder / "2024-05-03").mkdir(parents=True)
    picture = Image.new("RGB", (320, 200), "white")
    picture.save(folder / "2024-05-03" / "10-15-30.png")
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2023:02:01 08:00:00", 0x9011: "+05:30"})
    picture.save(folder / "export.jpg", exif=exif)
    picture.save(folder / "holiday.png")
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_exif_wins_then_the_name_and_the_files_time_counts_only_where_asked_for(folder: Path) -> None:
    dated = {one.file.name: one for one in find_images(folder, VIENNA) if isinstance(one, DatedImage)}
    assert {name: one.dated_by for name, one in dated.items()} == {
        "10-15-30.png": DatedBy.NAME,
        "export.jpg": DatedBy.EXIF,
    }
    assert dated["export.jpg"].taken_at == datetime(2023, 2, 1, 2, 30, tzinfo=UTC)
    by_time = [one for one in find_images(folder, VIENNA, by_file_time=True) if isinstance(one, DatedImage)]
    assert {one.dated_by for one in by_time} == {*DatedBy}


def test_pictures_land_sealed_and_once_and_what_has_no_time_is_named(
    recall: Recall, folder: Path, database: Engine
) -> None:
    words = ("import", "images", str(folder), "--deployment", "old-laptop", "--tz", "Europe/Vienna")
    ran = recall(*words)
    assert ran.code == 1
    assert ran.out.splitlines()[0] == "2 stored; dated by name 1, EXIF 1."
    assert "holiday.png: neither EXIF nor its name says when it was taken" in ran.err
    with database.connect() as connection:
        landed = connection.execute(select(frames).order_by(frames.c.captured_at)).all()
    assert [row.captured_at.isoformat() for row in landed] == ["2023-02-01T02:30:00+00:00", "2024-05-03T08:15:30+00:00"]
    assert all(row.landing_ref and row.imported_id is None and row.ocr_status == 0 for row in landed)
    (folder / "holiday.png").unlink()
    again = recall(*words)
    assert (again.code, again.out.splitlines()[0]) == (0, "2 known; dated by name 1, EXIF 1.")
