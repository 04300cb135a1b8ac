"""Sound through a real sound server: what is played arrives as segments; a server that goes away is waited for."""

import io
import os
import subprocess
import threading
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from capture_agent.audio.listening import Listening
from capture_agent.audio.recorder import Recorded, Recorder
from capture_agent.audio.voice import RATE
from capture_agent.condition import LOOKING, Condition
from capture_agent.config import Audio
from capture_agent.messages import CaptureState
from capture_agent.protocol import Kind
from capture_agent.seal import trusted_landing_key
from capture_agent.sealing import Identity
from capture_agent.spool import Spool
from recall_assets.settings import Home
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.fixtures.recordings import SAMPLE
from tests.system.x_server import eventually

pytestmark = pytest.mark.system

CLIP_SECONDS = 4
SPEECH = next(SAMPLE.glob("*/*/audio/*.wav"))


class Sound:
    """A sound server with one sink and no microphone; what its sink plays is heard as system sound."""

    def __init__(self, folder: Path) -> None:
        self.environment = os.environ | {
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "PULSE_SERVER": f"unix:{folder}/s",
        }
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        sink = [
            "-L",
            "module-null-sink sink_name=speakers",
            "-L",
            f"module-native-protocol-unix socket={self._folder}/s",
        ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *sink]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet)
        eventually(lambda: self._tell("info"), "the sound server")

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
        self._server = None

    def play(self) -> None:
        """Plays the beginning of the speech; returns when it is over."""
        with wave.open(str(SPEECH)) as speech, wave.open(str(self._folder / "clip.wav"), "wb") as clip:
            clip.setparams(speech.getparams())
            clip.writeframes(speech.readframes(CLIP_SECONDS * RATE))
        subprocess.run(["paplay", str(self._folder / "clip.wav")], env=self.environment, check=True)

    def _tell(self, *words: str) -> bool:
        return subprocess.run(["pactl", *words], env=self.environment, capture_output=True).returncode == 0


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sound]:
    made = Sound(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", made.environment["PULSE_SERVER"])
    yield made
    made.stop()


def _now() -> datetime:
    return datetime.now(UTC)


def test_what_is_played_is_recorded_as_segments_with_their_times(sound: Sound) -> None:
    sound.start()
    kept: list[Recorded] = []
    recorder = Recorder("system", lambda: True, kept.append, _now, again_seconds=0.5)
    stop = threading.Event()
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()
    eventually(lambda: recorder.heard_at, "the first block")
    began = _now()
    sound.play()
    stop.set()
    thread.join()
    assert recorder.problem is None
    samples, rate = soundfile.read(io.BytesIO(kept[0].flac), dtype="float32")
    assert rate == RATE
    assert abs((kept[0].began - began).total_seconds()) < 2
    heard = sum((one.ended - one.began).total_seconds() for one in kept)
    assert CLIP_SECONDS - 1.5 < heard < CLIP_SECONDS + 3
    assert float(np.abs(samples).max()) > 0.1


def test_a_sound_server_that_comes_later_and_goes_away_is_told_and_awaited(sound: Sound) -> None:
    recorder = Recorder("system", lambda: True, lambda _: None, _now, again_seconds=0.2)
    stop = threading.Event()
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()
    eventually(lambda: recorder.problem, "a problem while there is no server")
    for _ in range(2):
        sound.start()
        eventually(lambda: recorder.heard_at and recorder.problem is None, "sound")
        sound.stop()
        eventually(lambda: recorder.problem, "a problem when it went away")
    stop.set()
    thread.join()


def test_sound_is_spooled_while_it_is_wanted_and_the_screens_are_looked_at(sound: Sound, tmp_path: Path) -> None:
    sound.start()
    wanted = [Audio(enabled=False)]
    condition = Condition(CaptureState.CAPTURING, _now(), LOOKING)
    spool = Spool(tmp_path / "spool", 10_000_000)
    key = trusted_landing_key(ensure_landing_key(Home(tmp_path / "home")))
    identity = Identity("laptop", bytes(32))
    listening = Listening(lambda: wanted[0], condition, spool, identity, lambda: key, _now)
    listening.start()
    sound.play()
    assert spool.waiting() == []
    wanted[0] = Audio(enabled=True, microphone=False)
    eventually(lambda: listening.heard("system"), "sound")
    condition.why = "paused"
    sound.play()
    assert spool.waiting() == []
    condition.why = LOOKING
    sound.play()
    listening.stop()
    assert [item.kind for item in spool.waiting()] == [Kind.AUDIO]
    assert listening.problem is None
