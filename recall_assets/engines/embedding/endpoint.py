"""Embeddings by an OpenAI-compatible endpoint that the owner named: redacted texts go there.

    texts ─► POST <url>/embeddings ─► vectors, or an EngineError with its remedy

No redirect is followed, and no error quotes what the endpoint said: it may repeat a text or the key.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recall_assets.engines.embedding import Vectors, unit
from recall_assets.errors import EngineError
from recall_assets.model_settings import is_loopback

# pgvector indexes no longer ones as halfvec.
MOST_DIMENSIONS = 4000
_BATCH = 64


class _Vector(BaseModel):
    model_config = ConfigDict(frozen=True)
    index: int = Field(ge=0)
    embedding: list[float] = Field(min_length=1, max_length=MOST_DIMENSIONS, repr=False)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)
    data: list[_Vector]


class EmbeddingEndpoint:
    """Where texts are turned into vectors, by which model."""

    def __init__(self, url: str, model: str, seconds: float, key: str | None = None) -> None:
        self.name = model
        self._url = f"{url}/embeddings"
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        local = is_loopback(urlsplit(url).hostname or "")
        self._client = httpx.Client(timeout=seconds, trust_env=not local, headers=headers)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text, in their order."""
        found = [
            vector for start in range(0, len(texts), _BATCH) for vector in self._ask(texts[start : start + _BATCH])
        ]
        if len({len(vector) for vector in found}) > 1:
            raise self._unusable()
        return unit(np.array(found, dtype=np.float32).reshape(len(found), -1))

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            response = self._client.post(self._url, json={"model": self.name, "input": list(texts)})
        except httpx.HTTPError as error:
            raise EngineError(
                f"The embedding endpoint cannot be reached: {type(error).__name__}.",
                "Start it, or correct embedding_url in recall.toml; without it the model in this program is used.",
            ) from None
        if response.status_code != 200:
            raise EngineError(
                f"The embedding endpoint answered with status {response.status_code}.",
                "See its own log; embedding_url mostly ends in /v1, embedding_model must be one that it has, "
                "and embedding_key its key where it wants one.",
            )
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError:
            raise self._unusable() from None
        found = {one.index: one.embedding for one in answer.data}
        if sorted(found) != list(range(len(texts))):
            raise self._unusable()
        return [found[place] for place in range(len(texts))]

    def _unusable(self) -> EngineError:
        return EngineError(
            "The embedding endpoint's answer is not one vector for each text.",
            "embedding_url should name an OpenAI-compatible endpoint, and embedding_model a model for embeddings.",
        )
