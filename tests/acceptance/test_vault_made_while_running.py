"""A vault made while everything runs: what waited for it is read and sealed by the run that follows by itself."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from recall_assets.cli.materialize import materialize_days
from recall_assets.keyring import found_vault
from recall_assets.sealer import check_chains
from recall_assets.settings import Settings
from recall_assets.store import vault
from recall_assets.store.tables import deployments
from tests.acceptance.test_daemon import daemon_and_code_server, wait_for
from tests.drawn_screens import draw, page
from tests.graph import opened_graph
from tests.integration.landed_screens import PARTITION, Machine, Shot
from tests.integration.sending import NOON, landed_files
from tests.vault.vaults import key_material, make_slot

LOGIN = draw(page("Sign in to the harbour office", "Password: hT7#xQ2mVb", "Remember me on this machine"))


@pytest.mark.long
def test_what_waited_is_sealed_by_the_run_that_follows_and_its_envelopes_go(
    settings: Settings, database: Engine, tmp_path: Path
) -> None:
    machine = Machine(database, settings)
    machine.land(Shot("a", LOGIN), Shot("b", LOGIN, 10))
    with opened_graph(settings, database, start=PARTITION.day.replace(day=1)):
        materialize_days(settings, database, PARTITION.day, PARTITION.day)
        assert _condition(database).waiting == 2
        assert len(landed_files(settings.home)) == 2
        with database.begin() as connection:
            connection.execute(update(deployments).values(review={"delay_seconds": 0}))
        with daemon_and_code_server(tmp_path):
            assert found_vault(database, settings.home, make_slot(key_material()), NOON) == 2
            wait_for(lambda: _condition(database).unsealed == 0)
            # The last of its window stays for a day, so that later runs know its value.
            wait_for(lambda: landed_files(settings.home) == [machine.row("b")["landing_ref"]])
    with database.connect() as connection:
        assert check_chains(connection).holds
        assert vault.condition(connection).sealed == 2


def _condition(database: Engine) -> vault.VaultCondition:
    with database.connect() as connection:
        return vault.condition(connection)
