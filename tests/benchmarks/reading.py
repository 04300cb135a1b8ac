"""Reading, engine by engine, in one run: word recall per app, cost beside the others, errors in random tokens.

    recorded days ─┬─ every frame on top of those before it, by the default engine ─► the product
                   ├─ every 4th distinct frame whole, by the default engine ────────► what it must equal
                   ├─ every 2nd by tesserocr, every 24th by rapidocr ───────────────► what costs are told in
    live stream ───┴─ the same on a drawn desktop at 1 Hz: typing, scrolling, window switches

python -m tests.benchmarks.reading [RECORDING [EVERY]]     another recording; the first 1/EVERY of each day (4)

Times are CPU seconds from pixels to words; a frame's decoding comes on top of every way alike.
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
from recall_assets.intake.screen_reader import ScreenReader
from recall_assets.records import Box, Word
from recall_assets.settings import OCR_ENGINES
from recall_assets.stages.ocr_text import arrange, digest_tiles, word_recall
from tests.benchmarks.likeness import character_errors, random_tokens
from tests.drawn_stream import stream
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

WHOLE = {"cascade": 4, "tesserocr": 2, "rapidocr": 24}


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
        images = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
        truth = images if len(sys.argv) > 1 else unpack_ground_truth(Path(folder))
        engines = {name: make_engine(name, "eng") for name in WHOLE}
        compare("recorded days", engines, [_recorded(day, images, truth, every) for day in _days(truth)])
    compare("live stream", engines, [_streamed()])


def compare(name: str, engines: dict[str, OcrEngine], days: Sequence[Iterator[Shown]]) -> None:
    """Prints what each way cost and gave on days of screens in time order."""
    ways, equal = {"as it comes": Way(), **{engine: Way() for engine in WHOLE}}, Way()
    distinct, parts = 0, defaultdict[str, float](float)
    for day in days:
        readers: dict[int, ScreenReader] = {}
        timed = _Timed(engines["cascade"])
        for shown in day:
            reader = readers.setdefault(shown.monitor, ScreenReader(timed))
            words, seconds = _timed(partial(_on_top, reader), shown)
            ways["as it comes"].note(shown, words, seconds)
            parts["digests of tiles"] += _timed(_digests, shown)[1]
            if not shown.distinct:
                continue
            for engine, step in WHOLE.items():
                if distinct % step == 0:
                    whole, cost = _timed(partial(_whole, engines[engine]), shown)
                    ways[engine].note(shown, whole, cost)
                    if engine == "cascade":
                        equal.note(shown, words, 0.0)
            distinct += 1
        parts["recogniser"] += timed.seconds
        parts["lines that it read"] += timed.lines
    seen = len(ways["as it comes"].seconds)
    print(f"{name}: {seen} frames, {distinct} distinct")
    for way, found in ways.items():
        print(f"{name}: {way:12} {'' if way == 'as it comes' else f'every {WHOLE[way]}. whole: '}{found}", flush=True)
    cost = sum(ways["as it comes"].seconds)
    shares = f"{parts['recogniser'] / cost:.2f} recogniser, {parts['digests of tiles'] / cost:.2f} digests of tiles"
    print(f"{name}: of the time {shares}; the rest finds lines and knows them again")
    print(f"{name}: {parts['lines that it read']:.0f} lines or parts of lines were read")
    told = {engine: f"{cost / (ways[engine].each * distinct):.3f} of {engine} on each" for engine in WHOLE}
    print(f"{name}: reading cost ratio {', '.join(told.values())}")
    lost = _recall_of(ways["cascade"]) - _recall_of(equal)
    print(f"{name}: word recall lost against whole reading {100 * lost:.2f} points", flush=True)


def _recall_of(way: Way) -> float:
    return _mean([recall for recalls in way.recalls.values() for recall in recalls])


class _Timed:
    """An engine that counts the CPU seconds and lines of its reading."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.name, self.version, self.language = engine.name, engine.version, engine.language
        self.seconds, self.lines = 0.0, 0

    def read(self, picture: Picture) -> list[Word]:
        return self._engine.read(picture)

    def read_lines(self, picture: Picture, lines: list[Box]) -> list[Word]:
        began = time.process_time()
        words = self._engine.read_lines(picture, lines)
        self.seconds += time.process_time() - began
        self.lines += len(lines)
        return words


def _digests(shown: Shown) -> Sequence[Word]:
    digest_tiles(shown.pixels)
    return ()


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
