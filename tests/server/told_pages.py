"""A browser of the owner's before the pages of the told day: pictures of two frames, a memory of each kind."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, update
from starlette.testclient import TestClient

from recall_assets.records import (
    Box,
    Concept,
    DeploymentDay,
    Episode,
    Memory,
    MemoryKind,
    Procedure,
    Resource,
    Source,
    SourceKind,
    VaultEntry,
    Word,
)
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.stages.memories.day import memory_id, topic_of
from recall_assets.stages.ocr_text.packing import pack_layout
from recall_assets.store import core_memory, frame_files, memories
from recall_assets.store.tables import frames, ocr_text
from tests.drawn_screens import draw, page
from tests.logged_in import token_of
from tests.told_day import DAY, FRAMES, MADE, SECRET, tell

WORDS = (
    Word("def", Box(40, 40, 30, 16), 0.9, 0),
    Word("vat(total)", Box(76, 40, 90, 16), 0.9, 0),
    Word("[REDACTED:token]", Box(40, 72, 120, 24), 1.0, 1),
)

PARTICULARS = (
    Episode(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC), "me", "coding"),
    Concept("VAT", "term", "vat.py"),
    Procedure("commands", ("git fetch", "git rebase main")),
    Resource("page", "Ledger", uri="https://forge.test/ledger"),
    VaultEntry("token", "vat.py", "high", SECRET),
)


def tell_with_pictures(database: Engine, settings: Settings) -> None:
    """The told day; frames 0 and 1 have an image, frame 0 has its words' boxes."""
    pixels = draw(page("def vat(total)"))
    with database.begin() as connection:
        tell(connection)
        for frame_id in FRAMES[:2]:
            image = frame_files.write(settings.home, frame_id, DeploymentDay("laptop", DAY), pixels)
            stored = {"image_ref": image.ref, "image_sha256": image.sha256, "width": 800, "height": 480}
            connection.execute(update(frames).where(frames.c.id == frame_id).values(stored))
        _remember(connection)
        layout = pack_layout(WORDS, width=800, height=480)
        connection.execute(update(ocr_text).where(ocr_text.c.frame_id == FRAMES[0]).values(layout=layout))


def _remember(connection: Connection) -> None:
    since = datetime(2026, 3, 2, 9, tzinfo=UTC)
    source = (Source(SourceKind.FRAME, FRAMES[0]),)
    about = [(topic_of(MemoryKind.SEMANTIC, type(one).__name__), one) for one in PARTICULARS]
    found = [
        Memory(memory_id(topic, DAY), topic, f"About {type(one).__name__}", one, since, source, "It was so.", DAY)
        for topic, one in about
    ]
    memories.replace_day(connection, DAY, list(MemoryKind), found, MADE)
    core_memory.write(connection, "owner", "Works on ledgers.")


def browser(database: Engine, settings: Settings) -> TestClient:
    """Logged in, and following no redirect."""
    client = TestClient(create_app(database, settings), "http://localhost:8787", follow_redirects=False)
    client.cookies.set("recall-8787", token_of(database, "session"))
    client.headers |= {"Accept": "text/html", "Origin": "http://localhost:8787"}
    return client
