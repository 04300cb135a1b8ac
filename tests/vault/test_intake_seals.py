"""What the intake finds is sealed with its picture; what was found before there was a vault is sealed later."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Engine, func, select

from recall_assets.errors import VaultTamperedError
from recall_assets.keyring import found_vault
from recall_assets.records import DeploymentDay, Slot
from recall_assets.sealer import check_chains
from recall_assets.settings import Settings
from recall_assets.store import frame_files, secrets, vault, waiting
from recall_assets.store.secrets import Secret
from recall_assets.store.tables import secrets as secret_rows
from recall_assets.vault.opening import Opened, Unlocked
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON, landed_files
from tests.integration.test_intake_secrets import files_with
from tests.vault.vaults import key_material, make_slot

PASSWORD, TOKEN = "hT7#xQ2mVb", "ghp_R2s8Kq0vXy3LmN5tZ7wB9cD1eF4gH6jA8kQx"
LOGIN = draw(page("Sign in to the harbour office", f"Password: {PASSWORD}", "Remember me on this machine"))
RESET = f"https://git.test/reset?access_token={TOKEN}"


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    return Machine(database, settings)


def _make_vault(machine: Machine) -> tuple[Slot, bytes, int]:
    material = key_material()
    slot = make_slot(material)
    return slot, material, found_vault(machine.database, machine.settings.home, slot, NOON)


def _opened(machine: Machine, slot: Slot, material: bytes) -> dict[str, tuple[Secret, Opened]]:
    with machine.database.connect() as connection:
        unlocked = Unlocked(slot, material, vault.seals(connection, slot.id))
        rows = secrets.read(connection, list(connection.scalars(select(secret_rows.c.id))))
        assert check_chains(connection).holds
    opened = {}
    for row in rows:
        assert row.sealed is not None
        opened[row.place] = (row, unlocked.open(row.id, row.deployment_id, row.kind, row.sealed))
    return opened


def test_a_found_value_is_sealed_with_the_picture_of_it(machine: Machine) -> None:
    slot, material, _ = _make_vault(machine)
    machine.land(Shot("a", LOGIN, url=RESET))
    machine.read()
    opened = _opened(machine, slot, material)
    assert opened["screen"][1].value == PASSWORD
    assert TOKEN in opened["url"][1].value
    assert opened["url"][1].pixels is None
    box = opened["screen"][0].boxes[0]
    shown = np.array(Image.open(io.BytesIO(opened["screen"][1].pixels or b"")))
    assert (shown == LOGIN[box.y : box.y + box.height, box.x : box.x + box.width]).all()


def test_sealed_canaries_lie_in_no_file(machine: Machine, service_folder: Path) -> None:
    _make_vault(machine)
    machine.land(Shot("a", LOGIN, url=RESET))
    machine.read()
    with machine.database.connect() as connection:
        connection.execute(select(func.pg_switch_wal()))
    for canary in (PASSWORD, TOKEN):
        assert files_with(canary, machine.settings.home.path, service_folder) == []


def test_what_a_captured_image_says_beside_its_pixels_is_in_no_stored_image_and_no_sealed_picture(
    machine: Machine,
) -> None:
    slot, material, _ = _make_vault(machine)
    said = b"Exif\0\0 " + TOKEN.encode()
    file = io.BytesIO()
    Image.fromarray(LOGIN).save(file, "WEBP", lossless=True, exif=said, xmp=said, icc_profile=said)
    assert TOKEN.encode() in file.getvalue()
    machine.land(Shot("a", file.getvalue()))
    machine.read()
    picture = _opened(machine, slot, material)["screen"][1].pixels
    assert picture
    stored = frame_files.read(machine.settings.home, machine.row("a")["image_ref"])
    for image in (picture, stored):
        assert TOKEN.encode() not in image
        assert not {b"EXIF", b"XMP ", b"ICCP"} & {image[at : at + 4] for at in range(len(image))}


def test_what_was_found_before_there_was_a_vault_waits_and_is_sealed_by_the_run_after(machine: Machine) -> None:
    machine.land(Shot("a", LOGIN, url=RESET), Shot("b", draw(page("nothing to hide here")), 10))
    machine.read()
    before = machine.secrets()
    assert [place for place, _ in before] == ["screen", "url", "windows"]
    assert machine.row("a")["landing_ref"] is not None
    assert machine.row("b")["landing_ref"] is None
    with machine.database.connect() as connection:
        assert waiting.waiting_partitions(connection) == {DeploymentDay("laptop", PARTITION.day): 1}
    slot, material, asked = _make_vault(machine)
    assert asked == 1
    assert machine.read().read == 1
    assert machine.secrets() == before
    with machine.database.connect() as connection:
        assert waiting.waiting_partitions(connection) == {}
    assert _opened(machine, slot, material)["screen"][1].value == PASSWORD


def test_a_scan_alone_seals_what_waited_for_the_vault(machine: Machine) -> None:
    machine.land(Shot("a", LOGIN, url=RESET))
    machine.read()
    slot, material, _ = _make_vault(machine)
    machine.scan()
    assert _opened(machine, slot, material)["screen"][1].value == PASSWORD


def test_a_swapped_key_stops_the_run_and_nothing_is_lost(machine: Machine) -> None:
    _make_vault(machine)
    with machine.database.begin() as connection:
        vault.add_slot(connection, make_slot(os.urandom(32), "theirs"))
    machine.land(Shot("a", LOGIN))
    with pytest.raises(VaultTamperedError, match="ALARM"):
        machine.read()
    assert machine.row("a")["ocr_status"] == 0
    assert len(landed_files(machine.settings.home)) == 1
