"""A recorded stretch of sound is sealed so that the server hears what was recorded, and when."""

import io
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import soundfile

from capture_agent.audio.recorder import Recorded, flac
from capture_agent.audio.sealing import seal_sound
from capture_agent.audio.voice import RATE, Samples
from capture_agent.protocol import AudioHeader, AudioMetadata
from capture_agent.seal import trusted_landing_key
from recall_assets.settings import Home
from recall_assets.vault.landing import LandingKeys
from recall_assets.vault.landing_keys import ensure_landing_key

NINE = datetime(2026, 11, 9, 9, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def test_the_server_opens_the_sound_that_was_recorded(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    key = trusted_landing_key(ensure_landing_key(home))
    samples: Samples = np.sin(np.arange(RATE, dtype=np.float32) / np.float32(20)) / np.float32(2)
    recorded = Recorded("microphone", NINE, NINE + timedelta(seconds=1), flac(samples))
    sealed = seal_sound(recorded, deployment="laptop", to=key, tag_key=bytes(32))
    header = sealed.header
    assert isinstance(header, AudioHeader)
    assert (header.captured_at, header.seen_until - header.captured_at) == (NINE, timedelta(seconds=1))
    opened = LandingKeys(home).open_audio(sealed.envelope, header.binding)
    assert opened.metadata == AudioMetadata(source="microphone")
    heard, rate = soundfile.read(io.BytesIO(opened.sound), dtype="float32")
    assert rate == RATE
    assert np.abs(heard - samples).max() < 1e-4
