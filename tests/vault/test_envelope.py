"""Formats of the vault: padding hides lengths, fingerprints name keys, the chain notices every change."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import ChainEntry
from recall_assets.vault.envelope import EMPTY_CHAIN, canonical, extend, fingerprint, pad, slots_fingerprint, unpad
from tests.vault.vaults import make_slot

ENTRIES = st.lists(
    st.builds(ChainEntry, st.uuids(), st.binary(min_size=32, max_size=32), st.none() | st.just("forgotten")),
    min_size=1,
    max_size=8,
)


@given(st.binary(max_size=40_000))
def test_what_was_padded_comes_back(value: bytes) -> None:
    assert unpad(pad(value)) == value


@given(st.binary(max_size=40_000))
def test_a_padded_length_tells_the_bucket_alone(value: bytes) -> None:
    size = len(pad(value))
    assert size in {64, 256, 1024, 4096} or size % 16_384 == 0
    assert size < max(64, 4 * (len(value) + 4) + 1) or size - len(value) - 4 < 16_384


@pytest.mark.parametrize("damaged", [b"", b"\0\0\0", b"\0\0\0\xff" + bytes(60), pad(b"a")[:-1], pad(b"a")[:-1] + b"x"])
def test_bytes_that_are_not_padded_are_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="padded"):
        unpad(damaged)


def test_canonical_json_is_the_same_whatever_the_order() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'.encode()


def test_a_fingerprint_names_suite_and_key() -> None:
    names = {fingerprint("a", b"key"), fingerprint("b", b"key"), fingerprint("a", b"kez"), fingerprint("ak", b"ey")}
    assert len(names) == 4


def test_a_set_of_slots_has_one_fingerprint_in_any_order() -> None:
    first, second = make_slot(bytes(32)), make_slot(bytes(32))
    assert slots_fingerprint([first, second]) == slots_fingerprint([second, first])
    assert slots_fingerprint([first, replace(second, public_key=bytes(32))]) != slots_fingerprint([first, second])


@given(ENTRIES, st.data())
def test_a_chain_notices_each_entry_that_is_lost_changed_or_moved(
    entries: list[ChainEntry], data: st.DataObject
) -> None:
    head = extend(EMPTY_CHAIN, entries)
    at = data.draw(st.integers(0, len(entries) - 1))
    assert extend(EMPTY_CHAIN, entries[:at] + entries[at + 1 :]) != head
    other = replace(entries[at], secret_id=UUID(int=entries[at].secret_id.int ^ 1))
    assert extend(EMPTY_CHAIN, [*entries[:at], other, *entries[at + 1 :]]) != head
    turned = entries[::-1]
    assert turned == entries or extend(EMPTY_CHAIN, turned) != head


@given(ENTRIES, ENTRIES)
def test_a_chain_grows_by_parts(first: list[ChainEntry], second: list[ChainEntry]) -> None:
    assert extend(extend(EMPTY_CHAIN, first), second) == extend(EMPTY_CHAIN, first + second)
