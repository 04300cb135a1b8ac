"""Reading, engine by engine, in one run: word recall per app, cost beside the others, errors in random tokens.

    recorded days ─┬─ every frame on top of those before it, by the default engine ─► the product
                   ├─ every 5th distinct frame whole, by the default engine ────────► what it must equal
                   ├─ every 5th by tesserocr, every 17th by rapidocr ───────────────► what costs are told in
    live stream ───┴─ the same on a drawn desktop at 1 Hz: typing, scrolling, window switches

python -m tests.benchmarks.reading [RECORDING [EVERY]]     the first 1/EVERY of each day (4) of the sample

RECORDING, as an argument or in the environment, is another recording's folder. Times are CPU seconds from pixels to
words. What becomes of a frame beside that, decoding, looking for secrets, encoding, is told for itself.
"""

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

os.environ["OMP_THREAD_LIMIT"] = "1"  # before tesseract is loaded

import numpy as np
from PIL import Image

from recall_assets.engines.choice import make_engine
from recall_assets.engines.ocr import OcrEngine, Picture, Pixels
from recall_assets.intake.decoding import decode
from recall_assets.intake.screen_reader import ScreenReader
from recall_assets.records import Word
from recall_assets.settings import OCR_ENGINES
from recall_assets.stages.ocr_text import arrange, word_recall
from recall_assets.stages.secrets import detect, join_words, unread_beside_labels
from recall_assets.store.frame_files import encode
from tests.benchmarks.cpu_shares import CpuShares
from tests.benchmarks.likeness import character_errors, random_tokens
from tests.drawn_stream import stream
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

# Of so many distinct frames one; the drawn windows take turns of 16 frames, and each engine must see all of them.
WHOLE = {"cascade": 5, "tesserocr": 5, "rapidocr": 17}
PARTS = {
    "digest_tiles": "tiles compared",
    "plan_reading": "tiles compared",
    "Picture.of": "dark on white",
    "find_lines": "lines found",
    "KnownLines.recall": "lines known again",
    "KnownLines.learn": "lines known again",
    "unread_part": "lines known again",
    "PlainWords.read": "plain words by tesseract",
    "LineRecogniser.read": "all other words by the recogniser",
    "arrange": "reading order",
}


@dataclass(frozen=True)
class Shown:
    """A screen and the text that stands on it; `tokens` are random-looking values among it."""

    app: str
    monitor: int
    pixels: Pixels
    text: str
    distinct: bool = True
    tokens: tuple[str, ...] = ()


@dataclass
class Way:
    """What one way of reading cost and gave."""

    seconds: list[float] = field(default_factory=list)
    recalls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: int = 0
    characters: int = 0

    def note(self, shown: Shown, words: Sequence[Word], seconds: float) -> None:
        self.seconds.append(seconds)
        text = " ".join(word.text for word in words)
        recall = word_recall(text, [shown.text])
        if recall is not None:
            self.recalls[shown.app].append(recall)
        for token in shown.tokens:
            self.wrong += character_errors(token, text)
            self.characters += len(token)

    @property
    def each(self) -> float:
        """CPU seconds a frame."""
        return sum(self.seconds) / max(1, len(self.seconds))

    def __str__(self) -> str:
        every = [recall for recalls in self.recalls.values() for recall in recalls]
        apps = " ".join(f"{app} {_mean(recalls):.3f}" for app, recalls in sorted(self.recalls.items()))
        tokens = f"{self.wrong / self.characters:.4f} of {self.characters}" if self.characters else "none seen"
        return f"word recall {_mean(every):.4f} ({apps}); {self.each:.3f} CPU-s each; wrong in random tokens {tokens}"


def main() -> None:
    """Prints the figures of the recorded days, then of the live stream."""
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("RECORDING")
        images = Path(named) if named else SAMPLE
        truth = images if named else unpack_ground_truth(Path(folder))
        engines = {name: make_engine(name, "eng") for name in WHOLE}
        compare("recorded days", engines, [_recorded(day, images, truth, every) for day in _days(truth)])
    compare("live stream", engines, [_streamed()])


def compare(name: str, engines: dict[str, OcrEngine], days: Sequence[Iterator[Shown]]) -> None:
    """Prints what each way cost and gave on days of screens in time order."""
    ways, equal = {"as it comes": Way(), **{engine: Way() for engine in WHOLE}}, Way()
    distinct, shares, beside = 0, CpuShares(PARTS), defaultdict[str, float](float)
    for day in days:
        readers: dict[int, ScreenReader] = {}
        for shown in day:
            reader = readers.setdefault(shown.monitor, ScreenReader(engines["cascade"]))
            with shares.watch():
                words, seconds = _timed(partial(_on_top, reader), shown)
            ways["as it comes"].note(shown, words, seconds)
            if not shown.distinct:
                continue
            for engine, step in WHOLE.items():
                if distinct % step == 0:
                    whole, cost = _timed(partial(_whole, engines[engine]), shown)
                    ways[engine].note(shown, whole, cost)
                    if engine == "cascade":
                        equal.note(shown, words, 0.0)
                        for what, seconds in _beside(shown, words):
                            beside[what] += seconds
            distinct += 1
    print(f"{name}: {len(ways['as it comes'].seconds)} frames, {distinct} distinct")
    for way, found in ways.items():
        print(f"{name}: {way:12} {'' if way == 'as it comes' else f'every {WHOLE[way]}. whole: '}{found}", flush=True)
    cost = sum(ways["as it comes"].seconds)
    told = {engine: f"{cost / (ways[engine].each * distinct):.3f} of {engine} on each" for engine in WHOLE}
    print(f"{name}: reading cost ratio {', '.join(told.values())}")
    print(f"{name}: of that time {shares}")
    each = ", ".join(f"{seconds / max(1, len(equal.seconds)):.3f} {what}" for what, seconds in beside.items())
    print(f"{name}: beside reading, CPU-s a distinct frame: {each}")
    lost = _recall_of(ways["cascade"]) - _recall_of(equal)
    print(f"{name}: word recall lost against whole reading {100 * lost:.2f} points", flush=True)


def _beside(shown: Shown, words: Sequence[Word]) -> Iterator[tuple[str, float]]:
    """CPU seconds of what else becomes of a frame."""
    image, joined = encode(shown.pixels), join_words(words)
    steps: dict[str, Callable[[], object]] = {
        "decoding": partial(decode, image, max_pixels=shown.pixels.size),
        "looking for secrets": partial(detect, joined.text),
        "looking at what was not read": partial(unread_beside_labels, shown.pixels, joined, ()),
        "encoding": partial(encode, shown.pixels),
    }
    for step, do in steps.items():
        began = time.process_time()
        do()
        yield step, time.process_time() - began


def _recall_of(way: Way) -> float:
    return _mean([recall for recalls in way.recalls.values() for recall in recalls])


def _on_top(reader: ScreenReader, shown: Shown) -> Sequence[Word]:
    return reader.read(uuid4(), shown.pixels).words


def _whole(engine: OcrEngine, shown: Shown) -> Sequence[Word]:
    return engine.read(Picture.of(shown.pixels))


def _timed(read: Callable[[Shown], Sequence[Word]], shown: Shown) -> tuple[list[Word], float]:
    began = time.process_time()
    words = arrange(read(shown))
    return words, time.process_time() - began


def _days(truth: Path) -> list[Path]:
    return sorted(rows.parent.relative_to(truth) for rows in truth.glob("*/*/frames.jsonl"))


def _recorded(day: Path, images: Path, truth: Path, every: int) -> Iterator[Shown]:
    rows = [json.loads(line) for line in (truth / day / "frames.jsonl").read_text("utf-8").splitlines()]
    for row in rows[: len(rows) // every]:
        if (images / day / row["file"]).exists():
            pixels = np.array(Image.open(images / day / row["file"]).convert("RGB"))
            yield Shown(row["app"], row["monitor"], pixels, row["text"], not row["same_image_as"], tuple(_tokens(row)))


def _tokens(row: dict[str, Any]) -> set[str]:
    """Secrets that are visible whole, and what looks random in the text."""
    values = {secret["value"] for secret in row["secrets"] if secret["visible"] and secret["value"] in row["text"]}
    return {value for value in values if " " not in value} | random_tokens(row["text"])


def _streamed() -> Iterator[Shown]:
    for screen in stream():
        yield Shown(screen.app, 0, screen.pixels, screen.text, screen.distinct, tuple(random_tokens(screen.text)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


if __name__ == "__main__":
    assert set(WHOLE) < set(OCR_ENGINES)
    main()
