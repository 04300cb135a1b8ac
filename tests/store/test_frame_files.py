"""Images lie where we say, hold pixels and nothing else, and can be filled again."""

import io
from datetime import date
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from recall_assets.errors import InputError
from recall_assets.records import Box, DeploymentDay
from recall_assets.settings import Home
from recall_assets.stages.secrets import fill
from recall_assets.store import frame_files

FRAME = UUID("0197a000-0000-7000-8000-000000000001")
DAY = DeploymentDay("laptop", date(2026, 11, 9))


def _screen() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = np.full((120, 200, 3), 240, np.uint8)
    image[40:60, 20:90] = (10, 40, 200)
    return image


def test_a_flat_screen_comes_back_without_loss(home: Home) -> None:
    stored = frame_files.write(home, FRAME, DAY, _screen())
    assert stored.ref == f"2026/11/09/laptop/{FRAME}.webp"
    assert (frame_files.read_pixels(home, stored.ref) == _screen()).all()
    assert len(frame_files.read(home, stored.ref)) == stored.bytes


def test_noise_above_the_limit_is_stored_with_loss() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 800, 3), dtype=np.uint8)
    lossless = io.BytesIO()
    Image.fromarray(noise).save(lossless, "WEBP", lossless=True)
    assert len(frame_files.encode(noise)) < lossless.tell() / 2


def test_files_and_folders_are_the_owners_alone(home: Home) -> None:
    path = home.frames / frame_files.write(home, FRAME, DAY, _screen()).ref
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_secret_in_metadata_does_not_survive(home: Home) -> None:
    source = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "canary-in-exif"
    Image.fromarray(_screen()).save(source, "WEBP", lossless=True, exif=exif, xmp=b"<x>canary-in-xmp</x>")
    assert b"canary" in source.getvalue()
    with Image.open(source) as image:
        stored = frame_files.write(home, FRAME, DAY, np.asarray(image.convert("RGB")))
    content = frame_files.read(home, stored.ref)
    assert b"canary" not in content
    assert b"EXIF" not in content
    assert b"XMP" not in content


def test_a_stored_image_filled_again_replaces_the_former_one(home: Home) -> None:
    first = frame_files.write(home, FRAME, DAY, _screen())
    filled = fill(frame_files.read_pixels(home, first.ref), [Box(16, 32, 80, 32)])
    second = frame_files.write(home, FRAME, DAY, filled)
    assert second.ref == first.ref
    assert second.sha256 != first.sha256
    assert (frame_files.read_pixels(home, first.ref)[40:60, 20:90] == filled[40, 40]).all()


def test_what_a_killed_process_left_behind_is_overwritten(home: Home) -> None:
    folder = home.frames / "2026/11/09/laptop"
    folder.mkdir(parents=True)
    (folder / f"{FRAME}.tmp").write_bytes(b"half")
    stored = frame_files.write(home, FRAME, DAY, _screen())
    assert [entry.name for entry in folder.iterdir()] == [f"{FRAME}.webp"]
    assert frame_files.read(home, stored.ref)[:4] == b"RIFF"


def test_deleting_twice_is_no_error(home: Home) -> None:
    stored = frame_files.write(home, FRAME, DAY, _screen())
    frame_files.delete(home, stored.ref)
    frame_files.delete(home, stored.ref)
    with pytest.raises(InputError):
        frame_files.read(home, stored.ref)


@pytest.mark.parametrize(
    "ref",
    ["../keys/landing", "2026/11/09/laptop/../../../x.webp", "/etc/passwd", "", f"2026/11/09/laptop/{FRAME}.webp\n"],
)
def test_a_reference_that_is_not_ours_is_refused(home: Home, ref: str) -> None:
    with pytest.raises(InputError):
        frame_files.read(home, ref)
    with pytest.raises(InputError):
        frame_files.delete(home, ref)
