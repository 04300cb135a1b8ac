"""Screens that landed as an agent sends them, and what the intake made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, select

from capture_agent.protocol import Binding, FrameMetadata, Kind, WindowMetadata
from capture_agent.seal import seal, trusted_landing_key
from capture_agent.upload import Outgoing
from recall_assets.defs.ocr_text import CODE_VERSION
from recall_assets.intake.partition import read_partition, rescan_partition
from recall_assets.intake.rescan import ScanReport
from recall_assets.intake.run import ReadReport
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import frame_files, tables
from recall_assets.vault.landing_keys import ensure_landing_key
from tests.drawn_screens import webp
from tests.integration.sending import NOON, Sender, enrolled, item_id, outcomes, served

PARTITION = DeploymentDay("laptop", NOON.date())
CODE = Provenance(CODE_VERSION)
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """One captured frame, `second` seconds after noon."""

    name: str
    image: Pixels | bytes
    second: int = 0
    title: str = "Notes"
    url: str | None = None
    monitor: int = 0
    behind: tuple[WindowMetadata, ...] = ()

    def outgoing(self, sender: Sender) -> Outgoing:
        at = NOON + timedelta(seconds=self.second)
        binding = Binding(Kind.FRAME, sender.deployment, item_id(self.name), at, timedelta(hours=1), self.monitor)
        window = WindowMetadata(app="editor", title=self.title, rect=(0, 0, 4000, 4000), active=True, url=self.url)
        told = FrameMetadata(
            app="editor",
            title=self.title,
            url=self.url,
            windows=(window, *self.behind),
            monitor_rect=(0, 0, 800, 480),
        )
        image = self.image if isinstance(self.image, bytes) else webp(self.image)
        sealed = seal(binding, at, told, image, to=sender.landing_key, tag_key=sender.tag_key)
        return Outgoing(sealed.header, sealed.envelope)


class Machine:
    """A deployment whose frames land in a real server, and the intake over them."""

    def __init__(self, database: Engine, settings: Settings) -> None:
        self.database = database
        self.settings = settings.model_copy(update={"ocr_workers": 1})
        self._sender = enrolled(database, settings.home)

    def land(self, *shots: Shot) -> None:
        assert self.send(*shots) == ["stored"] * len(shots)

    def send(self, *shots: Shot) -> list[str]:
        """What the server said of each."""
        with served(create_app(self.database, self.settings)) as client:
            return outcomes(client, self._sender, *(shot.outgoing(self._sender) for shot in shots))

    def refetch(self) -> None:
        """Seals to the key that the server has now."""
        self._sender = replace(self._sender, landing_key=trusted_landing_key(ensure_landing_key(self.settings.home)))

    def read(
        self,
        *,
        recompute: bool = False,
        later_days: int = 0,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> ReadReport:
        partition = DeploymentDay(PARTITION.deployment_id, PARTITION.day + timedelta(days=later_days))
        return read_partition(
            self.database,
            self.settings.home,
            self.settings,
            partition,
            CODE,
            recompute=recompute,
            progress=progress,
        )

    def rows(self, *, but: Sequence[str] = ()) -> dict[str, Mapping[str, Any]]:
        """Each frame's row with its text, by the name of its shot's id."""
        frames, ocr_text = tables.frames, tables.ocr_text
        text = [column for column in ocr_text.c if column.name not in {"frame_id", "created_at", "run_id", "tsv"}]
        query = select(*frames.c, *text).outerjoin(ocr_text, ocr_text.c.frame_id == frames.c.id)
        with self.database.connect() as connection:
            found = connection.execute(query.order_by(frames.c.captured_at)).mappings().all()
        return {str(row["id"]): {k: v for k, v in row.items() if k not in but} for row in found}

    def row(self, name: str) -> Mapping[str, Any]:
        return self.rows()[str(item_id(name))]

    def image(self, name: str) -> Pixels:
        """The stored image of a frame."""
        return frame_files.read_pixels(self.settings.home, self.row(name)["image_ref"])

    def scan(self) -> ScanReport:
        return rescan_partition(self.database, self.settings.home, self.settings, PARTITION, CODE)

    def secrets(self) -> list[tuple[str, str]]:
        """Place and kind of each found secret."""
        with self.database.connect() as connection:
            found = connection.execute(select(tables.secrets.c.place, tables.secrets.c.kind))
            return sorted((row.place, row.kind) for row in found)
