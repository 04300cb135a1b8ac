"""Only the key material of a slot opens it, and nothing that was edited is opened."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recall_assets.errors import VaultError
from recall_assets.records import Sealed, Slot, SlotKind
from recall_assets.vault import opening, recovery_code, sealing
from recall_assets.vault.envelope import ARGON2
from recall_assets.vault.opening import Unlocked
from recall_assets.vault.sealing import make_epoch, seal
from tests.vault.vaults import NOW, key_material, make_slot

MATERIAL = key_material()
SLOT = make_slot(MATERIAL, credential_id="00" * 32, prf_eval="11" * 32, aaguid="22" * 16)
EPOCH, SEALS = make_epoch([SLOT], NOW)


def _open(slot: Slot = SLOT) -> Unlocked:
    return Unlocked(slot, MATERIAL, SEALS)


@settings(max_examples=30)
@given(st.text(max_size=500), st.none() | st.binary(max_size=2000))
def test_what_was_sealed_comes_back(value: str, pixels: bytes | None) -> None:
    row = uuid4()
    opened = _open().open(row, "laptop", "iban", seal(EPOCH, row, "laptop", "iban", value, pixels))
    assert (opened.value, opened.pixels) == (value, pixels)


def _edited(header: Any) -> Iterator[dict[str, Any]]:
    for name, value in header.items():
        last = "4" if str(value).endswith("3") else "3"
        yield dict(header) | {name: value + 1 if isinstance(value, int) else str(value)[:-1] + last}
        yield {key: kept for key, kept in header.items() if key != name}
    yield dict(header) | {"more": "x"}


@pytest.mark.parametrize("header", list(_edited(SLOT.header)), ids=lambda header: str(sorted(header)[-3:]))
def test_a_slot_with_an_edited_header_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(VaultError):
        _open(replace(SLOT, header=header))


@pytest.mark.parametrize(
    "slot",
    [
        replace(SLOT, wrapped_private=SLOT.wrapped_private[:-1] + b"\0"),
        replace(SLOT, wrapped_private=b""),
        replace(SLOT, public_key=bytes(32)),
        replace(SLOT, label="green key"),
        replace(SLOT, kind=SlotKind.RECOVERY),
        replace(SLOT, id=uuid4()),
    ],
)
def test_a_slot_with_an_edited_column_is_refused(slot: Slot) -> None:
    with pytest.raises(VaultError):
        _open(slot)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(VaultError, match="does not fit"):
        Unlocked(SLOT, key_material(), SEALS)


def test_an_epoch_whose_seal_was_swapped_is_not_opened_and_named() -> None:
    """Whoever writes the database can seal a key of theirs to a slot, but not under the name of another."""
    _, theirs = make_epoch([SLOT], NOW)
    other, others = make_epoch([SLOT], NOW)
    forged = sealing.seal_epoch(os.urandom(32), EPOCH.key_id, SLOT)
    for sealed in (theirs[0].sealed, forged.sealed, SEALS[0].sealed[:-1] + b"\0", b""):
        unlocked = Unlocked(SLOT, MATERIAL, [replace(SEALS[0], sealed=sealed), *others])
        assert unlocked.key_ids == {other.key_id}
        assert unlocked.damaged == {EPOCH.key_id}


@pytest.mark.parametrize("part", ["row", "deployment", "kind", "value", "pixels"])
def test_a_row_opens_as_nothing_but_itself(part: str) -> None:
    row = uuid4()
    sealed = seal(EPOCH, row, "laptop", "iban", "DE00", b"crop")
    named = {"row": row, "deployment": "laptop", "kind": "iban", "value": sealed.value, "pixels": sealed.pixels}
    other = {"row": uuid4(), "deployment": "desktop", "kind": "card", "value": sealed.pixels, "pixels": sealed.value}
    named[part] = other[part]
    moved = Sealed(named["value"], sealed.key_id, named["pixels"])  # type: ignore[arg-type]
    with pytest.raises(VaultError):
        _open().open(named["row"], named["deployment"], named["kind"], moved)  # type: ignore[arg-type]


# ── the recovery code ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_is_read_however_it_was_typed() -> None:
    code = recovery_code.make()
    random = recovery_code.normalised(code)
    assert len(random) == 26
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert recovery_code.normalised(typed) == random


def test_a_slip_of_the_pen_is_noticed() -> None:
    code = recovery_code.normalised(recovery_code.make())
    unnoticed = sum(_reads(code[:at] + other + code[at + 1 :] + "00") for at in range(26) for other in "7KX")
    assert unnoticed <= 3  # two check characters let one in 1024 through


def _reads(typed: str) -> bool:
    try:
        recovery_code.normalised(typed)
    except VaultError:
        return False
    return True


@pytest.mark.parametrize("typed", ["", "7K3M", "U" * 28, "7" * 29])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(VaultError):
        recovery_code.normalised(typed)


def test_a_recovery_slot_opens_with_its_code_alone() -> None:
    code, other = recovery_code.make(), recovery_code.make()
    header = opening.header(uuid4(), SlotKind.RECOVERY, "code", NOW, kdf="argon2id", **ARGON2)
    slot = opening.make_slot(header, opening.stretched(code, header))
    epoch, seals = make_epoch([slot], NOW)
    assert Unlocked(slot, opening.stretched(code, slot.header), seals).key_ids == {epoch.key_id}
    with pytest.raises(VaultError, match="not this vault's"):
        Unlocked(slot, opening.stretched(other, slot.header), seals)


@pytest.mark.parametrize(
    "edit",
    [
        {"kdf": "scrypt"},
        {"memory_kib": 8},
        {"memory_kib": 2**31},
        {"iterations": 1},
        {"iterations": 10**6},
        {"lanes": 0},
        {"lanes": 2**20},
        {"iterations": 3.0},
    ],
)
def test_a_derivation_that_is_too_cheap_or_too_dear_is_refused(edit: dict[str, object]) -> None:
    header = opening.header(uuid4(), SlotKind.RECOVERY, "code", NOW, kdf="argon2id", **ARGON2)
    with pytest.raises(VaultError, match="derivation"):
        opening.stretched(recovery_code.make(), header | edit)
