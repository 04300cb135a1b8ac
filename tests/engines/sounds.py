"""Sound files for tests, made in memory."""

import io

import av
import numpy as np
import numpy.typing as npt

RATE = 48_000


def tone(seconds: float = 1.0) -> npt.NDArray[np.float32]:
    """A tone of 440 Hz at half of full scale, float32[n] at 48 kHz."""
    tone_ = 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)
    return tone_.astype(np.float32)


def encoded(samples: npt.NDArray[np.float32], form: str = "wav", codec: str = "pcm_s16le") -> bytes:
    """The samples as a stereo file, both sides alike."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.stack([samples, samples]), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        to_codec = av.AudioResampler(
            format=stream.format, layout="stereo", rate=RATE, frame_size=stream.frame_size or 0
        )
        for piece in (*to_codec.resample(frame), *to_codec.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()
