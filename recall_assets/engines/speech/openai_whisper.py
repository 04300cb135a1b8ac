"""Writes speech down with Whisper's reference implementation; needs torch, so it is an extra of its own.

chunk (at most 30 s) ─► beam search, temperature 0; where the model runs in circles or guesses: a little warmer
one checkpoint file, `*.pt`; never the name of a model, which would be fetched
"""

import math
from importlib.metadata import version
from pathlib import Path

import torch
import whisper

from recall_assets.engines.speech import MOST_REPETITIVE, Sound
from recall_assets.errors import EngineError
from recall_assets.records import Utterance

_TEMPERATURES = (0.0, 0.4, 0.8)
_BEAM = 5


class OpenAIWhisper:
    """Whisper by torch on one core; a `SpeechEngine`."""

    name = "openai-whisper"

    def __init__(self, checkpoint: Path, language: str | None = None) -> None:
        """Raises EngineError where the file is no checkpoint, or its model does not know the language.

        Args:
            checkpoint: a file of the reference implementation.
            language: ISO 639-1; None: the model's only one, or detected anew in each chunk.
        """
        if not checkpoint.is_file():
            raise EngineError(
                f"{checkpoint} is no checkpoint of openai-whisper.", "Set speech_model to a file like small.pt."
            )
        torch.set_num_threads(1)
        self.version = version("openai-whisper")
        self.model = checkpoint.stem
        try:
            self._model = whisper.load_model(str(checkpoint), device="cpu")
        except Exception as error:  # whatever unpickling a broken file raises
            raise EngineError(f"The checkpoint {checkpoint} cannot be loaded.", "Get it anew.") from error
        known = whisper.tokenizer.LANGUAGES if self._model.is_multilingual else {"en"}
        if language is not None and language not in known:
            raise EngineError(
                f"The checkpoint {checkpoint} does not know the language {language}.",
                "Set speech_model to a multilingual one, or leave speech_language out.",
            )
        self._language = language or (None if self._model.is_multilingual else "en")

    def transcribe(self, sound: Sound) -> list[Utterance]:
        """See `SpeechEngine.transcribe`."""
        torch.manual_seed(0)  # the warmer attempts draw
        try:
            told = whisper.transcribe(
                self._model,
                sound,
                language=self._language,
                beam_size=_BEAM,
                temperature=_TEMPERATURES,
                condition_on_previous_text=False,
                fp16=False,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError("openai-whisper failed on a sound.") from error
        return [
            Utterance(
                segment["start"],
                segment["end"],
                segment["text"].strip(),
                min(1.0, math.exp(segment["avg_logprob"])),
                told["language"],
            )
            for segment in told["segments"]
            if segment["text"].strip() and segment["compression_ratio"] <= MOST_REPETITIVE
        ]
