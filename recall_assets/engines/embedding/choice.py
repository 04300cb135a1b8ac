"""Which model turns texts into vectors, as the settings say; one in a process, since loading it takes a second."""

from functools import lru_cache

from recall_assets.engines.embedding import Embedder
from recall_assets.engines.embedding.endpoint import EmbeddingEndpoint
from recall_assets.engines.embedding.minilm import NAME, MiniLm
from recall_assets.settings import Settings


def embedding_name(settings: Settings) -> str:
    """The name under which its vectors are kept; without loading it."""
    return settings.embedding_model if settings.embedding_url and settings.embedding_model else NAME


def embedder(settings: Settings) -> Embedder:
    """The model that the settings name."""
    key = None if settings.embedding_key is None else settings.embedding_key.get_secret_value()
    return _made(settings.embedding_url, settings.embedding_model, settings.embedding_seconds, key)


@lru_cache(maxsize=2)
def _made(url: str | None, model: str | None, seconds: float, key: str | None) -> Embedder:
    return EmbeddingEndpoint(url, model, seconds, key) if url and model else MiniLm()
