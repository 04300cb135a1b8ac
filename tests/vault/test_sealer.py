"""Sealing in the database: what the pins refuse, what the chain reports, what waits and is sealed later."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, update

from recall_assets.errors import VaultTamperedError
from recall_assets.records import DeploymentDay
from recall_assets.sealer import ChainReport, Kept, bury, check_chains, keep
from recall_assets.settings import Home
from recall_assets.store import secrets, vault, waiting
from recall_assets.store.tables import frames, vault_chain, vault_epoch_seals, vault_keys, vault_slots
from recall_assets.vault import pins
from recall_assets.vault.envelope import fingerprint
from recall_assets.vault.sealing import make_epoch
from tests.store.stored_days import DAY, add_deployment, add_frames
from tests.vault.vaults import (
    NOW,
    VALUES,
    found,
    keep_values,
    key_material,
    live,
    make_slot,
    make_vault,
    unlocked,
    values,
)


def test_what_was_kept_is_opened_by_the_key_alone(database: Engine, home: Home) -> None:
    material = key_material()
    with database.begin() as connection:
        slot = make_vault(connection, home, material)
        ids = keep_values(connection, home)
        assert values(connection, unlocked(connection, slot, material), ids) == list(VALUES)
        assert check_chains(connection).holds
        assert check_chains(connection).sealed == len(VALUES)


def test_the_same_found_again_adds_and_seals_nothing(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        assert keep(connection, home, [found(frame, "a"), found(frame, "b")], NOW) == Kept(2, 2, 0)
        assert keep(connection, home, [found(frame, "a"), found(frame, "b")], NOW) == Kept(0, 0, 0)
        assert live(connection).rows == 2


def test_without_a_vault_values_wait_and_are_sealed_when_found_again(database: Engine, home: Home) -> None:
    material = key_material()
    with database.begin() as connection:
        add_deployment(connection)
        (frame,) = add_frames(connection, range(1))
        connection.execute(update(frames).values(landing_ref="laptop/2026-03-04/x.sealed"))
        row, clear = found(frame, "hunter2")
        assert keep(connection, home, [(row, clear)], NOW) == Kept(1, 0, 1)
        assert waiting.waiting_partitions(connection) == {DeploymentDay("laptop", DAY): 1}
        slot = make_vault(connection, home, material)
        assert waiting.ask_again(connection) == 1
        assert keep(connection, home, [found(frame, "hunter2")], NOW) == Kept(0, 1, 0)
        assert values(connection, unlocked(connection, slot, material), [row.id]) == ["hunter2"]
        assert vault.condition(connection).unsealed == 0
        assert waiting.waiting_partitions(connection) == {}


def test_a_new_month_begins_a_new_epoch_unattended(database: Engine, home: Home) -> None:
    material = key_material()
    with database.begin() as connection:
        slot = make_vault(connection, home, material)
        first = live(connection)
        ids = keep_values(connection, home, datetime(2026, 4, 1, tzinfo=UTC))
        assert live(connection).key_id != first.key_id
        opened = unlocked(connection, slot, material)
        assert opened.key_ids == {first.key_id, live(connection).key_id}
        assert values(connection, opened, ids) == list(VALUES)


def test_a_swapped_key_is_refused_with_an_alarm(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        theirs, _ = make_epoch([], NOW)
        connection.execute(update(vault_keys).values(public_key=theirs.public_key))
        with pytest.raises(VaultTamperedError, match="ALARM"):
            keep_values(connection, home)


def test_a_swapped_key_with_its_own_fingerprint_is_refused(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        theirs, _ = make_epoch([], NOW)
        columns = {"key_id": theirs.key_id, "public_key": theirs.public_key, "fingerprint": theirs.fingerprint}
        connection.execute(delete(vault_epoch_seals))
        connection.execute(update(vault_keys).values(**columns))
        with pytest.raises(VaultTamperedError, match="ALARM"):
            keep_values(connection, home)


def test_a_slot_that_was_slipped_in_is_refused(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        vault.add_slot(connection, make_slot(key_material(), "theirs"))
        with pytest.raises(VaultTamperedError, match="slots"):
            keep_values(connection, home, datetime(2026, 4, 1, tzinfo=UTC))


def test_a_vault_that_is_gone_from_the_database_is_an_alarm(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        for table in (vault_epoch_seals, vault_chain, vault_keys, vault_slots):
            connection.execute(delete(table))
        with pytest.raises(VaultTamperedError, match="gone"):
            keep_values(connection, home)


def test_a_vault_without_pins_is_not_sealed_to(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        (home.keys / "vault" / "pins.json").unlink()
        with pytest.raises(VaultTamperedError, match="recover"):
            keep_values(connection, home)


def test_an_epoch_that_was_rolled_back_leaves_the_old_one_accepted(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        add_deployment(connection)
        add_frames(connection, range(1))
    try:
        with database.begin() as connection:
            (frame,) = [row.id for row in connection.execute(frames.select())]
            keep(connection, home, [found(frame, "a")], datetime(2026, 4, 1, tzinfo=UTC))
            raise InterruptedError
    except InterruptedError:
        pass
    with database.begin() as connection:
        assert keep(connection, home, [found(frame, "a")], NOW).sealed == 1
        accepted = pins.read(home)
        assert accepted is not None
        assert fingerprint(live(connection).suite, live(connection).public_key).hex() in accepted.epochs


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_row_is_reported(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        ids = keep_values(connection, home)
        secrets.delete(connection, ids[:1])
        report = check_chains(connection)
        assert report == ChainReport(sealed=3, missing=1, changed=0, broken=0, foreign=0)


def test_an_edited_row_is_reported(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        ids = keep_values(connection, home)
        one, other = (secrets.read(connection, [id_])[0].sealed for id_ in ids[:2])
        assert one is not None
        assert other is not None
        secrets.seal(connection, ids[0], other)
        assert check_chains(connection).changed == 1


def test_a_row_that_was_slipped_in_is_reported(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        (known, *_) = secrets.read(connection, keep_values(connection, home))
        secrets.insert_new(connection, [replace(known, id=uuid4())])
        report = check_chains(connection)
        assert (report.foreign, report.holds) == (1, False)


def test_an_entry_that_left_the_chain_breaks_it(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        keep_values(connection, home)
        connection.execute(delete(vault_chain).where(vault_chain.c.position == 3))
        assert check_chains(connection).broken == 1


def test_a_row_that_was_deleted_by_order_is_not_missed(database: Engine, home: Home) -> None:
    with database.begin() as connection:
        make_vault(connection, home, key_material())
        ids = keep_values(connection, home)
        assert bury(connection, ids[1:], "forgotten") == 2
        report = check_chains(connection)
        assert report.holds
        assert report.sealed == 1
        assert live(connection).rows == 5
