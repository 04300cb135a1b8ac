"""A browser of the owner's before the pages of the told day, with a picture of its first frame."""

from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from recall_assets.records import Box, DeploymentDay, Word
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.stages.ocr_text.packing import pack_layout
from recall_assets.store import frame_files
from recall_assets.store.tables import frames, ocr_text
from tests.drawn_screens import draw, page
from tests.logged_in import token_of
from tests.told_day import DAY, FRAMES, tell

WORDS = (
    Word("def", Box(40, 40, 30, 16), 0.9, 0),
    Word("vat(total)", Box(76, 40, 90, 16), 0.9, 0),
    Word("[REDACTED:token]", Box(40, 72, 120, 24), 1.0, 1),
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
        layout = pack_layout(WORDS, width=800, height=480)
        connection.execute(update(ocr_text).where(ocr_text.c.frame_id == FRAMES[0]).values(layout=layout))


def browser(database: Engine, settings: Settings) -> TestClient:
    """Logged in, and following no redirect."""
    client = TestClient(create_app(database, settings), "http://localhost:8787", follow_redirects=False)
    client.cookies.set("recall-8787", token_of(database, "session"))
    client.headers |= {"Accept": "text/html", "Origin": "http://localhost:8787"}
    return client
