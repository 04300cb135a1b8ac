"""Frames whose images were made to hurt go through a real worker: each is an error of its own, the others are read."""

from pathlib import Path

import psutil
from PIL import Image
from sqlalchemy import Engine

from recall_assets.records import Status
from recall_assets.settings import Settings
from tests.drawn_screens import draw, page
from tests.engines.test_hostile_images import BOMB, HURTING, LETTER, MAX_PIXELS, encoded
from tests.integration.landed_screens import Machine, Shot

GOOD = "The export failed again"
UNUSUAL = {
    "unpacks to more than it says": BOMB,
    "one pixel": encoded(Image.new("RGB", (1, 1)), "PNG"),
    "animated": encoded(LETTER, "WEBP", save_all=True, append_images=[LETTER.rotate(180)] * 9, lossless=True),
    "a JPEG called webp": encoded(LETTER.convert("RGB"), "JPEG", quality=95),
}
# The largest image allowed, decoded, dark on white, as ink and more; 39 MB were seen.
MORE_MEMORY = 80 * MAX_PIXELS


def test_they_cost_themselves_and_little_memory(database: Engine, settings: Settings) -> None:
    machine = Machine(database, settings)
    machine.settings = machine.settings.model_copy(update={"max_image_pixels": MAX_PIXELS})
    hurting = {name: image for name, (image, _) in HURTING.items()} | UNUSUAL
    shots = [Shot(name, image, second) for second, (name, image) in enumerate(hurting.items(), 2)]
    machine.land(Shot("first", draw(page(GOOD))), *shots, Shot("last", draw(page(GOOD, "and again")), 60))
    peaks: list[int] = []
    report = machine.read(progress=lambda _done, _total: peaks.append(peak_of_workers()))
    rows = {name: machine.row(name) for name in ("first", *hurting, "last")}
    failed = {name: row["error"] for name, row in rows.items() if row["ocr_status"] == Status.ERROR}
    assert failed == {name: code for name, (_, code) in HURTING.items()}
    assert report.read == len(UNUSUAL) + 2
    assert all(GOOD in rows[name]["text"] for name in ("first", "animated", "a JPEG called webp", "last"))
    assert max(peaks) < peaks[1] + MORE_MEMORY  # the second is that of the first frame


def peak_of_workers() -> int:
    """The most bytes that any child of this process has held so far."""
    peaks = [0]
    for child in psutil.Process().children():
        status = Path(f"/proc/{child.pid}/status").read_text("ascii", "replace").splitlines()
        peaks += [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")]
    return max(peaks)
