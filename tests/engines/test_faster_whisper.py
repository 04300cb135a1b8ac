"""faster-whisper with the weights that the extra `speech` brings."""

from pathlib import Path

import pytest

from recall_assets.engines.speech import SpeechEngine
from recall_assets.engines.speech.choice import packaged_model
from recall_assets.engines.speech.faster_whisper import FasterWhisper
from recall_assets.errors import EngineError
from tests.engines.speech_contract import SpeechContract


@pytest.fixture(scope="session")
def model() -> Path:
    folder = packaged_model()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def engine(model: Path) -> SpeechEngine:
    return FasterWhisper(model)


class TestFasterWhisper(SpeechContract):
    """The contract."""


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"no folder of a Whisper model: model\.bin"):
        FasterWhisper(tmp_path)


def test_a_language_that_the_model_does_not_know_is_an_error_at_start(model: Path) -> None:
    with pytest.raises(EngineError, match="does not know the language de"):
        FasterWhisper(model, "de")
