"""What every engine that writes speech down must do, on real weights and an invented call of the sample."""

from functools import cache

import numpy as np
import pytest

from recall_assets.engines.speech import SAMPLE_RATE, Sound, SpeechEngine
from recall_assets.engines.speech.listening import listen
from recall_assets.engines.speech.sound import decode
from tests.fixtures.recordings import SAMPLE

CALL = SAMPLE / "desktop/2026-11-10/audio/tide-retro.wav"
SECONDS = 5  # the first sentence


@cache
def call() -> Sound:
    """What the tests listen to."""
    return decode(CALL.read_bytes(), max_seconds=60)[: SECONDS * SAMPLE_RATE]


class SpeechContract:
    """Tests of the engine that the fixture `engine` of a subclass gives."""

    def test_it_says_what_it_is(self, engine: SpeechEngine) -> None:
        assert engine.name
        assert engine.version[0].isdigit()
        assert engine.model

    def test_it_writes_down_what_is_said_and_when(self, engine: SpeechEngine) -> None:
        heard = listen(engine, call())
        assert "partition attached in" in " ".join(one.text for one in heard).lower()
        assert all(0 <= one.start < one.end <= SECONDS for one in heard)
        assert [one.start for one in heard] == sorted(one.start for one in heard)
        assert {one.language for one in heard} == {"en"}
        assert all(0 < one.confidence <= 1 for one in heard)

    def test_times_are_those_of_the_whole_sound_and_the_words_the_same_each_time(self, engine: SpeechEngine) -> None:
        later = np.concatenate([np.zeros(40 * SAMPLE_RATE, np.float32), call()])
        at_once, late = listen(engine, call()), listen(engine, later)
        assert [one.text for one in late] == [one.text for one in at_once]
        assert late[0].start == pytest.approx(40 + at_once[0].start, abs=1)

    def test_neither_silence_nor_noise_becomes_text(self, engine: SpeechEngine) -> None:
        noise = np.random.default_rng(0).normal(0, 0.05, 10 * SAMPLE_RATE).astype(np.float32)
        for sound in (np.zeros(0, np.float32), np.zeros(5 * SAMPLE_RATE, np.float32), noise, noise[:7]):
            assert listen(engine, sound) == []
