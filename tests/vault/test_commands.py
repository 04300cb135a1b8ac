"""`recall vault` as a person uses it: on a terminal, with a key plugged in."""

import json
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from recall_assets.sealer import keep
from recall_assets.settings import Settings
from recall_assets.store.tables import secrets, vault_keys
from recall_assets.vault.sealing import make_epoch
from tests.store.stored_days import add_frames
from tests.vault.person import Person
from tests.vault.software_key import SoftwareKey
from tests.vault.vaults import NOW, VALUES, found, keep_values, live

PIN = "2468"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key in a drawer."""
    return _new_key(tmp_path / "blue")


@pytest.fixture
def code(settings: Settings) -> str:
    """The recovery code of a vault that was just made."""
    return _init()


def _new_key(place: Path) -> Path:
    place.write_bytes(pickle.dumps(SoftwareKey(PIN)))
    return place


def _init() -> str:
    with Person("vault", "init") as person:
        code = person.writes_down_the_code()
        person.reads("The vault is there.")
    assert person.exit_code == 0
    return code


def _enrol(code: str, key: Path, label: str = "blue") -> None:
    with Person("vault", "enrol", "--recovery-code", "--label", label, keys=(key,)) as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("press Enter")
        person.types("")
        person.reads("PIN of the key: ")
        person.types(PIN)
        person.reads(f"Enrolled: {label}")
    assert person.exit_code == 0


def _recover(code: str) -> str:
    with Person("vault", "recover") as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("Go on? [y/N] ")
        person.types("y")
        new_code = person.writes_down_the_code()
        person.reads("The new recovery code holds")
    assert person.exit_code == 0
    return new_code


def _status(*, ends_with: int = 0) -> dict[str, object]:
    with Person("vault", "status", "--json") as person:
        pass
    assert person.exit_code == ends_with, person.seen
    told: dict[str, object] = json.loads(person.seen)
    return told


@pytest.fixture
def sealed(database: Engine, settings: Settings, code: str) -> list[str]:
    """Ids of three values that were sealed after the vault was made."""
    with database.begin() as connection:
        return [str(id_) for id_ in keep_values(connection, settings.home, datetime.now(UTC))]


def test_a_new_vault_is_opened_by_the_key_that_was_enrolled(sealed: list[str], code: str, key: Path) -> None:
    _enrol(code, key)
    with Person("vault", "reveal", sealed[0], keys=(key,)) as person:
        person.reads("PIN of the key: ")
        person.types(PIN)
        person.reads("Touch the key.")
        person.reads("The chain holds: 3 sealed")
        person.reads(VALUES[0])
        person.types("")
    assert person.exit_code == 0
    assert person.seen.endswith("\x1b[?1049l")
    assert _status() | {"epochs": 0} == {
        "vault": True, "security_keys": 1, "recovery_codes": 1, "epochs": 0, "sealed": 3, "waiting": 0, "unsealed": 0,
        "missing": 0, "changed": 0, "broken_chains": 0, "foreign": 0, "alarm": "",
    }  # fmt: skip


def test_the_recovery_code_opens_without_any_key(sealed: list[str], code: str) -> None:
    with Person("vault", "reveal", "--recovery-code", sealed[1]) as person:
        person.reads("Recovery code: ")
        person.types(code.lower().replace("-", " "))
        person.reads(VALUES[1])
        person.types("")
    assert person.exit_code == 0


def test_a_second_key_opens_what_was_sealed_before_it_was_enrolled(
    sealed: list[str], code: str, tmp_path: Path
) -> None:
    first, second = _new_key(tmp_path / "first"), _new_key(tmp_path / "second")
    _enrol(code, first, "first")
    _enrol(code, second, "second")
    with Person("vault", "reveal", sealed[2], keys=(second,)) as person:
        person.reads("PIN of the key: ")
        person.types(PIN)
        person.reads(VALUES[2][:50])
        person.types("")
    with Person("vault", "enrol", "--recovery-code", keys=(second,)) as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("press Enter")
        person.types("")
        person.reads("PIN of the key: ")
        person.types(PIN)
        person.reads("This key is enrolled already.")
    assert person.exit_code == 1


def test_a_revoked_key_opens_nothing(sealed: list[str], code: str, key: Path) -> None:
    _enrol(code, key)
    with Person("vault", "revoke", "blue", "--yes") as person:
        person.reads("opens nothing new")
    with Person("vault", "reveal", sealed[0], keys=(key,)) as person:
        person.reads("No security key is enrolled.")
    assert person.exit_code == 1
    assert _status()["epochs"] == 2


def test_the_only_recovery_code_is_not_revoked(code: str) -> None:
    with Person("vault", "revoke", "recovery code", "--yes") as person:
        person.reads("A vault keeps one recovery code.")
    assert person.exit_code == 1


def test_sealing_anew_leaves_the_old_epoch_to_nobody(sealed: list[str], code: str) -> None:
    with Person("vault", "rotate", "--reseal", "--recovery-code") as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("Values sealed anew: 3; epochs that nobody can open any more: 1.")
    assert person.exit_code == 0
    with Person("vault", "reveal", "--recovery-code", sealed[0]) as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("The chain holds: 3 sealed")
        person.reads(VALUES[0])
        person.types("")


def test_sealing_anew_goes_on_where_it_was_killed(
    sealed: list[str], code: str, settings: Settings, database: Engine
) -> None:
    with database.begin() as connection:
        (frame,) = add_frames(connection, range(1, 2))
        keep(connection, settings.home, [found(frame, f"value {n}") for n in range(700)], datetime.now(UTC))
    with Person("vault", "rotate", "--reseal", "--recovery-code") as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("200 sealed anew")
        person.is_killed()
    assert person.exit_code == -9
    with database.connect() as connection:
        done = connection.scalar(select(func.count()).where(secrets.c.key_id == live(connection).key_id)) or 0
    assert 200 <= done < 703
    with Person("vault", "rotate", "--reseal", "--recovery-code") as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads(f"Values sealed anew: {703 - done}; epochs that nobody can open any more: 1.")
    assert _status() == _status() | {"epochs": 2, "sealed": 703, "missing": 0, "changed": 0, "broken_chains": 0}


def test_everything_is_exported_to_a_file_of_the_owner_alone(sealed: list[str], code: str, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    with Person("vault", "export", str(file), "--recovery-code") as person:
        person.reads("Go on? [y/N] ")
        person.types("y")
        person.reads("Recovery code: ")
        person.types(code)
    assert person.exit_code == 0
    assert {each["value"] for each in json.loads(file.read_text())["secrets"]} == set(VALUES)
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(value in person.seen for value in VALUES)


def test_a_swapped_key_is_an_alarm_until_the_recovery_code_says_otherwise(
    sealed: list[str], code: str, key: Path, database: Engine
) -> None:
    _enrol(code, key)
    theirs, _ = make_epoch([], NOW)
    with database.begin() as connection:
        connection.execute(update(vault_keys).values(public_key=theirs.public_key, fingerprint=theirs.fingerprint))
    assert "ALARM" in str(_status(ends_with=1)["alarm"])
    with Person("vault", "rotate") as person:
        person.reads("ALARM")
    assert person.exit_code == 1
    _recover(code)
    assert _status()["alarm"] == ""


def test_lost_pins_are_made_again_by_the_recovery_code_which_is_replaced(
    sealed: list[str], code: str, key: Path, settings: Settings
) -> None:
    _enrol(code, key)
    (settings.home.keys / "vault" / "pins.json").unlink()
    assert _status(ends_with=1)["alarm"]
    new_code = _recover(code)
    assert _status()["security_keys"] == 0
    with Person("vault", "reveal", "--recovery-code", sealed[0]) as person:
        person.reads("Recovery code: ")
        person.types(code)
        person.reads("not this vault's")
    _enrol(new_code, key)
    with Person("vault", "reveal", sealed[0], keys=(key,)) as person:
        person.reads("PIN of the key: ")
        person.types(PIN)
        person.reads(VALUES[0])
        person.types("")


def test_the_page_can_be_asked_for_as_long_as_the_command_runs(sealed: list[str]) -> None:
    with Person("vault", "page") as person:
        shown = re.search(r"http://localhost:(\d+)/login\?to=(/vault)#(\S+)", person.reads("Press Enter"))
        assert shown
        address = f"http://127.0.0.1:{shown[1]}"
        with httpx.Client(base_url=address, headers={"Origin": address}) as browser:
            led = browser.post("/login", data={"code": shown[3], "to": shown[2]})
            assert (led.status_code, led.headers["Location"]) == (303, "/vault")
            found = browser.get("/v1/vault").json()["found"]
        assert [each["id"] for each in found] == sorted(sealed)
        person.types("")
    assert person.exit_code == 0


def test_a_wrong_pin_is_told_with_the_attempts_that_are_left(sealed: list[str], code: str, key: Path) -> None:
    _enrol(code, key)
    with Person("vault", "reveal", sealed[0][-8:], keys=(key,)) as person:
        person.reads("PIN of the key: ")
        person.types("0000")
        person.reads("The PIN is wrong.")
        person.reads("7 attempts are left")
    assert person.exit_code == 1


def test_a_code_that_is_not_typed_back_makes_no_vault(settings: Settings) -> None:
    with Person("vault", "init") as person:
        person.reads("Press Enter")
        person.types("")
        for _ in range(3):
            person.reads("Type it back: ")
            person.types("nonsense")
        person.reads("was not typed back")
    assert person.exit_code == 1
    assert _status()["vault"] is False


@pytest.mark.parametrize("words", [["vault", "init"], ["vault", "reveal", "00"], ["vault", "recover"]])
def test_nothing_is_shown_once_where_nobody_looks(words: list[str], settings: Settings) -> None:
    command = [sys.executable, "-m", "tests.vault.with_key", "", *words]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "terminal" in ended.stderr
    assert ended.stdout == ""
