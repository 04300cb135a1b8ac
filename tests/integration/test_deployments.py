"""`recall deployments`, over a real database."""

import json

import pytest
from sqlalchemy import Engine

from recall_assets.cli import main
from recall_assets.errors import InputError
from recall_assets.settings import Settings
from recall_assets.store import deployments, tokens


def recall(*arguments: str) -> int:
    """The command's exit code."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def test_enrolment_prints_the_token_once_and_lists_the_machine(
    settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recall("deployments", "enrol", "laptop", "--timezone", "Europe/Berlin", "--name", "Red one") == 0
    [token] = [word for word in capsys.readouterr().out.split() if word.startswith("recall_")]
    with database.connect() as connection:
        grant = tokens.verify(connection, token)
    assert grant is not None
    assert (grant.deployment_id, grant.scope) == ("laptop", "ingest")
    assert recall("deployments", "list", "--json") == 0
    listed = capsys.readouterr().out
    [machine] = json.loads(listed)
    assert (machine["id"], machine["name"], machine["timezone"]) == ("laptop", "Red one", "Europe/Berlin")
    assert (machine["frames"], machine["live_tokens"], machine["revoked_at"]) == (0, 1, None)
    assert token not in listed
    assert recall("deployments", "list") == 0
    assert "Red one" in capsys.readouterr().out


def test_a_machine_is_enrolled_once_and_gets_another_token_on_request_only(
    settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol = ("deployments", "enrol", "laptop", "--timezone", "Europe/Berlin", "--json")
    assert recall(*enrol) == 0
    first = json.loads(capsys.readouterr().out)["token"]
    assert recall(*enrol) == 1
    assert "--replace-token" in capsys.readouterr().err
    assert recall(*enrol, "--replace-token") == 0
    second = json.loads(capsys.readouterr().out)["token"]
    with database.connect() as connection:
        assert tokens.verify(connection, first) is None
        assert tokens.verify(connection, second) is not None


def test_a_revoked_machine_is_refused_until_it_is_enrolled_again(
    settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol = ("deployments", "enrol", "laptop", "--timezone", "Europe/Berlin", "--json")
    recall(*enrol)
    token = json.loads(capsys.readouterr().out)["token"]
    assert recall("deployments", "revoke", "laptop") == 0
    assert recall("deployments", "revoke", "laptop") == 0
    assert recall("deployments", "revoke", "desktop") == 1
    with database.connect() as connection:
        assert tokens.verify(connection, token) is None
    capsys.readouterr()
    assert recall(*enrol) == 0
    again = json.loads(capsys.readouterr().out)["token"]
    with database.connect() as connection:
        assert (tokens.verify(connection, token), tokens.verify(connection, again) is None) == (None, False)


@pytest.mark.parametrize("wrong", ["Laptop", "-laptop", "", "a" * 33, "lap top", "lap|top", "laptop\n", "läptop"])
def test_an_id_that_partitions_and_folders_cannot_carry_is_refused(database: Engine, wrong: str) -> None:
    with database.begin() as connection, pytest.raises(InputError, match="lower-case"):
        deployments.enrol(connection, wrong, timezone="UTC")


@pytest.mark.parametrize("wrong", ["Europe", "Mars/Olympus", "", "../UTC", "/etc/localtime", "a" * 300, "tzdata.zi"])
def test_a_zone_that_does_not_exist_is_refused(database: Engine, wrong: str) -> None:
    with database.begin() as connection, pytest.raises(InputError, match="no time zone"):
        deployments.enrol(connection, "laptop", timezone=wrong)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "5 minutes after frames land"),
        ("--now", "at once"),
        ("--on-demand", "on demand"),
        ("--every 2h --on-mains", "2 hours after frames land, while it is not on its battery, and after 3 days"),
        ("--at-night 22:30-06:00", "from 22:30 to 06:00 (Europe/Berlin)"),
    ],
)
def test_a_review_is_set_and_said(
    settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str], words: str, sentence: str
) -> None:
    with database.begin() as connection:
        deployments.enrol(connection, "laptop", timezone="Europe/Berlin")
    assert recall("deployments", "review", "laptop", *words.split()) == 0
    assert recall("deployments", "review", "laptop") == 0
    said = capsys.readouterr().out.splitlines()
    assert len({*said}) == 1
    assert sentence in said[0]


@pytest.mark.parametrize("words", ["--now --every 5m", "--on-demand --on-mains", "--every soon", "--at-night 5-6-7"])
def test_an_order_that_says_nothing_clear_is_refused(settings: Settings, database: Engine, words: str) -> None:
    with database.begin() as connection:
        deployments.enrol(connection, "laptop", timezone="Europe/Berlin")
    assert recall("deployments", "review", "laptop", *words.split()) == 1
