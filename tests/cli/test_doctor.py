"""`recall doctor` finds what is wrong with a home, says what to do, and exits with 1 then."""

import json
import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recall_assets.server.certificates import server_certificate
from recall_assets.settings import Settings
from recall_assets.store import vault
from tests.cli.conftest import Recall
from tests.vault.vaults import key_material, make_slot, make_vault


@pytest.fixture
def own_ports(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that asks for any port, so that what else runs on this machine does not matter."""
    assert settings.home.run.exists()
    monkeypatch.setenv("RECALL_SERVER_PORT", "0")


def _checks(recall: Recall) -> tuple[int, Mapping[str, Mapping[str, str]]]:
    ran = recall("doctor", "--json")
    return ran.code, {check["name"]: check for check in json.loads(ran.out)}


@pytest.mark.usefixtures("own_ports", "told")
def test_a_sound_home_passes_and_tells_what_waits(recall: Recall) -> None:
    code, checks = _checks(recall)
    assert code == 0
    assert {name for name, check in checks.items() if check["state"] == "wrong"} == set()
    assert checks["frames"]["found"] == "3 of 2 deployments, 1 wait to be read"
    assert checks["days"]["found"] == "2 days of machines, 2 without a summary"
    assert "vector" in checks["PostgreSQL"]["found"]


@pytest.mark.usefixtures("own_ports")
def test_a_home_that_others_can_enter_is_wrong(recall: Recall, settings: Settings) -> None:
    settings.home.keys.chmod(0o750)
    code, checks = _checks(recall)
    assert (code, checks["home"]["state"]) == (1, "wrong")
    assert checks["home"]["remedy"].startswith("chmod")


@pytest.mark.usefixtures("own_ports")
def test_what_commands_leave_in_a_home_is_the_owners_alone(recall: Recall) -> None:
    usual = os.umask(0o022)
    try:
        assert recall("deployments", "enrol", "laptop", "--timezone", "Europe/Berlin").code == 0
    finally:
        os.umask(usual)
    assert _checks(recall)[1]["home"]["state"] == "ok"


@pytest.mark.usefixtures("own_ports")
def test_a_key_file_that_others_can_read_is_wrong(recall: Recall, settings: Settings) -> None:
    key = settings.home.keys / "landing" / "ab12.key"
    key.parent.mkdir(mode=0o700)
    key.touch()
    key.chmod(0o644)
    assert _checks(recall)[1]["home"]["state"] == "wrong"


def test_a_port_in_use_is_wrong(recall: Recall, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.home.run.exists()
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("RECALL_SERVER_PORT", str(other.getsockname()[1]))
        code, checks = _checks(recall)
    assert code == 1
    assert "RECALL_SERVER_PORT" in checks["ports"]["remedy"]


@pytest.mark.usefixtures("own_ports")
def test_a_database_that_does_not_answer_is_wrong(recall: Recall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, checks = _checks(recall)
    assert (code, checks["PostgreSQL"]["state"]) == (1, "wrong")


def test_a_home_that_is_not_there_is_not_made(recall: Recall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "nowhere"))
    ran = recall("doctor")
    assert ran.code == 1
    assert "recall demo" in ran.out
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("own_ports", "told")
@pytest.mark.parametrize(("age", "state"), [(0, "ok"), (50, "ok"), (80, "note"), (91, "wrong")])
def test_a_certificate_that_nobody_renewed_is_told(recall: Recall, settings: Settings, age: int, state: str) -> None:
    assert "certificate" not in _checks(recall)[1]
    server_certificate(settings.home, ["localhost"], datetime.now(UTC) - timedelta(days=age))
    assert _checks(recall)[1]["certificate"]["state"] == state


@pytest.mark.usefixtures("own_ports", "told")
def test_a_vault_is_urged_then_two_keys(recall: Recall, settings: Settings, database: Engine) -> None:
    assert _checks(recall)[1]["vault"]["remedy"] == "recall vault init"
    with database.begin() as connection:
        make_vault(connection, settings.home, key_material())
    checks = _checks(recall)[1]
    assert checks["vault"]["state"] == "note"
    assert checks["vault"]["remedy"].startswith("recall vault enrol")


@pytest.mark.usefixtures("own_ports", "told")
def test_a_vault_that_somebody_changed_is_wrong(recall: Recall, settings: Settings, database: Engine) -> None:
    with database.begin() as connection:
        make_vault(connection, settings.home, key_material())
        vault.add_slot(connection, make_slot(key_material()))
    code, checks = _checks(recall)
    assert (code, checks["vault"]["state"]) == (1, "wrong")
    assert "ALARM" in checks["vault"]["found"]
