"""Speech to text: what every engine offers; tests/engines/test_speech_contract.py holds each engine to it.

    sound file ─► sound.decode ─► voice.chunks ─► SpeechEngine.transcribe ─► utterances     (`listening.listen`)
                  float32 16 kHz   where somebody   at most 30 s a call
                                   speaks

Which engine and which weights serve this installation is `choice`'s knowledge. No engine here ever loads weights from a
hub: they come from a folder of the owner's or from an installed package.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from recall_assets.records import Utterance

Sound = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
# Whisper looks at 30 s at a time; the rest is room for what the edges of speech were widened by.
LONGEST_CHUNK_SECONDS = 28.0
# A transcript that can be packed this well says the same thing over and over: the model ran in circles.
# Source: `compression_ratio_threshold` of Whisper's reference implementation.
MOST_REPETITIVE = 2.4


class SpeechEngine(Protocol):
    """Writes down what is said; one object serves one process, one sound at a time."""

    @property
    def name(self) -> str:
        """The engine's name, as rows keep it."""

    @property
    def version(self) -> str:
        """The version of the program behind it."""

    @property
    def model(self) -> str:
        """The name of the weights in use."""

    def transcribe(self, sound: Sound) -> list[Utterance]:
        """What is said in a sound float32[n] at 16 kHz, -1..1, of at most 30 s, in order of time.

        The same sound gives the same words each time.

        Raises:
            EngineError: the engine failed.
        """
