"""Finds where somebody speaks, so that noise does not become text, and cuts it into what an engine takes at a time.

    sound    ....aaaa.bbbbb........................cccccc......
    voice        [  ] [   ]                        [    ]          silero, a network that comes with faster-whisper
    chunks      [          ]                      [      ]         stretches near each other, at most 28 s, widened

What was said in the chunks is the engine's matter.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from faster_whisper.vad import VadOptions, get_speech_timestamps

from recall_assets.engines.speech import LONGEST_CHUNK_SECONDS, SAMPLE_RATE, Sound

# A pause that long ends a chunk: what stands together in one keeps its context.
_PAUSE_SECONDS = 2.0
_OPTIONS = VadOptions(
    max_speech_duration_s=LONGEST_CHUNK_SECONDS,
    min_speech_duration_ms=100,
    min_silence_duration_ms=500,
    speech_pad_ms=300,
)


class Chunk(NamedTuple):
    """A stretch of a sound that holds speech; samples [start, end)."""

    start: int
    end: int


def chunks(sound: Sound) -> list[Chunk]:
    """The stretches of a sound float32[n] at 16 kHz in which somebody speaks, none longer than 28 s."""
    if not len(sound):
        return []
    found = get_speech_timestamps(sound, _OPTIONS, SAMPLE_RATE)
    return list(_joined(Chunk(int(one["start"]), int(one["end"])) for one in found))


def _joined(found: Iterable[Chunk]) -> Iterator[Chunk]:
    current: Chunk | None = None
    for chunk in found:
        if current is None:
            current = chunk
        elif (
            chunk.start - current.end <= _PAUSE_SECONDS * SAMPLE_RATE
            and chunk.end - current.start <= LONGEST_CHUNK_SECONDS * SAMPLE_RATE
        ):
            current = Chunk(current.start, chunk.end)
        else:
            yield current
            current = chunk
    if current is not None:
        yield current
