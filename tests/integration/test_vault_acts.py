"""What the server does for the vault's page, and what it refuses; after each refusal the vault is what it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, select

from recall_assets import keyring
from recall_assets.cli.vault_changes import seals_for
from recall_assets.records import Slot
from recall_assets.sealer import check_chains, pinned_vault
from recall_assets.server import vault_proofs
from recall_assets.server.app import create_app
from recall_assets.settings import Settings
from recall_assets.store import secrets, vault
from recall_assets.store.tables import vault_chain, vault_epoch_seals, vault_keys, vault_slots
from recall_assets.vault import opening, pins, sealing
from recall_assets.vault.envelope import digest
from tests.integration.sending import served
from tests.logged_in import bearer
from tests.vault.page_client import PageClient, as_form, code_header, key_header, seal_forms, slot_form
from tests.vault.vaults import VALUES, keep_values, key_material, live, make_slot, unlocked, values

MATERIAL = key_material()


@dataclass
class Vault:
    """A server with a vault that a code and a key open, and a page before it."""

    database: Engine
    settings: Settings
    page: PageClient
    code: Slot
    key: Slot

    def state(self) -> tuple[object, ...]:
        """Everything that an act could change, but for when a slot was last used: who proves, uses it."""
        tables = [vault_slots, vault_keys, vault_epoch_seals, vault_chain]
        columns = [[each for each in table.c if each.name != "last_used_at"] for table in tables]
        with self.database.connect() as connection:
            told = [sorted(map(repr, connection.execute(select(*of_table)))) for of_table in columns]
        return (*told, pins.read(self.settings.home))

    def enrolling(self, header: dict[str, Any] | None = None) -> tuple[Slot, dict[str, Any]]:
        """A new key's slot, and the body that enrols it; without a proof."""
        slot = opening.make_slot(header or key_header(), MATERIAL)
        with self.database.connect() as connection:
            seals = seals_for(slot, unlocked(connection, self.key, MATERIAL))
        return slot, {"slot": as_form(slot), "seals": seal_forms(seals)}

    def proof(self, act: str) -> dict[str, Any]:
        return self.page.proof(self.key, MATERIAL, act)


@pytest.fixture
def client(database: Engine, settings: Settings) -> Iterator[httpx.Client]:
    with served(create_app(database, settings)) as client:
        yield client


@pytest.fixture
def made(client: httpx.Client, database: Engine, settings: Settings) -> Vault:
    """By the page, but for the key, whose touches only a browser has."""
    page, code = PageClient.at(client, database), opening.make_slot(code_header(), MATERIAL)
    answer = page.post("init", {"slot": as_form(code)})
    assert answer.json() == {"waited": 0}
    key = make_slot(MATERIAL, credential_id="ee" * 32)
    with database.connect() as connection:
        keyring.grant(database, settings.home, key, seals_for(key, unlocked(connection, code, MATERIAL)))
    return Vault(database, settings, page, code, key)


def _refused(made: Vault, act: str, body: dict[str, Any], status: int, says: str = "", **headers: str) -> None:
    before = made.state()
    answer = made.page.post(act, body, **headers)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert made.state() == before


def test_what_the_page_enrols_opens_everything_and_what_it_revokes_nothing_new(made: Vault) -> None:
    with made.database.begin() as connection:
        ids = keep_values(connection, made.settings.home, datetime.now(UTC))
    slot, body = made.enrolling()
    assert made.page.post("enrol", body | {"proof": made.proof("enrol")}).status_code == 200
    with made.database.connect() as connection:
        assert values(connection, unlocked(connection, slot, MATERIAL), ids) == list(VALUES)
        pinned_vault(connection, made.settings.home)
        (used,) = (each.last_used_at for each in vault.slots(connection) if each.id == made.key.id)
    assert used is not None
    revoking = {"slot": str(slot.id), "proof": made.proof("revoke")}
    assert made.page.post("revoke", revoking).status_code == 200
    with made.database.connect() as connection:
        assert unlocked(connection, slot, MATERIAL).key_ids == set()
        assert live(connection).key_id in unlocked(connection, made.key, MATERIAL).key_ids


def test_a_vault_is_made_once(made: Vault) -> None:
    _refused(made, "init", {"slot": slot_form(code_header())}, 409, "There is a vault already")


@pytest.mark.parametrize("act", ["open", "enrol", "recover", "revoke", "rotate", "reseal"])
def test_no_act_is_done_without_a_proof(made: Vault, act: str) -> None:
    of_act: dict[str, dict[str, Any]] = {
        "open": {},
        "enrol": made.enrolling()[1],
        "recover": made.enrolling(code_header())[1],
        "revoke": {"slot": str(made.key.id)},
        "rotate": {"resealing": False},
        "reseal": {"key_id": "00" * 16, "rows": [], "last": True},
    }
    body = of_act[act]
    _refused(made, act, body, 400, "proof")
    guessed = {"challenge": str(uuid4()), "answer": "00" * 32}
    _refused(made, act, body | {"proof": guessed}, 403)
    _refused(made, act, body | {"proof": made.proof(act) | {"answer": "00" * 32}}, 403, "Only who can open")


def test_a_proof_holds_once_for_its_act_and_its_page(made: Vault, client: httpx.Client) -> None:
    proof = made.proof("rotate")
    _refused(made, "revoke", {"slot": str(made.key.id), "proof": proof}, 403)
    _refused(made, "rotate", {"resealing": False, "proof": proof}, 403)  # it was used up above
    other = PageClient.at(client, made.database)
    proof = other.proof(made.key, MATERIAL, "rotate")
    _refused(made, "rotate", {"resealing": False, "proof": proof}, 403)
    proof = made.proof("rotate")
    assert made.page.post("rotate", {"resealing": False, "proof": proof}).status_code == 200
    _refused(made, "rotate", {"resealing": False, "proof": proof}, 403)


def test_a_proof_is_soon_too_old(made: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_proofs, "LIFETIME_SECONDS", -1.0)
    _refused(made, "rotate", {"resealing": False, "proof": made.proof("rotate")}, 403, "too old")


def test_a_slot_that_is_not_live_is_asked_nothing(made: Vault) -> None:
    keyring.revoke(made.database, made.settings.home, made.key.id, datetime.now(UTC))
    for slot in (str(made.key.id), str(uuid4())):
        _refused(made, "challenge", {"slot": slot, "act": "rotate"}, 403, "not a live one")


def test_a_swapped_slot_is_asked_nothing(made: Vault) -> None:
    with made.database.begin() as connection:
        foreign = make_slot(MATERIAL).public_key
        connection.execute(vault_slots.update().where(vault_slots.c.id == made.key.id).values(public_key=foreign))
    _refused(made, "challenge", {"slot": str(made.key.id), "act": "rotate"}, 409, "ALARM")


def test_only_a_page_of_this_server_may_ask_in_a_browser_that_is_logged_in(made: Vault) -> None:
    body = {"resealing": False, "proof": made.proof("rotate")}
    for origin in ("https://elsewhere.test", "null", ""):
        _refused(made, "rotate", body, 403, "own page", Origin=origin)
    _refused(made, "rotate", body, 401, Cookie="", **bearer(made.database, "api"))
    assert made.page.post("rotate", body).status_code == 200


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"v": 2}, "header"),
        ({"suite": "none"}, "header"),
        ({"kind": "recovery"}, "header"),
        ({"slot": "not-an-id"}, "header"),
        ({"label": "two\nlines"}, "header"),
        ({"label": "x" * 65}, "header"),
        ({"label": ""}, "header"),
        ({"created": "yesterday"}, "header"),
        ({"created": "2020-01-01T00:00:00Z"}, "clocks"),
        ({"salt": "00" * 31}, "header"),
        ({"rp_id": "elsewhere.test"}, "elsewhere.test"),
        ({"credential_id": "00" * 1024}, "header"),
        ({"prf_eval": "00" * 33}, "header"),
        ({"uv": "preferred"}, "header"),
        ({"aaguid": 7}, "header"),
        ({"more": "field"}, "header"),
    ],
)
def test_a_header_that_is_not_ours_is_refused(made: Vault, edit: dict[str, object], says: str) -> None:
    body = made.enrolling()[1]
    body["slot"]["header"] |= edit
    _refused(made, "enrol", body | {"proof": made.proof("enrol")}, 400, says)


@pytest.mark.parametrize("cost", [{"memory_kib": 8}, {"iterations": 1}, {"lanes": 2**20}, {"kdf": "scrypt"}])
def test_a_recovery_slot_of_another_cost_is_refused(made: Vault, cost: dict[str, object]) -> None:
    body = made.enrolling(code_header() | cost)[1]
    _refused(made, "recover", body | {"proof": made.proof("recover")}, 400, "header")


def test_keys_and_seals_of_another_size_or_no_use_are_refused(made: Vault) -> None:
    body = made.enrolling()[1]
    for field, wrong in (("public_key", "00" * 32), ("public_key", "01" * 31), ("wrapped_private", "00" * 61)):
        edited = body | {"slot": body["slot"] | {field: wrong}, "proof": made.proof("enrol")}
        _refused(made, "enrol", edited, 400, field)
    seal = body["seals"][0]
    for seals, status in (
        ([], 400),
        ([seal, seal], 400),
        ([seal | {"sealed": "00" * 81}], 400),
        ([seal | {"key_id": "00" * 16}], 409),
        ([seal, seal | {"key_id": "00" * 16}], 409),
    ):
        _refused(made, "enrol", body | {"seals": seals, "proof": made.proof("enrol")}, status)


def test_a_key_is_enrolled_once_and_the_code_is_not_revoked(made: Vault) -> None:
    again = made.enrolling(key_header(credential_id="ee" * 32))[1]
    _refused(made, "enrol", again | {"proof": made.proof("enrol")}, 409, "enrolled already")
    same = made.enrolling(key_header(slot=str(made.key.id)))[1]
    _refused(made, "enrol", same | {"proof": made.proof("enrol")}, 409)
    _refused(made, "revoke", {"slot": str(made.code.id), "proof": made.proof("revoke")}, 409, "keeps one recovery code")


def test_a_body_that_is_too_large_is_not_read(made: Vault) -> None:
    body = made.enrolling()[1]
    body["slot"]["header"]["label"] = "x" * 300_000
    _refused(made, "enrol", body | {"proof": made.proof("enrol")}, 413)
    _refused(made, "no-such-act", {}, 404)


def test_the_code_is_replaced(made: Vault) -> None:
    slot, body = made.enrolling(code_header())
    assert made.page.post("recover", body | {"proof": made.proof("recover")}).status_code == 200
    with made.database.connect() as connection:
        assert {each.id for each in vault.slots(connection)} == {slot.id, made.key.id}
        assert len(unlocked(connection, slot, MATERIAL).key_ids) == 2


def test_rows_are_sealed_anew_as_they_were_or_not_at_all(made: Vault) -> None:
    with made.database.begin() as connection:
        ids = keep_values(connection, made.settings.home, datetime.now(UTC))
    made.page.post("rotate", {"resealing": True, "proof": made.proof("rotate")})
    with made.database.connect() as connection:
        opened, epoch = unlocked(connection, made.key, MATERIAL), live(connection)
        rows = secrets.read(connection, ids)
    anew = []
    for row in rows:
        assert row.sealed
        clear = opened.open(row.id, row.deployment_id, row.kind, row.sealed)
        sealed = sealing.seal(epoch, row.id, row.deployment_id, row.kind, clear.value, clear.pixels)
        former = digest(row.sealed.value, row.sealed.pixels).hex()
        pixels = sealed.pixels and sealed.pixels.hex()
        anew.append({"id": str(row.id), "former": former, "sealed": sealed.value.hex(), "pixels": pixels})
    body = {"key_id": epoch.key_id.hex(), "last": True}
    shorter = [anew[0] | {"sealed": "00" * 20}]
    _refused(made, "reseal", body | {"rows": shorter, "proof": made.proof("reseal")}, 400, "length")
    old = {"key_id": rows[0].sealed and rows[0].sealed.key_id.hex()}
    _refused(made, "reseal", body | old | {"rows": anew, "proof": made.proof("reseal")}, 409, "new epoch")
    changed = [anew[0] | {"former": "00" * 32}, *anew[1:]]
    answer = made.page.post("reseal", body | {"rows": changed, "last": False, "proof": made.proof("reseal")})
    assert answer.json() == {"rows": 2, "emptied": 0}
    answer = made.page.post("reseal", body | {"rows": anew[:1], "proof": made.proof("reseal")})
    assert answer.json() == {"rows": 1, "emptied": 1}
    with made.database.connect() as connection:
        assert values(connection, unlocked(connection, made.key, MATERIAL), ids) == list(VALUES)
        assert check_chains(connection).holds
