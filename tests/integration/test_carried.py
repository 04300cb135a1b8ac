"""What one batch or run finds is masked in the others: before it, behind it, and on the next day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, update

from recall_assets.intake import partition
from recall_assets.keyring import found_vault
from recall_assets.records import Status
from recall_assets.settings import Settings
from recall_assets.store import carried, landing, tables
from tests.drawn_screens import draw, page
from tests.integration.landed_screens import Machine, Shot
from tests.integration.sending import NOON, landed_files
from tests.integration.test_intake_secrets import stored_words
from tests.vault.vaults import key_material, make_slot

# Not one of the canaries that other tests seek in the files of the server: here it is stored in clear on purpose.
VALUE = "Copper94Falcon26"
# Two screens of one window: beside its label the value is found, without it only who knows it finds it.
LABELLED = draw(page("Account settings", f"Password: {VALUE}", "Save changes"))
COPIED = draw(page("Copied", VALUE, "to the clipboard"))
DAY = 24 * 3600


@pytest.fixture
def machine(database: Engine, settings: Settings) -> Machine:
    """With a vault, so that envelopes stay to be carried and for nothing else."""
    found_vault(database, settings.home, make_slot(key_material()), NOON)
    return Machine(database, settings)


def assert_masked(machine: Machine, *names: str) -> None:
    for name in names:
        assert VALUE not in machine.row(name)["text"]
    assert VALUE not in stored_words(machine)


def test_without_a_find_in_its_window_the_copied_value_is_visible(machine: Machine) -> None:
    machine.land(Shot("a", COPIED))
    machine.read()
    assert VALUE in machine.row("a")["text"]


def test_a_value_that_a_run_found_is_masked_by_the_next_run(machine: Machine) -> None:
    machine.land(Shot("a", LABELLED))
    machine.read()
    machine.land(Shot("b", COPIED, 10))
    machine.read()
    assert_masked(machine, "a", "b")


def test_a_value_that_a_run_finds_is_masked_in_what_the_run_before_stored(machine: Machine) -> None:
    machine.land(Shot("a", COPIED))
    machine.read()
    machine.land(Shot("b", LABELLED, 10))
    machine.read()
    assert_masked(machine, "a", "b")


def test_a_value_in_a_title_is_masked_in_what_other_windows_of_the_day_showed_before(machine: Machine) -> None:
    machine.land(Shot("a", draw(page("Nothing")), title=f"copied {VALUE}"))
    machine.read()
    machine.land(Shot("b", LABELLED, 10, title="Account"))
    machine.read()
    assert machine.row("a")["window_title"] == "copied [REDACTED:password]"


def test_a_value_found_on_one_day_is_masked_on_the_next(machine: Machine) -> None:
    machine.land(Shot("a", LABELLED))
    machine.read()
    machine.land(Shot("b", COPIED, DAY))
    machine.read(later_days=1)
    assert_masked(machine, "a", "b")


def test_what_a_batch_finds_leaves_the_batches_before_it(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition, "BATCH", 1)
    machine.land(Shot("a", COPIED), Shot("b", LABELLED, 10))

    def killed_before_the_second_is_stored(done: int, _: int) -> None:
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        machine.read(progress=killed_before_the_second_is_stored)
    assert machine.row("b")["ocr_status"] == Status.PENDING
    assert VALUE not in machine.row("a")["text"]
    assert machine.read().read == 1
    assert_masked(machine, "a", "b")


def test_only_the_last_find_of_a_window_stays_in_the_landing(machine: Machine) -> None:
    machine.land(
        Shot("a", LABELLED), Shot("b", LABELLED, 10), Shot("other", LABELLED, 20, title="Mail"), Shot("c", COPIED, 30)
    )
    machine.read()
    machine.land(Shot("nothing", draw(page("Nothing to hide")), 40))
    machine.read()
    kept = {machine.row(name)["landing_ref"] for name in ("other", "c")}
    assert {*landed_files(machine.settings.home)} == kept
    assert all(kept)
    assert [machine.row(name)["landing_ref"] for name in ("a", "b", "nothing")] == [None, None, None]


def test_after_a_day_nothing_of_it_stays(machine: Machine) -> None:
    machine.land(Shot("a", LABELLED))
    machine.read()
    day_ago = datetime.now(UTC) - timedelta(days=1)
    with machine.database.begin() as connection:
        assert carried.release_older(connection, day_ago) == []
        connection.execute(update(tables.frames).values(received_at=func.now() - timedelta(days=2)))
        released = carried.release_older(connection, day_ago)
    landing.delete_envelopes(machine.settings.home, released)
    assert len(released) == 1
    assert landed_files(machine.settings.home) == []


def test_what_waits_for_a_vault_is_not_released(database: Engine, settings: Settings) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", LABELLED), Shot("b", LABELLED, 10))
    machine.read()
    with database.begin() as connection:
        assert carried.release_older(connection, datetime.now(UTC) + timedelta(days=1)) == []
    assert len(landed_files(settings.home)) == 2
