"""Turns Whisper's weights as CTranslate2 keeps them (fp16) into a checkpoint that openai-whisper loads.

    model.bin: name, shape, numbers ─► the same numbers under the reference's names ─► OUT.pt

So both engines are tested on the same real weights, and nothing is fetched from a model hub.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import torch

Tensors = dict[str, npt.NDArray[Any]]

_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
_CONTEXT = 1500  # frames of sound that the encoder sees, which every Whisper has


def write_checkpoint(folder: Path, out: Path) -> None:
    """Writes the checkpoint of the model in `folder` to `out`."""
    with (folder / "model.bin").open("rb") as file:
        tensors = dict(_read(file))
    width = tensors["decoder/embeddings/weight"].shape[1]
    state = dict(_renamed(tensors, width))
    dims = {
        "n_mels": tensors["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": _CONTEXT,
        "n_vocab": tensors["decoder/embeddings/weight"].shape[0],
        "n_text_ctx": tensors["decoder/position_encodings/encodings"].shape[0],
    }
    for side, name in (("encoder", "audio"), ("decoder", "text")):
        dims |= {f"n_{name}_state": width, f"n_{name}_head": width // 64, f"n_{name}_layer": _layers(tensors, side)}
    half = {name: torch.from_numpy(value.astype(np.float16)) for name, value in state.items()}
    torch.save({"dims": dims, "model_state_dict": half}, out)


def _read(file: BinaryIO) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """The tensors of a `model.bin`, format version 6."""

    def number(code: str) -> int:
        return int(struct.unpack("<" + code, file.read(struct.calcsize("<" + code)))[0])

    def text() -> str:
        return file.read(number("H"))[:-1].decode()

    number("I"), text(), number("I")  # version, specification, its revision
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind = _TYPES[number("B")]
        yield name, np.frombuffer(file.read(number("I")), kind).reshape(shape)


def _renamed(tensors: Tensors, width: int) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for conv in ("conv1", "conv2"):
        yield from _linear(tensors, f"encoder/{conv}", f"encoder.{conv}")
    yield "encoder.positional_embedding", tensors["encoder/position_encodings/encodings"]
    yield "decoder.positional_embedding", tensors["decoder/position_encodings/encodings"]
    yield "decoder.token_embedding.weight", tensors["decoder/embeddings/weight"]
    yield from _norm(tensors, "encoder/layer_norm", "encoder.ln_post")
    yield from _norm(tensors, "decoder/layer_norm", "decoder.ln")
    for side in ("encoder", "decoder"):
        for layer in range(_layers(tensors, side)):
            yield from _block(tensors, f"{side}/layer_{layer}", f"{side}.blocks.{layer}", width)


def _block(tensors: Tensors, source: str, target: str, width: int) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    own, other = f"{source}/self_attention", f"{source}/attention"
    yield from _fused(tensors, f"{own}/linear_0", f"{target}.attn", ("query", "key", "value"), width)
    yield from _linear(tensors, f"{own}/linear_1", f"{target}.attn.out")
    yield from _norm(tensors, f"{own}/layer_norm", f"{target}.attn_ln")
    if source.startswith("decoder"):
        yield from _linear(tensors, f"{other}/linear_0", f"{target}.cross_attn.query")
        yield from _norm(tensors, f"{other}/layer_norm", f"{target}.cross_attn_ln")
        yield from _fused(tensors, f"{other}/linear_1", f"{target}.cross_attn", ("key", "value"), width)
        yield from _linear(tensors, f"{other}/linear_2", f"{target}.cross_attn.out")
    yield from _norm(tensors, f"{source}/ffn/layer_norm", f"{target}.mlp_ln")
    yield from _linear(tensors, f"{source}/ffn/linear_0", f"{target}.mlp.0")
    yield from _linear(tensors, f"{source}/ffn/linear_1", f"{target}.mlp.2")


def _norm(tensors: Tensors, source: str, target: str) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    yield f"{target}.weight", tensors[f"{source}/gamma"]
    yield f"{target}.bias", tensors[f"{source}/beta"]


def _linear(tensors: Tensors, source: str, target: str) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    yield f"{target}.weight", tensors[f"{source}/weight"]
    yield f"{target}.bias", tensors[f"{source}/bias"]


def _fused(
    tensors: Tensors, source: str, target: str, names: tuple[str, ...], width: int
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Matrices that lie in one below each other; the reference's keys have no bias."""
    for place, name in enumerate(names):
        rows = slice(place * width, (place + 1) * width)
        yield f"{target}.{name}.weight", tensors[f"{source}/weight"][rows]
        if name != "key":
            yield f"{target}.{name}.bias", tensors[f"{source}/bias"][rows]


def _layers(tensors: Tensors, side: str) -> int:
    parts = (name.split("/") for name in tensors)
    return len({part[1] for part in parts if part[0] == side and re.fullmatch(r"layer_\d+", part[1])})
