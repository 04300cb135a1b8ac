"""Writes speech down with faster-whisper: Whisper's weights in CTranslate2, 8 bit integers, no torch.

chunk (at most 30 s) ─► beam search, temperature 0; where the model runs in circles or guesses: a little warmer
folder: model.bin, config.json, tokenizer.json, vocabulary.*       ─► the language is the folder's, or detected
"""

import math
import os
from importlib.metadata import version
from pathlib import Path

import ctranslate2

os.environ["HF_HUB_OFFLINE"] = "1"  # before it is imported: nothing here may reach for a model hub
from faster_whisper import WhisperModel

from recall_assets.engines.speech import MOST_REPETITIVE, Sound
from recall_assets.errors import EngineError
from recall_assets.records import Utterance

_TEMPERATURES = [0.0, 0.4, 0.8]
_BEAM = 5


class FasterWhisper:
    """Whisper by CTranslate2 on one core; a `SpeechEngine`."""

    name = "faster-whisper"

    def __init__(self, folder: Path, language: str | None = None, *, name: str | None = None) -> None:
        """Raises EngineError where the folder holds no model, or one that does not know the language.

        Args:
            folder: of a converted model.
            language: ISO 639-1; None: the model's only one, or detected anew in each chunk.
            name: of the model; None: that of the folder.
        """
        missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (folder / name).is_file()]
        if missing:
            raise EngineError(
                f"{folder} is no folder of a Whisper model: {', '.join(missing)} missing.",
                "Set speech_model to one that was converted for CTranslate2.",
            )
        self.version = version("faster-whisper")
        self.model = name or folder.name
        try:
            self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineError(f"The Whisper model in {folder} cannot be loaded.", "Get it anew.") from error
        if language not in {None, *self._model.supported_languages}:
            raise EngineError(
                f"The Whisper model in {folder} does not know the language {language}.",
                "Set speech_model to a multilingual one, or leave speech_language out.",
            )
        self._language = language

    def transcribe(self, sound: Sound) -> list[Utterance]:
        """See `SpeechEngine.transcribe`."""
        ctranslate2.set_random_seed(0)  # the warmer attempts draw
        try:
            segments, told = self._model.transcribe(
                sound,
                language=self._language,
                beam_size=_BEAM,
                temperature=_TEMPERATURES,
                condition_on_previous_text=False,
            )
            return [
                Utterance(
                    segment.start,
                    segment.end,
                    segment.text.strip(),
                    min(1.0, math.exp(segment.avg_logprob)),
                    told.language,
                )
                for segment in segments
                if segment.text.strip() and segment.compression_ratio <= MOST_REPETITIVE
            ]
        except (RuntimeError, ValueError) as error:
            raise EngineError("faster-whisper failed on a sound.") from error
