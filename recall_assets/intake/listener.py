"""What happens to one stretch of sound in a worker process: the only place where captured sound is decoded.

    ListenTask   envelope ─► open ─► decode ─► voice ─► engine ─► sentences ─► detect ─► Heard     (clear, in memory)

Sound is never written to a disk, not even to a temporary file. Failures are codes.
"""

from dataclasses import dataclass, field
from pathlib import Path

from recall_assets.engines.speech import SpeechEngine
from recall_assets.engines.speech.choice import SpeechChoice
from recall_assets.errors import LandingError, UnreadableSoundError
from recall_assets.intake.worker import Unreadable
from recall_assets.process_memory import no_inspection
from recall_assets.records import Finding, Utterance
from recall_assets.settings import Home
from recall_assets.stages.transcripts import detect_spoken, joined, whole_sentences
from recall_assets.store import landing
from recall_assets.store.audio_segments import LandedSegment
from recall_assets.vault.landing import LandingKeys


@dataclass(frozen=True, slots=True)
class ListenTask:
    """A stretch of sound to write down."""

    segment: LandedSegment


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of sound in clear: its sentences, what was found in them joined, and what its sender told."""

    source: str
    imported_id: str | None = field(repr=False)
    sentences: tuple[Utterance, ...] = field(repr=False)
    found: tuple[Finding, ...]
    engine: str


@dataclass(frozen=True, slots=True)
class MakeListener:
    """Makes a worker's function; picklable, so that it can travel to the worker."""

    home_path: Path
    choice: SpeechChoice
    max_seconds: float

    def __call__(self) -> "Listener":
        no_inspection()
        return Listener(Home(self.home_path), self.choice.make(), self.max_seconds)


class Listener:
    """A worker's function: a task in, an answer out."""

    def __init__(self, home: Home, engine: SpeechEngine, max_seconds: float) -> None:
        self._home = home
        self._keys = LandingKeys(home)
        self._engine = engine
        self._max_seconds = max_seconds

    def __call__(self, task: ListenTask, _lane_starts: bool) -> Heard | Unreadable:
        """The answer to a task; a file or envelope that cannot be used is an answer too."""
        # Here, since the process that starts the workers may be without these packages.
        from recall_assets.engines.speech.listening import listen
        from recall_assets.engines.speech.sound import decode

        segment = task.segment
        try:
            opened = self._keys.open_audio(landing.read_envelope(self._home, segment.landing_ref), segment.binding)
            sentences = whole_sentences(listen(self._engine, decode(opened.sound, max_seconds=self._max_seconds)))
        except LandingError:
            return Unreadable("envelope")
        except UnreadableSoundError as error:
            return Unreadable(error.problem)
        found = detect_spoken(joined([said.text for said in sentences]))
        engine = f"{self._engine.name} {self._engine.version}, {self._engine.model}"
        told = opened.metadata
        return Heard(told.source, told.imported_id, tuple(sentences), tuple(found), engine)
