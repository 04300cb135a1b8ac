"""`recall keys` tells what keeps an old landing key, and makes new ones."""

import json

from sqlalchemy import Engine

from recall_assets.landing_rotation import give_landing_key
from recall_assets.settings import Settings
from recall_assets.store import tokens
from tests.cli.conftest import Recall
from tests.integration.sending import enrolled


def test_a_home_without_a_key_says_so(recall: Recall) -> None:
    assert "no landing key yet" in recall("keys", "status").out


def test_rotating_tells_which_machine_still_holds_the_old_key(
    recall: Recall, settings: Settings, database: Engine
) -> None:
    sender = enrolled(database, settings.home)
    with database.begin() as connection:
        grant = tokens.verify(connection, sender.token)
        assert grant is not None
        give_landing_key(connection, settings.home, grant.hash)
    assert "still needed: 1" in recall("keys", "rotate-landing").out
    told = json.loads(recall("keys", "status", "--json").out)
    assert [(each["current"], each["held_by"]) for each in told] == [(True, []), (False, ["laptop"])]
    table = recall("keys", "status").out
    assert sender.landing_key.key_id.hex() in table
    assert "laptop" in table

    recall("deployments", "revoke", "laptop")
    assert "nothing needed them: 1" in recall("keys", "rotate-landing").out
    assert len(json.loads(recall("keys", "status", "--json").out)) == 1
