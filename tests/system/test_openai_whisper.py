"""openai-whisper on the same weights as faster-whisper has; torch comes with `make test-system` alone."""

from pathlib import Path

import pytest

from recall_assets.engines.speech import SpeechEngine
from recall_assets.engines.speech.choice import SpeechChoice, choose_engine, packaged_model
from recall_assets.errors import EngineError
from recall_assets.settings import load_settings
from tests.engines.speech_contract import SpeechContract

pytestmark = pytest.mark.system


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.system.whisper_checkpoint import write_checkpoint

    model = packaged_model()
    assert model is not None
    out = tmp_path_factory.mktemp("whisper") / "tiny.en.pt"
    write_checkpoint(model, out)
    return out


@pytest.fixture(scope="session")
def engine(checkpoint: Path) -> SpeechEngine:
    return SpeechChoice("openai-whisper", checkpoint).make()


class TestOpenAIWhisper(SpeechContract):
    """The contract."""


def test_a_checkpoint_file_chooses_the_engine_that_can_read_it(checkpoint: Path) -> None:
    assert choose_engine(load_settings(speech_model=checkpoint)).engine == "openai-whisper"


def test_a_language_that_the_model_does_not_know_is_an_error_at_start(checkpoint: Path) -> None:
    with pytest.raises(EngineError, match="does not know the language de"):
        SpeechChoice("openai-whisper", checkpoint, "de").make()


def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"no checkpoint")
    with pytest.raises(EngineError, match=r"broken\.pt cannot be loaded"):
        SpeechChoice("openai-whisper", broken).make()
