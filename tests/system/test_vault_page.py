"""The vault page in a real browser: what Python sealed, Chromium opens with a (virtual) security key."""

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, select, update

from recall_assets.cli.vault_changes import recovery_slot, seals_for
from recall_assets.keyring import found_vault, grant
from recall_assets.records import Box, Slot, SlotKind
from recall_assets.sealer import Clear, keep
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import frame_files, tables, tokens, vault
from recall_assets.store.secrets import Secret
from recall_assets.vault import opening, recovery_code
from recall_assets.vault.opening import Unlocked
from tests.drawn_screens import draw
from tests.drawn_screens import page as lines
from tests.integration.sending import served
from tests.store.stored_days import LAPTOP, add_deployment, add_frames
from tests.vault.vaults import key_material

if TYPE_CHECKING:  # `make test-system` installs it; `make test` only lists these tests
    from playwright.sync_api import Page

pytestmark = pytest.mark.system

VALUE = "hT7#xQ2mVb <b>no markup</b> ü"
CROP = np.full((20, 60, 3), 200, np.uint8)
# What the page does to open, here to make the credential and to hand its output to Python.
CREATE = """async ([rpId, first]) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
  const random = () => crypto.getRandomValues(new Uint8Array(32));
  const made = await navigator.credentials.create({ publicKey: {
    rp: { id: rpId, name: "Recall vault" }, user: { id: random(), name: "blue", displayName: "blue" },
    challenge: random(), pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { authenticatorAttachment: "cross-platform", userVerification: "required" },
    extensions: { prf: {} } } });
  const used = await navigator.credentials.get({ publicKey: {
    challenge: random(), rpId, allowCredentials: [{ type: "public-key", id: made.rawId }],
    userVerification: "required", extensions: { prf: { eval: { first: bytes(first) } } } } });
  return [hex(made.rawId), hex(used.getClientExtensionResults().prf.results.first)];
}"""


@pytest.fixture
def page() -> Iterator["Page"]:
    """A page of Debian's Chromium with a security key plugged in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, which CI is, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        made = browser.new_page(viewport={"width": 1280, "height": 800})
        tools = made.context.new_cdp_session(made)
        tools.send("WebAuthn.enable")
        key = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "usb", "hasPrf": True}
        verifying = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": key | verifying})
        yield made
        browser.close()


@pytest.fixture
def address(database: Engine, settings: Settings) -> Iterator[str]:
    """The server, by the name that WebAuthn takes."""
    with served(create_app(database, settings)) as client:
        yield f"http://localhost:{client.base_url.port}"


def _enrol(page: "Page", address: str, database: Engine, settings: Settings) -> tuple[Slot, bytes]:
    """A vault with the browser's key."""
    page.goto(f"{address}/vault")
    prf_eval = key_material()
    credential_id, output = page.evaluate(CREATE, ["localhost", prf_eval.hex()])
    now = datetime.now(UTC)
    code = recovery_code.make()
    first = recovery_slot(code, now)
    found_vault(database, settings.home, first, now)
    said: dict[str, Any] = {"rp_id": "localhost", "credential_id": credential_id, "prf_eval": prf_eval.hex()}
    header = opening.header(uuid4(), SlotKind.FIDO2, "blue ü", now, uv="required", aaguid=str(uuid4()), **said)
    slot = opening.make_slot(header, bytes.fromhex(output))
    with database.connect() as connection:
        unlocked = Unlocked(first, opening.stretched(code, first.header), vault.seals(connection, first.id))
    grant(database, settings.home, slot, seals_for(slot, unlocked))
    return slot, bytes.fromhex(output)


def _seal(database: Engine, settings: Settings) -> Secret:
    file = io.BytesIO()
    Image.fromarray(CROP).save(file, "WEBP", lossless=True)
    with database.begin() as connection:
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        image = frame_files.write(settings.home, frame, LAPTOP, draw(lines("Sign in", "Password:")))
        connection.execute(update(tables.frames).values(image_ref=image.ref, window_title="Sign in"))
        boxes = (Box(8, 8, 60, 20),)
        row = Secret(uuid4(), "laptop", "screen", "password", "test", "1", frame_id=frame, boxes=boxes)
        keep(connection, settings.home, [(row, Clear(VALUE, file.getvalue()))], datetime.now(UTC))
    return row


def _token(database: Engine, lifetime: timedelta = timedelta(minutes=5)) -> str:
    with database.begin() as connection:
        return tokens.make(connection, label="vault page", scope="vault", lifetime=lifetime)


def test_the_page_opens_with_the_key_what_python_sealed(
    page: "Page", address: str, database: Engine, settings: Settings
) -> None:
    from playwright.sync_api import expect

    slot, output = _enrol(page, address, database, settings)
    row = _seal(database, settings)
    with database.connect() as connection:
        opened = Unlocked(slot, output, vault.seals(connection, slot.id))
        assert opened.key_ids == set(connection.scalars(select(tables.vault_keys.c.key_id)))
    page.goto("about:blank")
    page.goto(f"{address}/vault#{_token(database)}")
    assert page.url == f"{address}/vault"
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#note")).to_have_text("Open the vault first.")
    page.get_by_role("button", name="Open with your key").click()
    expect(page.locator("#state")).to_contain_text("Open for")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#shown-value")).to_have_text(VALUE)
    expect(page.locator("#shown-crop")).to_be_visible()
    assert page.evaluate("document.getElementById('shown-crop').naturalWidth") == CROP.shape[1]
    expect(page.locator("#shown-picture")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('blur'))")
    expect(page.locator("#state")).to_have_text("Locked.")
    expect(page.locator("#shown-value")).to_have_text("")
    assert row.kind in page.locator("tbody").inner_text()


def test_a_value_that_was_moved_to_another_row_is_not_opened(
    page: "Page", address: str, database: Engine, settings: Settings
) -> None:
    from playwright.sync_api import expect

    _enrol(page, address, database, settings)
    _seal(database, settings)
    with database.begin() as connection:
        connection.execute(update(tables.secrets).values(kind="iban"))
    page.goto("about:blank")
    page.goto(f"{address}/vault#{_token(database)}")
    page.get_by_role("button", name="Open with your key").click()
    expect(page.locator("#state")).to_contain_text("Open for")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#note")).to_contain_text("changed in the database")


def test_without_a_live_token_the_page_shows_nothing(page: "Page", address: str, database: Engine) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}/vault#{_token(database, timedelta(seconds=-1))}")
    expect(page.locator("#note")).to_contain_text("recall vault page")
