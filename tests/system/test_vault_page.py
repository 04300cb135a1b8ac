"""The vault page in a real browser: what Python sealed it opens, what it makes Python opens."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, select, update

from recall_assets import keyring
from recall_assets.cli.vault_changes import recovery_slot, seals_for
from recall_assets.records import Box, Slot, SlotKind
from recall_assets.sealer import Clear, check_chains, keep
from recall_assets.settings import Settings
from recall_assets.store import frame_files, tables, vault
from recall_assets.store.secrets import Secret
from recall_assets.vault import opening, recovery_code
from recall_assets.vault.opening import Unlocked
from tests.drawn_screens import draw
from tests.drawn_screens import page as lines
from tests.store.stored_days import LAPTOP, add_deployment, add_frames
from tests.system.visitor import Visitor
from tests.vault.vaults import live

pytestmark = pytest.mark.system

VALUE = "hT7#xQ2mVb <b>no markup</b> ü"
CROP = np.full((20, 60, 3), 200, np.uint8)


def _keep(database: Engine, settings: Settings, kind: str = "password", value: str = VALUE) -> UUID:
    """A value that the intake finds on a screen and seals."""
    file = io.BytesIO()
    Image.fromarray(CROP).save(file, "WEBP", lossless=True)
    with database.begin() as connection:
        frame = connection.scalar(select(tables.frames.c.id))
        if frame is None:
            add_deployment(connection)
            (frame,) = add_frames(connection, range(1))
        image = frame_files.write(settings.home, frame, LAPTOP, draw(lines("Sign in", "Password:")))
        connection.execute(update(tables.frames).values(image_ref=image.ref, window_title="Sign in"))
        boxes = (Box(8, 8, 60, 20),)
        row = Secret(uuid4(), "laptop", "screen", kind, "test", "1", frame_id=frame, boxes=boxes)
        keep(connection, settings.home, [(row, Clear(value, file.getvalue()))], datetime.now(UTC))
    return row.id


def _slots(database: Engine) -> dict[str, Slot]:
    with database.connect() as connection:
        return {slot.label: slot for slot in vault.slots(connection)}


def _unlocked(database: Engine, slot: Slot, material: bytes) -> Unlocked:
    with database.connect() as connection:
        return Unlocked(slot, material, vault.seals(connection, slot.id))


def test_a_vault_is_made_opened_and_changed_in_the_page_alone(
    visitor: Visitor, database: Engine, settings: Settings
) -> None:
    visitor.comes()
    visitor.makes_a_vault("first")
    _keep(database, settings)
    visitor.comes()
    visitor.opens_with_key()
    assert visitor.shows("password") == VALUE
    assert visitor.page.evaluate("document.getElementById('shown-crop').naturalWidth") == CROP.shape[1]
    visitor.at("shown-picture").wait_for()

    visitor.plugs_in()
    visitor.enrols("second")
    first = _slots(database)["first"]
    visitor.takes(0)
    before = _unlocked(database, first, visitor.yields(first))
    visitor.presses("Revoke first")
    visitor.presses("Revoke")
    visitor.reads("slots", "revoked")

    _keep(database, settings, "token", "found later")
    with database.connect() as connection:
        assert live(connection).key_id not in before.key_ids
        assert vault.seals(connection, first.id) == []
    visitor.takes(1)
    visitor.comes()
    visitor.opens_with_key()
    assert visitor.shows("token") == "found later"
    assert visitor.shows("password") == VALUE
    visitor.reads("facts", "The chain holds: 2 sealed")


def test_what_the_page_makes_python_opens_and_recovers(visitor: Visitor, database: Engine, settings: Settings) -> None:
    visitor.comes()
    code = visitor.makes_a_vault("blue ü ⚿")
    _keep(database, settings)
    slots = _slots(database)
    key, paper = slots["blue ü ⚿"], slots["recovery code"]
    assert (key.kind, paper.kind) == (SlotKind.FIDO2, SlotKind.RECOVERY)
    by_key = _unlocked(database, key, visitor.yields(key))
    by_code = _unlocked(database, paper, opening.stretched(code, paper.header))
    with database.connect() as connection:
        assert by_key.key_ids == by_code.key_ids == {live(connection).key_id}
    # What `recall vault recover` does once the code was typed.
    new_code = recovery_code.make()
    replacing = recovery_slot(new_code, datetime.now(UTC))
    keyring.replace_recovery(database, settings.home, replacing, seals_for(replacing, by_code), datetime.now(UTC))
    visitor.comes()
    visitor.opens_with_code(new_code)
    assert visitor.shows("password") == VALUE


def test_a_code_of_the_command_line_opens_the_page_which_replaces_it(
    visitor: Visitor, database: Engine, settings: Settings
) -> None:
    code = recovery_code.make()
    now = datetime.now(UTC)
    keyring.found_vault(database, settings.home, recovery_slot(code, now), now)
    _keep(database, settings)
    visitor.comes()
    visitor.presses("Open with the recovery code")
    visitor.page.get_by_role("textbox", name="Recovery code").fill(recovery_code.make())
    visitor.presses("Open")
    visitor.reads("dialog-note", "not the code of this vault")
    visitor.presses("Cancel")
    visitor.opens_with_code(code)
    visitor.presses("New recovery code")
    new_code = visitor.writes_down()
    visitor.presses("Good")
    visitor.reads("state", "Open with recovery code")
    assert visitor.shows("password") == VALUE
    paper = _slots(database)["recovery code"]
    _unlocked(database, paper, opening.stretched(new_code, paper.header))


def test_everything_is_sealed_anew_and_exported_in_the_page(
    visitor: Visitor, database: Engine, settings: Settings
) -> None:
    visitor.comes()
    visitor.makes_a_vault()
    kinds = [f"kind {number}" for number in range(12)]  # more than are moved at once
    rows = [_keep(database, settings, kind, f"value of {kind}") for kind in kinds]
    with database.begin() as connection:
        changed = tables.secrets.c.id == rows[3]
        connection.execute(update(tables.secrets).where(changed).values(kind="another"))
    visitor.comes()
    visitor.opens_with_key()
    visitor.presses("Seal everything anew")
    visitor.presses("Seal anew")
    visitor.reads("note", "11 values were sealed anew. 1 could not be opened")
    with database.connect() as connection:
        assert check_chains(connection).missing == 0
        assert vault.count_sealed(connection, [live(connection).key_id]) == 11
    visitor.presses("Export all values")
    with visitor.page.expect_download() as download:
        visitor.presses("Export")
    told = json.loads(Path(download.value.path()).read_text())["secrets"]
    assert {each["value"] for each in told} == {f"value of {kind}" for kind in kinds} - {"value of kind 3"}


def test_a_value_goes_when_the_window_loses_the_focus(visitor: Visitor, database: Engine, settings: Settings) -> None:
    visitor.comes()
    visitor.makes_a_vault()
    _keep(database, settings)
    visitor.comes()
    assert visitor.page.url == f"{visitor.address}/vault"
    visitor.page.get_by_role("row").filter(has_text="password").get_by_role("button").click()
    visitor.reads("shown", "Open the vault to see it")
    visitor.opens_with_key()
    visitor.reads("shown-value", VALUE)
    visitor.page.evaluate("dispatchEvent(new Event('blur'))")
    visitor.reads("state", "Locked.")
    assert visitor.at("shown-value").inner_text() == ""
    assert visitor.page.get_by_role("button", name="Enrol a security key").is_disabled()


def test_a_value_that_was_moved_to_another_row_is_not_opened(
    visitor: Visitor, database: Engine, settings: Settings
) -> None:
    visitor.comes()
    visitor.makes_a_vault()
    _keep(database, settings)
    with database.begin() as connection:
        connection.execute(update(tables.secrets).values(kind="iban"))
    visitor.comes()
    visitor.opens_with_key()
    visitor.page.get_by_role("row").filter(has_text="iban").get_by_role("button").click()
    visitor.reads("note", "changed in the database")


def test_a_row_that_was_deleted_is_told(visitor: Visitor, database: Engine, settings: Settings) -> None:
    visitor.comes()
    visitor.makes_a_vault()
    _keep(database, settings)
    with database.begin() as connection:
        connection.execute(tables.secrets.delete())
    visitor.comes()
    visitor.reads("facts", "Of 1 sealed, 1 are missing")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ({"defaultBackupEligibility": True}, "copied to other devices"),
        ({"hasPrf": False}, "no prf"),
        ({"isUserVerified": False}, "No key answered"),
    ],
)
def test_a_key_that_cannot_guard_a_vault_is_not_enrolled(
    visitor: Visitor, database: Engine, key: dict[str, bool], told: str
) -> None:
    visitor.plugs_in(**key)
    visitor.comes()
    visitor.presses("Make a vault")
    visitor.writes_down()
    visitor.page.get_by_label("What to call it").fill("green")
    visitor.presses("Go on")
    visitor.reads("note", told)
    assert list(_slots(database)) == ["recovery code"]


def test_at_an_address_that_browsers_refuse_the_page_goes_to_the_name(visitor: Visitor) -> None:
    visitor.comes()
    visitor.page.goto(f"{visitor.address}/vault".replace("localhost", "127.0.0.1"))
    assert visitor.page.url == f"{visitor.address}/vault"
    visitor.at("stands").wait_for(state="attached")


def test_no_other_page_of_ours_gets_hold_of_its_window(visitor: Visitor) -> None:
    visitor.comes()
    visitor.page.goto(f"{visitor.address}/deployments")
    with visitor.page.expect_popup() as opened:
        visitor.page.evaluate("() => { globalThis.held = open('/vault'); }")
    opened.value.locator("#first").wait_for()
    assert visitor.page.evaluate("() => globalThis.held.closed")


def test_doubtful_findings_are_marked_with_what_a_model_made_of_them_and_stay_sealed(
    visitor: Visitor, database: Engine, settings: Settings
) -> None:
    visitor.comes()
    visitor.makes_a_vault("first")
    for kind, review in (("otp", None), ("token", "no_secret"), ("password", "secret")):
        row = _keep(database, settings, kind)
        with database.begin() as connection:
            mine = update(tables.secrets).where(tables.secrets.c.id == row)
            connection.execute(mine.values(rule="url/one-time-link", review=review))
    visitor.comes()
    visitor.reads("found", "looks real")

    kinds, marks = (visitor.page.locator(f"td[data-name={name}]").all_inner_texts() for name in ("Kind", "Mark"))
    assert dict(zip(kinds, marks, strict=True)) == {"otp": "doubtful", "token": "looks false", "password": "looks real"}
    visitor.reads("marks", "stays covered")
    visitor.opens_with_key()
    assert visitor.shows("token") == VALUE
