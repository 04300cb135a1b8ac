"""Reading only what is new, beside reading each distinct frame whole: CPU time and word recall, in one run.

sample day ─┬─ each distinct image whole ───────────────────────► CPU-s, recall
            └─ each frame on top of the screens before it ──────► CPU-s, recall, share of the area that was read

python -m tests.benchmarks.reading [RECORDING [EVERY]]     another recording; the first 1/EVERY of each day (4)
"""

import json
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"  # before tesseract is loaded

import numpy as np
from PIL import Image

from recall_assets.engines.ocr import Pixels
from recall_assets.engines.tesseract import Tesseract
from recall_assets.intake.worker import SCREENS_KEPT
from recall_assets.records import Word
from recall_assets.stages.ocr_text import ReadingPlan, Screen, arrange, digest_tiles, plan_reading
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth


@dataclass
class Way:
    """What one way of reading cost and gave."""

    seconds: float = 0.0
    recalls: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.seconds:.1f} CPU-s, word recall {sum(self.recalls) / max(1, len(self.recalls)):.4f}"


def main() -> None:
    """Prints the figures of each day."""
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    engine = Tesseract()
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        images = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
        truth = images if len(sys.argv) > 1 else unpack_ground_truth(Path(folder))
        for rows in sorted(truth.glob("*/*/frames.jsonl")):
            day = images / rows.parent.relative_to(truth)
            lines = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
            compare(engine, day, lines[: len(lines) // every])


def compare(engine: Tesseract, day: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Prints what both ways cost and gave on a day's frames, which must be in time order."""
    whole, new, area = Way(), Way(), list[float]()
    screens: defaultdict[int, deque[Screen]] = defaultdict(lambda: deque(maxlen=SCREENS_KEPT))
    for row in rows:
        if not (day / row["file"]).exists():
            continue
        pixels = np.array(Image.open(day / row["file"]).convert("RGB"))
        began = time.process_time()
        plan, words = _read_new(engine, pixels, screens[row["monitor"]])
        new.seconds += time.process_time() - began
        if row["same_image_as"]:
            continue
        area.append(sum(box.width * box.height for box in plan.regions) / (pixels.shape[0] * pixels.shape[1]))
        began = time.process_time()
        all_words = arrange(engine.read(pixels))
        whole.seconds += time.process_time() - began
        if sum(_counted(row["text"]).values()) >= 10:
            new.recalls.append(_recall(words, row["text"]))
            whole.recalls.append(_recall(all_words, row["text"]))
    if area:
        name = f"{day.parent.name}/{day.name}"
        print(f"{name}: {len(area)} distinct images whole: {whole}; only what is new: {new}", flush=True)
        share = sum(area) / len(area)
        print(f"{name}: reading cost ratio {new.seconds / whole.seconds:.2f}, area read {share:.2f}", flush=True)


def _read_new(engine: Tesseract, pixels: Pixels, screens: deque[Screen]) -> tuple[ReadingPlan, list[Word]]:
    height, width = pixels.shape[:2]
    digests = digest_tiles(pixels)
    plan = plan_reading(digests, list(screens), width=width, height=height)
    words = list(plan.known)
    for x, y, w, h in plan.regions:
        for word in engine.read(pixels[y : y + h, x : x + w]):
            words.append(replace(word, box=word.box._replace(x=word.box.x + x, y=word.box.y + y)))
    words = arrange(words)
    if not plan.identical:
        screens.append(Screen(words, digests))
    return plan, words


def _recall(words: Iterable[Word], truth: str) -> float:
    wanted = _counted(truth)
    return sum((wanted & _counted(" ".join(word.text for word in words))).values()) / sum(wanted.values())


def _counted(text: str) -> Counter[str]:
    return Counter(re.findall(r"[a-z0-9]{3,}", text.lower()))


if __name__ == "__main__":
    main()
