"""A frame that cannot be read keeps what was told of it, is tried again, and ends sealed in the vault, or deleted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from recall_assets.keyring import found_vault
from recall_assets.records import GivenUp, Status
from recall_assets.settings import Settings
from recall_assets.store import frames, partitions, secrets, tables, vault
from recall_assets.vault.opening import Unlocked
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON, landed_files
from tests.integration.test_intake_secrets import IN_TITLE
from tests.vault.vaults import key_material, make_slot

BROKEN = b"GIF89a nothing of ours"
SHOT = Shot("bad", BROKEN, title=f"token {IN_TITLE}", url="https://mail.test/inbox")


def machine_of(database: Engine, settings: Settings, **other: Any) -> Machine:
    return Machine(database, settings.model_copy(update={"unreadable_attempts": 2} | other))


def try_again(machine: Machine) -> None:
    """As the nightly schedule does."""
    with machine.database.begin() as connection:
        frames.set_pending(connection, PARTITION, [Status.ERROR], attempts_below=machine.settings.unreadable_attempts)
    machine.read()


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    return machine_of(database, settings)


def test_what_was_told_of_an_unreadable_frame_is_kept_without_its_secrets(machine: Machine) -> None:
    machine.land(SHOT)
    assert machine.read().failed == 1
    row = machine.row("bad")
    assert (row["ocr_status"], row["error"], row["app_name"]) == (Status.ERROR, "undecodable", "editor")
    assert row["url"] == "https://mail.test/inbox"
    assert row["window_title"].startswith("token [REDACTED:")
    assert row["content_tag"] is None
    assert {place for place, _ in machine.secrets()} == {"window_title", "windows"}
    before = machine.secrets()
    try_again(machine)
    assert machine.secrets() == before


def test_after_enough_attempts_it_is_sealed_to_the_vault_and_the_owner_opens_it(machine: Machine) -> None:
    material = key_material()
    slot = make_slot(material)
    found_vault(machine.database, machine.settings.home, slot, NOON)
    machine.land(SHOT)
    machine.read()
    assert len(landed_files(machine.settings.home)) == 1
    try_again(machine)
    row = machine.row("bad")
    assert (row["ocr_status"], row["error"], row["landing_ref"]) == (Status.SKIPPED, GivenUp.SEALED, None)
    assert landed_files(machine.settings.home) == []
    with machine.database.connect() as connection:
        assert partitions.given_up(connection, PARTITION) == {GivenUp.SEALED: 1}
        opened = Unlocked(slot, material, vault.seals(connection, slot.id))
        (unread,) = [s for s in secrets.of_frames(connection, [row["id"]])[row["id"]] if s.kind == "unreadable_frame"]
    assert unread.sealed is not None
    clear = opened.open(unread.id, unread.deployment_id, unread.kind, unread.sealed)
    assert clear.pixels == BROKEN
    assert IN_TITLE in clear.value


def test_it_waits_for_a_vault_where_there_is_none(machine: Machine) -> None:
    machine.land(SHOT)
    machine.read()
    for _ in range(3):
        try_again(machine)
    assert machine.row("bad")["attempts"] == 2
    assert len(landed_files(machine.settings.home)) == 1
    found_vault(machine.database, machine.settings.home, make_slot(key_material()), NOON)
    machine.read()
    assert machine.row("bad")["error"] == GivenUp.SEALED
    with machine.database.connect() as connection:
        assert secrets.count_unsealed(connection) == 0


def test_it_is_deleted_where_the_owner_set_so(database: Engine, settings: Settings) -> None:
    machine = machine_of(database, settings, unreadable_fate="delete", unreadable_attempts=1)
    machine.land(SHOT)
    machine.read()
    assert machine.row("bad")["error"] == GivenUp.DELETED
    assert landed_files(settings.home) == []


def test_after_enough_days_it_is_given_up_however_often_it_was_tried(machine: Machine) -> None:
    found_vault(machine.database, machine.settings.home, make_slot(key_material()), NOON)
    machine.land(SHOT)
    machine.read()
    with machine.database.begin() as connection:
        connection.execute(update(tables.frames).values(received_at=func.now() - timedelta(days=31)))
    machine.read()
    assert machine.row("bad")["error"] == GivenUp.SEALED


def test_an_envelope_that_nobody_can_open_is_lost_and_said_to_be(machine: Machine) -> None:
    found_vault(machine.database, machine.settings.home, make_slot(key_material()), NOON)
    machine.land(SHOT)
    path = machine.settings.home.landing / landed_files(machine.settings.home)[0]
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    machine.read()
    try_again(machine)
    assert machine.row("bad")["error"] == GivenUp.LOST
    with machine.database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.secrets)) == 0
