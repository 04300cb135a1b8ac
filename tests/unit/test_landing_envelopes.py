"""Sealed by the sender, opened by the server: only as what it was sealed as, and only unharmed."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_agent.protocol import AudioMetadata, Binding, FrameHeader, FrameMetadata, Kind, WindowMetadata
from capture_agent.seal import LandingKey, Sealed, SealError, seal, sender_tag_key, trusted_landing_key
from recall_assets.errors import LandingError
from recall_assets.settings import Home
from recall_assets.vault.landing import LandingKeys
from recall_assets.vault.landing_keys import ensure_landing_key, known_key_ids, landing_key_folder

NOON = datetime(2026, 11, 9, 12, 0, 0, 123456, tzinfo=UTC)
BINDING = Binding(Kind.FRAME, "laptop", uuid5(UUID(int=0), "a frame"), NOON, timedelta(hours=1), monitor=1)
METADATA = FrameMetadata(
    app="firefox",
    title="Rechnung – Entwurf",
    url="https://example.test/reset?token=abc",
    windows=(WindowMetadata(app="firefox", title="Rechnung", rect=(0, 0, 800, 600), active=True),),
    idle_seconds=0.25,
)
TAG_KEY = bytes(range(32))


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("landing") / "home")


@pytest.fixture(scope="module")
def key(own_home: Home) -> LandingKey:
    return trusted_landing_key(ensure_landing_key(own_home))


@pytest.fixture(scope="module")
def keys(own_home: Home, key: LandingKey) -> LandingKeys:
    return LandingKeys(own_home)


@given(image=st.binary(max_size=2000))
def test_a_frame_opens_to_what_was_sealed(keys: LandingKeys, key: LandingKey, image: bytes) -> None:
    sealed = seal_frame(key, image)
    opened = keys.open(sealed.envelope, BINDING)
    assert (opened.metadata, opened.image) == (METADATA, image)
    header = sealed.header
    assert isinstance(header, FrameHeader)
    assert header.binding == BINDING
    assert header.envelope_bytes == len(sealed.envelope)
    assert header.envelope_sha256 == hashlib.sha256(sealed.envelope).hexdigest()


def test_sound_opens_to_what_was_sealed(keys: LandingKeys, key: LandingKey) -> None:
    binding = Binding(Kind.AUDIO, "laptop", BINDING.id, NOON, timedelta(hours=1))
    sealed = seal(binding, NOON, AudioMetadata(source="mixed"), b"RIFF", to=key, tag_key=TAG_KEY)
    opened = keys.open_audio(sealed.envelope, binding)
    assert (opened.metadata.source, opened.sound) == ("mixed", b"RIFF")
    with pytest.raises(LandingError):
        keys.open(sealed.envelope, binding)


@given(data=st.data())
def test_an_envelope_with_any_byte_changed_does_not_open(
    keys: LandingKeys, key: LandingKey, data: st.DataObject
) -> None:
    envelope = bytearray(seal_frame(key, b"image").envelope)
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(LandingError):
        keys.open(bytes(envelope), BINDING)


@given(kept=st.integers(0, 100))
def test_an_envelope_that_was_cut_does_not_open(keys: LandingKeys, key: LandingKey, kept: int) -> None:
    with pytest.raises(LandingError):
        keys.open(seal_frame(key, b"image").envelope[:kept], BINDING)


@pytest.mark.parametrize(
    "other",
    [
        {"id": uuid5(UUID(int=0), "another frame")},
        {"deployment": "desktop"},
        {"captured_at": NOON + timedelta(microseconds=1)},
        {"utc_offset": timedelta(hours=2)},
        {"monitor": 0},
        {"kind": Kind.AUDIO},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_envelope_does_not_open_as_anything_else(keys: LandingKeys, key: LandingKey, other: dict[str, Any]) -> None:
    envelope = seal_frame(key, b"image").envelope
    with pytest.raises(LandingError):
        keys.open(envelope, replace(BINDING, **other))
    with pytest.raises(LandingError):
        keys.open_audio(envelope, replace(BINDING, **other))


def test_the_time_is_bound_whatever_zone_it_is_said_in(keys: LandingKeys, key: LandingKey) -> None:
    elsewhere = NOON.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert keys.open(seal_frame(key, b"image").envelope, replace(BINDING, captured_at=elsewhere)).image == b"image"


def test_no_error_quotes_what_the_screen_showed(keys: LandingKeys, key: LandingKey) -> None:
    sealed = seal(BINDING, NOON, AudioMetadata(source="mixed"), b"", to=key, tag_key=TAG_KEY)
    with pytest.raises(LandingError) as caught:
        keys.open(sealed.envelope, BINDING)
    assert "mixed" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_tag_is_the_same_for_the_same_frame_only(key: LandingKey) -> None:
    first, again = seal_frame(key, b"image"), seal_frame(key, b"image")
    assert first.header.content_tag == again.header.content_tag
    assert first.envelope != again.envelope
    others = [
        seal_frame(key, b"imagE"),
        seal(BINDING, NOON, METADATA.model_copy(update={"locked": True}), b"image", to=key, tag_key=TAG_KEY),
        seal(replace(BINDING, monitor=0), NOON, METADATA, b"image", to=key, tag_key=TAG_KEY),
        seal(BINDING, NOON, METADATA, b"image", to=key, tag_key=bytes(32)),
    ]
    assert len({first.header.content_tag, *(other.header.content_tag for other in others)}) == 5


def test_the_envelope_shows_nothing_of_the_screen(key: LandingKey) -> None:
    envelope = seal_frame(key, b"the image").envelope
    assert not any(shown in envelope for shown in (b"firefox", b"token=abc", b"the image"))


def test_keys_are_made_once_and_for_the_owner_alone(own_home: Home, key: LandingKey) -> None:
    assert trusted_landing_key(ensure_landing_key(own_home)).key_id == key.key_id
    assert known_key_ids(own_home) == {key.key_id}
    for path in (own_home.keys, landing_key_folder(own_home)):
        assert path.stat().st_mode & 0o777 == 0o700
    private = [own_home.keys / "identity", landing_key_folder(own_home) / f"{key.key_id.hex()}.key"]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600, 0o600]


def test_what_was_sealed_before_another_key_became_current_still_opens(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = trusted_landing_key(ensure_landing_key(home))
    envelope = seal_frame(first, b"image").envelope
    (landing_key_folder(home) / "current").unlink()
    second = trusted_landing_key(ensure_landing_key(home), bytes.fromhex(ensure_landing_key(home).identity))
    assert second.key_id != first.key_id
    assert LandingKeys(home).open(envelope, BINDING).image == b"image"
    (landing_key_folder(home) / f"{first.key_id.hex()}.key").unlink()
    with pytest.raises(LandingError, match="is gone"):
        LandingKeys(home).open(envelope, BINDING)


@pytest.mark.parametrize("edited", ["public_key", "identity", "signature", "key_id"])
def test_a_landing_key_answer_with_an_edited_field_is_not_trusted(own_home: Home, edited: str) -> None:
    answer = ensure_landing_key(own_home)
    value: str = getattr(answer, edited)
    flipped = ("0" if value[0] != "0" else "1") + value[1:]
    with pytest.raises(SealError):
        trusted_landing_key(answer.model_copy(update={edited: flipped}), bytes.fromhex(answer.identity))


def test_another_server_than_the_pinned_one_is_not_trusted(own_home: Home, tmp_path: Path) -> None:
    stranger = ensure_landing_key(Home(tmp_path))
    with pytest.raises(SealError, match="pinned"):
        trusted_landing_key(stranger, bytes.fromhex(ensure_landing_key(own_home).identity))


def test_the_sender_keeps_one_tag_key(tmp_path: Path) -> None:
    first = sender_tag_key(tmp_path)
    assert len(first) == 32
    assert sender_tag_key(tmp_path) == first
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("content-tag", 0o600)]


def seal_frame(key: LandingKey, image: bytes) -> Sealed:
    return seal(BINDING, NOON, METADATA, image, to=key, tag_key=TAG_KEY)
