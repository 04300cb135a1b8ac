"""One sound device in a process of its own: `python -m capture_agent.audio.device microphone` writes PCM to stdout.

    soundcard ─► float32, mono, 16 kHz ─► int16, little-endian ─► stdout          stderr: one sentence, when it fails

Sound libraries of a desktop hang and crash when a device is unplugged or the sound server restarts. Here that ends a
child, which the recorder starts again.
"""

import sys
from typing import Any

import numpy as np

from capture_agent.audio.voice import RATE

SOURCES = ("microphone", "system")
BLOCK = RATE // 4
_MISSING = "Sound needs two more packages: install Recall with its extra agent-audio."


class DeviceError(Exception):
    """There is no such device; the message says what to do."""


def main(source: str) -> int:
    """Writes until stdout is closed or the device is gone."""
    try:
        device = _device(source)
        with device.recorder(samplerate=RATE, channels=1, blocksize=BLOCK) as recorder:
            while True:
                block = recorder.record(BLOCK)[:, 0]
                sys.stdout.buffer.write((np.clip(block, -1, 1) * 32767).astype("<i2").tobytes())
                sys.stdout.buffer.flush()
    except DeviceError as missing:
        print(missing, file=sys.stderr)  # noqa: T201
    except BrokenPipeError:
        return 0
    except (RuntimeError, AssertionError, OSError, IndexError, TypeError) as failed:
        print(f"The {source} device gave no sound ({type(failed).__name__}); it is tried again.", file=sys.stderr)  # noqa: T201
    return 1


def _device(source: str) -> Any:
    try:
        import soundcard
        import soundfile  # noqa: F401 - the recorder needs it
    except ImportError as missing:
        raise DeviceError(_MISSING) from missing
    except (AssertionError, RuntimeError, OSError) as silent:
        raise DeviceError("No sound server answers; sound is recorded as soon as one does.") from silent
    if source == "microphone":
        return soundcard.default_microphone()
    speaker = soundcard.default_speaker()
    loopbacks = [one for one in soundcard.all_microphones(include_loopback=True) if one.isloopback]
    own = [one for one in loopbacks if speaker.name in one.name or str(speaker.id) in str(one.id)]
    if not own:
        raise DeviceError("This system does not let programs hear what the speakers play; the microphone is recorded.")
    return own[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
