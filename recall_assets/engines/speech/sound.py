"""Decodes sound files in memory; called in worker processes only, since files from outside may be hostile.

    bytes ─► RIFF/WAVE, fLaC, OggS? ─► PyAV, that one format ─► mono, 16 kHz, float32
             nothing else is tried     a cap on seconds, checked while decoding

Nothing is written to disk.
"""

import io
from collections.abc import Iterator
from itertools import chain

import av
import numpy as np

from recall_assets.engines.speech import SAMPLE_RATE, Sound
from recall_assets.errors import UnreadableSoundError

_CODECS = frozenset(("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "flac", "vorbis", "opus"))


def decode(file: bytes, *, max_seconds: float) -> Sound:
    """The sound of a WAV, FLAC or Ogg file as float32[n], mono at 16 kHz, -1..1.

    Raises:
        UnreadableSoundError: its problem is the code `undecodable` or `too_long`.
    """
    try:
        pieces = list(_decoded(file, int(max_seconds * SAMPLE_RATE)))
    except (UnreadableSoundError, MemoryError):
        raise
    except Exception:
        # Decoders raise whatever they like on broken files.
        raise UnreadableSoundError("undecodable") from None
    sound = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return np.clip(np.nan_to_num(sound), -1, 1).astype(np.float32)


def _decoded(file: bytes, most_samples: int) -> Iterator[Sound]:
    left = most_samples
    with av.open(io.BytesIO(file), mode="r", format=_format_of(file)) as container:
        stream = container.streams.audio[0]
        if stream.codec_context.name.removeprefix("lib") not in _CODECS:
            raise UnreadableSoundError("undecodable")
        resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
        for frame in chain(container.decode(stream), (None,)):  # None: what the resampler still holds
            for piece in resampler.resample(frame):
                left -= piece.samples
                if left < 0:
                    raise UnreadableSoundError("too_long")
                yield piece.to_ndarray().mean(axis=0)  # its own way to mono makes stereo louder, up to clipping


def _format_of(file: bytes) -> str:
    if file[:4] == b"RIFF" and file[8:12] == b"WAVE":
        return "wav"
    if file[:4] == b"fLaC":
        return "flac"
    if file[:4] == b"OggS":
        return "ogg"
    raise UnreadableSoundError("undecodable")
