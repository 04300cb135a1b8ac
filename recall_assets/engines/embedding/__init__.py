"""Texts as vectors: what is meant alike points alike.

    texts ─► Embedder ─► float32[n, dimensions], each of length 1

`minilm` runs here and is the default; `endpoint` asks an OpenAI-compatible address. `choice` reads the settings.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """A model that turns texts into vectors; `name` is kept beside every vector, for vectors of two never compare."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text, in their order.

        Raises:
            EngineError: the model is away, or answers what cannot be used; says what to do.
        """
        ...


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length 1; one without a direction stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
