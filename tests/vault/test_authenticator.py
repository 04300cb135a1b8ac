"""What the key does and refuses, through python-fido2's real client, and what a person is told."""

import sys
from pathlib import Path
from uuid import uuid4

import pytest
from fido2 import hid
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.webauthn import PublicKeyCredentialRequestOptions

from recall_assets.cli.vault_changes import credential_id, fido2_slot
from recall_assets.errors import VaultError
from recall_assets.vault.authenticator import SecurityKey, plugged_in
from recall_assets.vault.opening import Unlocked
from tests.vault.software_key import DESCRIPTOR, SoftwareKey
from tests.vault.vaults import NOW, key_material

EVAL = key_material()


class Owner:
    """Types what the software key was made with."""

    def __init__(self, pin: str = "2468") -> None:
        self.typed = pin
        self.asked = self.touched = 0

    def touch(self) -> None:
        self.touched += 1

    def pin(self) -> str:
        self.asked += 1
        return self.typed


def _security_key(key: SoftwareKey, owner: Owner | None = None, rp_id: str = "localhost") -> SecurityKey:
    return SecurityKey(key.device(), rp_id, owner or Owner())


def test_a_key_yields_the_same_for_the_same_and_other_bytes_for_another_question() -> None:
    key = SoftwareKey()
    credential = _security_key(key).make_credential(uuid4(), "blue", [])
    first, again = (_security_key(key).prf({credential.id: EVAL}) for _ in range(2))
    assert first == again
    assert first[0] == credential.id
    assert _security_key(key).prf({credential.id: key_material()})[1] != first[1]


def test_a_slot_is_proven_before_it_is_kept_with_one_pin_and_three_touches() -> None:
    key, owner = SoftwareKey(), Owner()
    slot = fido2_slot(_security_key(key, owner), "blue", "localhost", [], NOW)
    assert (owner.asked, owner.touched) == (1, 3)
    evals = {credential_id(slot): bytes.fromhex(str(slot.header["prf_eval"]))}
    Unlocked(slot, _security_key(key).prf(evals)[1], [])


def test_of_several_credentials_the_key_answers_for_its_own() -> None:
    key = SoftwareKey()
    mine = _security_key(key).make_credential(uuid4(), "blue", [])
    evals = {bytes(32): key_material(), mine.id: EVAL, bytes(31): key_material()}
    assert _security_key(key).prf(evals) == _security_key(key).prf({mine.id: EVAL})


def test_the_output_is_that_of_webauthn_not_of_raw_hmac_secret() -> None:
    key = SoftwareKey()
    credential = _security_key(key).make_credential(uuid4(), "blue", [])
    output = _security_key(key).prf({credential.id: EVAL})[1]

    class Interaction(UserInteraction):
        def request_pin(self, permissions: object, rp_id: str | None) -> str:
            return "2468"

    client = Fido2Client(key.device(), DefaultClientDataCollector("http://localhost"), Interaction())
    options = PublicKeyCredentialRequestOptions.from_dict(
        {
            "challenge": b"0" * 32,
            "rpId": "localhost",
            "allowCredentials": [{"type": "public-key", "id": credential.id}],
            "userVerification": "required",
            "extensions": {"prf": {"eval": {"first": EVAL}}},
        }
    )
    answer = client.get_assertion(options).get_response(0)
    assert answer.client_extension_results.prf.results.first == output


def test_a_credential_of_another_name_is_not_found() -> None:
    key = SoftwareKey()
    credential = _security_key(key, rp_id="recall.example.org").make_credential(uuid4(), "blue", [])
    with pytest.raises(VaultError, match="none of this vault's"):
        _security_key(key).prf({credential.id: EVAL})


def test_a_key_without_a_pin_is_told_to_get_one() -> None:
    with pytest.raises(VaultError, match="no PIN yet"):
        _security_key(SoftwareKey(pin=None))


def test_a_key_without_hmac_secret_is_refused() -> None:
    key = SoftwareKey()
    key.extensions = ["credProtect"]
    with pytest.raises(VaultError, match="hmac-secret"):
        _security_key(key)


def test_a_passkey_that_is_synced_is_refused() -> None:
    key = SoftwareKey()
    key.backup_eligible = True
    with pytest.raises(VaultError, match="copied to other devices"):
        _security_key(key).make_credential(uuid4(), "phone", [])


def test_a_key_that_is_enrolled_is_not_enrolled_again() -> None:
    key = SoftwareKey()
    credential = _security_key(key).make_credential(uuid4(), "blue", [])
    with pytest.raises(VaultError, match="enrolled already"):
        _security_key(key).make_credential(uuid4(), "blue", [credential.id])


def test_a_touch_that_does_not_come_is_told() -> None:
    key = SoftwareKey()
    key.refuses_touch = True
    with pytest.raises(VaultError, match="not touched"):
        _security_key(key).make_credential(uuid4(), "blue", [])


def test_a_wrong_pin_is_not_tried_twice_by_itself() -> None:
    key, owner = SoftwareKey(), Owner("0000")
    security_key = _security_key(key, owner)
    for left in (7, 6):
        with pytest.raises(VaultError, match=f"{left} attempts"):
            security_key.make_credential(uuid4(), "blue", [])
    assert owner.asked == 2
    key.pin_retries = 0
    with pytest.raises(VaultError, match="blocked"):
        security_key.make_credential(uuid4(), "blue", [])


def test_no_pin_cancels() -> None:
    with pytest.raises(VaultError, match="No PIN was typed"):
        _security_key(SoftwareKey(), Owner("")).make_credential(uuid4(), "blue", [])


# ── USB ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plug(monkeypatch: pytest.MonkeyPatch, *keys: SoftwareKey) -> None:
    connections = iter([key.connection() for key in keys])
    monkeypatch.setattr(hid, "list_descriptors", lambda: [DESCRIPTOR] * len(keys))
    monkeypatch.setattr(hid, "open_connection", lambda descriptor: next(connections))


def test_the_one_key_on_usb_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _plug(monkeypatch, SoftwareKey())
    assert plugged_in().product_name == "Software key"


def test_without_a_key_one_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _plug(monkeypatch)
    with pytest.raises(VaultError, match="No security key is plugged in"):
        plugged_in(tmp_path, tmp_path / "none")


def test_of_two_keys_one_must_go(monkeypatch: pytest.MonkeyPatch) -> None:
    _plug(monkeypatch, SoftwareKey(), SoftwareKey())
    with pytest.raises(VaultError, match="2 security keys"):
        plugged_in()


@pytest.mark.skipif(sys.platform != "linux", reason="udev is of Linux")
def test_a_key_that_this_user_may_not_open_is_told_with_the_udev_rule(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _plug(monkeypatch)
    for name, described in (("hidraw0", "05010902"), ("hidraw3", "06d0f10901")):
        device = tmp_path / "class" / name / "device"
        device.mkdir(parents=True)
        (device / "report_descriptor").write_bytes(bytes.fromhex(described))
        (device / "uevent").write_text("DRIVER=hid-generic\nHID_ID=0003:00001050:00000407\nHID_NAME=Key\n")
    with pytest.raises(VaultError, match="hidraw3") as refused:  # the device file itself is not there to be opened
        plugged_in(tmp_path, tmp_path / "class")
    assert 'ATTRS{idVendor}=="1050"' in refused.value.remedy
    assert "udevadm" in refused.value.remedy
