"""Reads lines of text with PP-OCR's recogniser, through onnxruntime and nothing else.

    line of pixels ─► 48 px high ─► network ─► at each 8 px: how likely each character is
                                               characters of the language alone ─► characters and their places

The weights come with the package `rapidocr`, of whose code nothing is loaded. One thread: parallelism is by processes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from recall_assets.engines.alphabets import alphabet
from recall_assets.engines.ocr import Pixels
from recall_assets.errors import EngineError

Prepared = npt.NDArray[np.float32]

HEIGHT = 48
# The network answers once for this many pixels.
STRIDE = 8
# Lines of like length go through together, up to so many pixels: more gains nothing, and memory grows with it.
BATCH_WIDTH = 2400
# A line wider than a batch is read in one piece up to here; callers cut what is longer.
WIDEST = 6400


@dataclass(frozen=True, slots=True)
class Recognised:
    """The characters of a line, each with its place as a share of the line's width, and how sure it is."""

    text: str = field(repr=False)
    places: npt.NDArray[np.floating]
    confidence: npt.NDArray[np.float32]


class LineRecogniser:
    """PP-OCR's recogniser for some languages; loads its weights when it is made (0.1 s, 120 MB)."""

    def __init__(self, languages: str, model: Path | None = None) -> None:
        """Raises EngineError where the weights are missing, or a language is unknown."""
        belongs = alphabet(languages)
        path = model or model_file("rec")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Lines of all lengths come: kept blocks of each length would fill gigabytes.
        options.enable_mem_pattern = False
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            listed = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        except Exception as error:  # onnxruntime raises types of its own, which derive from Exception alone
            raise EngineError(f"{path.name} cannot be used: {type(error).__name__}.", "make setup") from None
        characters = ["", *listed, " "]
        chosen = [0, *(i for i, sign in enumerate(characters) if i and len(sign) == 1 and belongs(sign))]
        self._chosen = np.array(chosen)
        self._characters = [characters[i] for i in chosen]
        self._input = self._session.get_inputs()[0].name

    def read(self, lines: Sequence[Pixels]) -> list[Recognised]:
        """What each line uint8[h, w, 3] says; `lines` hold one line of text each."""
        prepared = [_prepared(line) for line in lines]
        read: dict[int, Recognised] = {}
        for batch in _batches([line.shape[2] for line in prepared]):
            read |= zip(batch, self._read_batch([prepared[i] for i in batch]), strict=True)
        return [read[i] for i in range(len(lines))]

    def _read_batch(self, lines: Sequence[Prepared]) -> list[Recognised]:
        width = -(-max(line.shape[2] for line in lines) // STRIDE) * STRIDE
        together = np.zeros((len(lines), 3, HEIGHT, width), np.float32)
        for row, line in zip(together, lines, strict=True):
            row[:, :, : line.shape[2]] = line
        answer = self._session.run(None, {self._input: together})[0][:, :, self._chosen]
        step = width / answer.shape[1]
        return [
            self._decoded(likely[: -(-line.shape[2] // STRIDE)], step / line.shape[2])
            for likely, line in zip(answer, lines, strict=True)
        ]

    def _decoded(self, likely: npt.NDArray[np.float32], step: float) -> Recognised:
        """The likeliest character at each place; one that goes on over several places counts once (CTC)."""
        best = likely.argmax(axis=1)
        kept = np.flatnonzero((best != 0) & np.concatenate(([True], best[1:] != best[:-1])))
        text = "".join(self._characters[i] for i in best[kept])
        return Recognised(text, (kept + 0.5) * step, likely[kept, best[kept]])


def model_file(kind: str) -> Path:
    """The weights of the detector (`det`) or recogniser (`rec`) in the package `rapidocr`.

    Raises:
        EngineError: the package is not installed, or has no such file.
    """
    package = find_spec("rapidocr")
    folder = None if package is None or package.origin is None else Path(package.origin).parent / "models"
    found = sorted(folder.glob(f"*_{kind}_*.onnx")) if folder else []
    if not found:
        raise EngineError("The weights of the reading engine are not installed.", "Install the packages: make setup")
    return found[-1]


def model_version() -> str:
    """The release of the package that the weights came with."""
    return version("rapidocr")


def _prepared(line: Pixels) -> Prepared:
    height, width = line.shape[:2]
    wide = min(WIDEST, max(STRIDE * 2, round(width * HEIGHT / height)))
    smooth = cv2.INTER_CUBIC if height < HEIGHT else cv2.INTER_AREA
    resized = cv2.resize(line, (wide, HEIGHT), interpolation=smooth)
    return np.ascontiguousarray((resized[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(2, 0, 1))


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of lines that go through the network together: of like width, so that little is padding."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=widths.__getitem__):
        width = widths[index]
        if batch and (width * (len(batch) + 1) > BATCH_WIDTH or width > 1.15 * widths[batch[0]] + 2 * STRIDE):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
