"""Sound that landed as an agent sends it, and what the intake made of it."""

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, select

from capture_agent.protocol import AudioMetadata, Binding, Kind
from capture_agent.seal import seal
from capture_agent.upload import Outgoing
from recall_assets.intake.hearing import HearingReport, hear_partition
from recall_assets.records import DeploymentDay, Provenance, Transcript
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import tables, transcripts
from tests.fixtures.recordings import ROOT, SAMPLE
from tests.integration.sending import NOON, Sender, enrolled, item_id, outcomes, served

PARTITION = DeploymentDay("laptop", NOON.date())
CODE = Provenance("1")
# "The harbour office moved. The wifi password is walnut seven nine two four kestrel. Please write that down."
# Invented; spoken by flite's voice slt, packed with Opus at 16 kbit/s.
PASSWORD = (ROOT / "tests/fixtures/spoken_password.ogg").read_bytes()


def _first_seconds(file: Path, seconds: int) -> bytes:
    short = io.BytesIO()
    with wave.open(str(file)) as whole, wave.open(short, "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(seconds * whole.getframerate()))
    return short.getvalue()


# "The October partition attached in eleven seconds, so the lock window is fine."
CALL = _first_seconds(SAMPLE / "desktop/2026-11-10/audio/tide-retro.wav", 5)


@dataclass(frozen=True)
class Take:
    """One stretch of sound, `second` seconds after noon."""

    name: str
    file: bytes
    second: int = 0
    source: Literal["microphone", "system", "mixed"] = "microphone"

    def outgoing(self, sender: Sender) -> Outgoing:
        at = NOON + timedelta(seconds=self.second)
        binding = Binding(Kind.AUDIO, sender.deployment, item_id(self.name), at, timedelta(hours=1))
        told = AudioMetadata(source=self.source, imported_id=self.name)
        sealed = seal(
            binding, at + timedelta(seconds=10), told, self.file, to=sender.landing_key, tag_key=sender.tag_key
        )
        return Outgoing(sealed.header, sealed.envelope)


class Recorder:
    """A deployment whose sound lands in a real server, and the intake over it."""

    def __init__(self, database: Engine, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self._sender = enrolled(database, settings.home)

    def land(self, *takes: Take) -> None:
        with served(create_app(self.database, self.settings)) as client:
            answers = outcomes(client, self._sender, *(take.outgoing(self._sender) for take in takes))
        assert answers == ["stored"] * len(takes)

    def hear(self, settings: Settings | None = None, *, recompute: bool = False) -> HearingReport:
        chosen = settings or self.settings
        where = self.database, self.settings.home, chosen, PARTITION, CODE
        return hear_partition(*where, recompute=recompute, progress=lambda done, total: None)

    def segment(self, name: str) -> Mapping[str, Any]:
        query = select(tables.audio_segments).where(tables.audio_segments.c.id == item_id(name))
        with self.database.connect() as connection:
            return dict(connection.execute(query).mappings().one())

    def said(self) -> list[Transcript]:
        with self.database.connect() as connection:
            return transcripts.read_day(connection, PARTITION)
