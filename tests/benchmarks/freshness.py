"""How long after the last frame of an hour was sent its words are found, with `recall up` running.

    a day of the sample, materialised ─► one more frame with words that stood nowhere, sealed and sent
    uploaded ─► sensor ─► one run: read, cut, indexed ─► search finds it: seconds

The deployment is reviewed at once, as whoever searches for what they just saw would set it.
"""

import json
import random
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select, update

from recall_assets.cli.importing import import_recording
from recall_assets.importers.recorded_days import find_recording
from recall_assets.search import search
from recall_assets.settings import load_settings
from recall_assets.store.tables import deployments, frames
from tests.benchmarks.materialised import materialised_sample
from tests.drawn_screens import draw, page, webp
from tests.generated_words import NOUNS

TIMES = 3
LIMIT_SECONDS = 600.0


def main() -> None:
    """Prints one line."""
    seconds = list[float]()
    with materialised_sample() as sample:
        engine = sample.connection.engine
        last = sample.connection.execute(
            select(frames.c.deployment_id, frames.c.captured_at).order_by(frames.c.captured_at.desc()).limit(1)
        ).one()
        sample.connection.rollback()
        with engine.begin() as connection:
            connection.execute(update(deployments).values(review={"delay_seconds": 0}))
        _recall("up", "--detach", "--no-agent")
        try:
            for number in range(1, TIMES + 1):
                words = random.Random(time.time_ns()).sample(NOUNS, 3)
                at = last.captured_at + timedelta(minutes=number)
                folder = _recorded(sample.truth.parent / f"fresh-{time.time_ns()}", last.deployment_id, at, words)
                import_recording(load_settings(), engine, find_recording(folder))
                seconds.append(_found_after(engine, words, at))
        finally:
            _recall("down")
    told = ", ".join(f"{one:.0f}" for one in seconds)
    print(f"freshness: found {told} s after it was uploaded, the slowest {max(seconds):.0f} s")


def _recall(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "recall_assets.cli", *words], check=True, stdout=subprocess.DEVNULL)


def _recorded(folder: Path, deployment: str, at: datetime, words: list[str]) -> Path:
    """A recording of one frame that shows the words."""
    day = folder / deployment / at.date().isoformat()
    day.mkdir(parents=True)
    (day / "recording.json").write_text(json.dumps({"timezone": "UTC", "set": folder.name}))
    (day / "fresh.webp").write_bytes(webp(draw(page("Notes", " ".join(words), "to be found soon"))))
    frame = {"id": folder.name, "ts": at.isoformat(), "file": "fresh.webp", "app": "notes", "title": "Notes"}
    (day / "frames.jsonl").write_text(json.dumps(frame) + "\n")
    return folder


def _found_after(engine: Engine, words: list[str], at: datetime) -> float:
    """Seconds until the words' frame is the first hit."""
    began = time.monotonic()
    while time.monotonic() - began < LIMIT_SECONDS:
        with engine.begin() as connection:
            hits = search(connection, " ".join(words), today=at.date(), limit=1)
        if hits and all(word in hits[0].snippet for word in words):
            return time.monotonic() - began
        time.sleep(0.5)
    raise SystemExit(f"Not found within {LIMIT_SECONDS:.0f} s.")


if __name__ == "__main__":
    main()
