"""Runs an engine over all that is said in a sound.

sound ─► voice.chunks ─► engine.transcribe each ─► utterances, on the clock of the whole sound
"""

from dataclasses import replace

from recall_assets.engines.speech import SAMPLE_RATE, Sound, SpeechEngine
from recall_assets.engines.speech.voice import chunks
from recall_assets.records import Utterance


def listen(engine: SpeechEngine, sound: Sound) -> list[Utterance]:
    """The utterances of a sound float32[n] at 16 kHz of any length, in order of time; none where nobody speaks."""
    heard: list[Utterance] = []
    for start, end in chunks(sound):
        for said in engine.transcribe(sound[start:end]):
            begin = start / SAMPLE_RATE
            heard.append(replace(said, start=begin + said.start, end=min(begin + said.end, end / SAMPLE_RATE)))
    return heard
