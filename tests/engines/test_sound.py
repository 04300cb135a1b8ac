"""Sound files of three formats are decoded in memory; anything else, and anything too long, is a code."""

import numpy as np
import pytest

from recall_assets.engines.speech import SAMPLE_RATE
from recall_assets.engines.speech.sound import decode
from recall_assets.errors import UnreadableSoundError
from tests.engines.sounds import encoded, tone

WAV = encoded(tone())


@pytest.mark.parametrize(
    ("form", "codec"),
    [("wav", "pcm_s16le"), ("wav", "pcm_f32le"), ("flac", "flac"), ("ogg", "libopus")],
)
def test_stereo_at_48_khz_becomes_mono_at_16_khz(form: str, codec: str) -> None:
    sound = decode(encoded(tone(), form, codec), max_seconds=2)
    assert sound.dtype == np.float32
    assert abs(len(sound) - SAMPLE_RATE) < 0.05 * SAMPLE_RATE
    middle = sound[4000:12000]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)
    crossings = (np.diff(np.signbit(middle)) != 0).sum()
    assert crossings == pytest.approx(440, abs=5)  # two a period, in half a second


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"", "undecodable"),
        (b"RIFF", "undecodable"),
        (b"GIF89a nothing of ours", "undecodable"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(40), "undecodable"),
        (b"fLaC" + bytes(500), "undecodable"),
        (b"OggS" + bytes(500), "undecodable"),
        (b"\x00\x00\x00\x20ftypM4A ", "undecodable"),
        (encoded(tone(3.0), "flac", "flac"), "too_long"),
    ],
)
def test_what_cannot_be_used_has_a_code(file: bytes, problem: str) -> None:
    with pytest.raises(UnreadableSoundError, match=problem):
        decode(file, max_seconds=2)


def test_a_file_that_ends_too_early_gives_what_is_there() -> None:
    assert 0 < len(decode(WAV[: len(WAV) // 2], max_seconds=2)) <= 0.6 * SAMPLE_RATE
