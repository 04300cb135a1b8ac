"""The voice gate: speech passes whole, silence and noise do not, segments end where nobody speaks."""

import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_agent.audio.voice import LONGEST, RATE, Samples, Segment, VoiceSegments
from tests.fixtures.recordings import SAMPLE

SPEECH = sorted(SAMPLE.glob("*/*/audio/*.wav"))


def _speech(number: int = 0) -> Samples:
    with wave.open(str(SPEECH[number])) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


def _noise(seconds: float, level: float) -> Samples:
    return np.random.default_rng(5).normal(0, level, int(seconds * RATE)).astype(np.float32)


def _segments(sound: Samples, piece: int = RATE // 4) -> list[Segment]:
    gate = VoiceSegments()
    taken = [one for at in range(0, len(sound), piece) for one in gate.take(sound[at : at + piece])]
    return taken + gate.end()


def _kept(sound: Samples, segments: list[Segment]) -> float:
    """The share of the sound's energy that is in segments."""
    inside = sum(float(np.square(one.samples).sum()) for one in segments)
    return inside / float(np.square(sound).sum())


@pytest.mark.parametrize("number", range(len(SPEECH)))
def test_speech_passes_whole(number: int) -> None:
    sound = np.concatenate([_noise(20, 1e-4), _speech(number), _noise(20, 1e-4)])
    segments = _segments(sound)
    assert _kept(sound, segments) > 0.999
    assert sum(len(one.samples) for one in segments) < len(_speech(number)) + 6 * RATE


def test_quiet_speech_in_a_noisy_room_passes() -> None:
    speech = 0.1 * _speech()
    noise = _noise(len(speech) / RATE + 20, float(np.sqrt(np.mean(np.square(speech)))) / 4)
    sound = noise.copy()
    sound[20 * RATE :][: len(speech)] += speech
    covered = np.zeros(len(sound), bool)
    for one in _segments(sound):
        covered[one.begins : one.begins + len(one.samples)] = True
    there = covered[20 * RATE :][: len(speech)]
    assert float(np.square(speech[there]).sum()) > 0.97 * float(np.square(speech).sum())


@pytest.mark.parametrize("level", [0.0, 1e-4, 0.1])
def test_silence_and_steady_noise_do_not_pass(level: float) -> None:
    assert _segments(_noise(30, level)) == []


def test_clicks_do_not_pass() -> None:
    sound = _noise(30, 1e-4)
    sound[RATE :: RATE // 2] = 0.8  # two keys a second
    assert _segments(sound) == []


def test_a_voice_that_does_not_stop_is_cut_where_it_is_quietest() -> None:
    sound = np.concatenate([_speech(number) for number in range(len(SPEECH))] * 3)
    sound = sound[np.abs(sound) > 0]  # no digital silence between the pieces
    segments = _segments(sound)
    assert len(segments) > 2
    for before, after in pairwise(segments):
        assert len(before.samples) <= LONGEST
        if before.begins + len(before.samples) == after.begins:
            assert float(np.abs(after.samples[:160]).mean()) < float(np.abs(sound).mean())


@settings(max_examples=6)
@given(piece=st.integers(1000, 100_000), start=st.integers(0, RATE))
def test_segments_are_pieces_of_the_stream_whatever_its_blocks(piece: int, start: int) -> None:
    sound = np.concatenate([_noise(3, 1e-4), _speech()[start : start + 4 * RATE], _noise(3, 1e-4)])
    segments = _segments(sound, piece)
    assert segments
    ends = 0
    for one in segments:
        assert one.begins >= ends
        ends = one.begins + len(one.samples)
        assert np.array_equal(sound[one.begins : ends], one.samples)
    assert [one.begins for one in segments] == [one.begins for one in _segments(sound, 7777)]
