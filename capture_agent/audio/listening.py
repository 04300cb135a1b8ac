"""Records both sources while the owner wants sound and the screens are looked at, in threads beside the loop.

settings ─► wanted? ─► a Recorder for each source ─► seal ─► spool
Condition ─► looking? ─┘ (not while paused, locked, outside work hours, or before an excluded window)
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from capture_agent.audio.recorder import Recorded, Recorder, Source
from capture_agent.audio.sealing import seal_sound
from capture_agent.condition import LOOKING, Condition
from capture_agent.config import Audio
from capture_agent.seal import LandingKey
from capture_agent.sealing import Identity
from capture_agent.spool import Spool, SpoolError

_SETTINGS_SECONDS = 1.0


@dataclass
class Listening:
    """Sound of this machine. `start` and `stop` it; in between it follows the settings."""

    settings: Callable[[], Audio]
    condition: Condition
    spool: Spool
    identity: Identity
    key: Callable[[], LandingKey]
    now: Callable[[], datetime]
    kept: int = field(default=0, init=False)
    _problem: str | None = field(default=None, init=False)
    _recorders: dict[Source, tuple[Recorder, threading.Thread, threading.Event]] = field(
        default_factory=dict, init=False
    )
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    @property
    def problem(self) -> str | None:
        """What is wrong with sound, and what to do; None while it is recorded or not wanted."""
        of_devices = (recorder.problem for recorder, _, _ in [*self._recorders.values()])
        return self._problem or next(filter(None, of_devices), None)

    def heard(self, source: Source) -> datetime | None:
        """When a source last gave sound, be it silence."""
        recorder, *_ = self._recorders.get(source, (None,))
        return None if recorder is None else recorder.heard_at

    def start(self) -> None:
        """Returns at once."""
        self._thread = threading.Thread(target=self._follow_settings, name="sound")
        self._thread.start()

    def stop(self) -> None:
        """Returns when nothing records any more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _follow_settings(self) -> None:
        while not self._stopping.is_set():
            wanted = self._wanted()
            for source in self._recorders.keys() - wanted:
                self._end(source)
            for source in wanted - self._recorders.keys():
                self._begin(source)
            self._stopping.wait(_SETTINGS_SECONDS)
        for source in [*self._recorders]:
            self._end(source)

    def _wanted(self) -> set[Source]:
        audio = self.settings()
        sources: dict[Source, bool] = {"microphone": audio.microphone, "system": audio.system}
        return {source for source, wanted in sources.items() if audio.enabled and wanted}

    def _begin(self, source: Source) -> None:
        recorder, stop = Recorder(source, self._is_allowed, self._keep, self.now), threading.Event()
        thread = threading.Thread(target=recorder.run, args=(stop,), name=source)
        self._recorders[source] = recorder, thread, stop
        thread.start()

    def _end(self, source: Source) -> None:
        _, thread, stop = self._recorders.pop(source)
        stop.set()
        thread.join()

    def _is_allowed(self) -> bool:
        return self.condition.why == LOOKING

    def _keep(self, recorded: Recorded) -> None:
        key = self.key()
        sealed = seal_sound(recorded, deployment=self.identity.deployment, to=key, tag_key=self.identity.tag_key)
        try:
            self.spool.put(sealed.header, sealed.envelope, key.key_id.hex())
        except SpoolError as error:
            self._problem = f"Sound is lost: {error}"
        else:
            self._problem = None
            self.kept += 1
