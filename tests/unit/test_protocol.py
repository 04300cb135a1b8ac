"""The wire format: what is packed is unpacked, and what is no batch, header or content is refused."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from capture_agent.protocol import (
    HEADER,
    MAX_BATCH_ITEMS,
    MAX_HEADER_BYTES,
    FrameHeader,
    FrameMetadata,
    ItemHeader,
    ProtocolError,
    SeenHeader,
    pack_content,
    pack_item,
    unpack_batch,
    unpack_content,
)

FRAME_ID = uuid5(UUID(int=0), "a frame")
NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)

offsets = st.integers(-14 * 60, 14 * 60)
headers = st.builds(
    FrameHeader,
    id=st.builds(lambda name: uuid5(UUID(int=0), name), st.text()),
    deployment=st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True),
    captured_at=st.builds(
        lambda naive, minutes: naive.replace(tzinfo=timezone(timedelta(minutes=minutes))),
        st.datetimes(datetime(2001, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
        offsets,
    ),
    seen_until=st.just(datetime(2300, 1, 1, tzinfo=UTC)),
    utc_offset_minutes=offsets,
    monitor=st.integers(0, 255),
    envelope_bytes=st.integers(0, 2**40),
    envelope_sha256=st.just("0" * 64),
    content_tag=st.just("f" * 64),
)


@given(st.lists(st.tuples(headers, st.binary()), max_size=4))
def test_a_batch_comes_out_as_it_went_in(items: list[tuple[ItemHeader, bytes]]) -> None:
    body = b"".join(pack_item(header, envelope) for header, envelope in items)
    assert [(HEADER.validate_json(header), envelope) for header, envelope in unpack_batch(body)] == items


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=3), st.data())
def test_a_batch_that_ends_inside_an_item_is_refused_whole(envelopes: list[bytes], data: st.DataObject) -> None:
    items = [pack_item(seen(), envelope) for envelope in envelopes]
    cut = data.draw(st.integers(1, len(items[-1]) - 1))
    with pytest.raises(ProtocolError, match="ends inside item"):
        unpack_batch(b"".join(items)[:-cut])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_batch_or_refused(body: bytes) -> None:
    try:
        items = unpack_batch(body)
    except ProtocolError:
        return
    assert sum(8 + len(header) + len(envelope) for header, envelope in items) == len(body)


def test_too_many_items_and_too_long_headers_are_refused() -> None:
    with pytest.raises(ProtocolError, match="more than"):
        unpack_batch(pack_item(seen()) * (MAX_BATCH_ITEMS + 1))
    with pytest.raises(ProtocolError, match="longer than"):
        unpack_batch((MAX_HEADER_BYTES + 1).to_bytes(4) + bytes(4) + bytes(MAX_HEADER_BYTES + 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": str(uuid4())},
        {"deployment": "My Laptop"},
        {"deployment": "laptop\n"},
        {"deployment": "../etc"},
        {"captured_at": "2026-11-09T12:00:00"},
        {"captured_at": "2026-02-30T12:00:00+01:00"},
        {"captured_at": "2026-11-09T13:00:00Z"},
        {"utc_offset_minutes": 841},
        {"utc_offset_minutes": 60.5},
        {"utc_offset_minutes": "60"},
        {"monitor": -1},
        {"content_tag": "F" * 64},
        {"title": "what the screen showed has no place in a header"},
    ],
)
def test_a_header_with_an_unusable_field_is_refused_without_quoting_it(wrong: dict[str, object]) -> None:
    header = json.dumps(frame_header().model_dump(mode="json") | wrong)
    with pytest.raises(ValidationError) as caught:
        HEADER.validate_json(header)
    assert "input_value" not in str(caught.value)


@given(st.text(), st.binary())
def test_content_comes_out_as_it_went_in_and_is_the_same_each_time(title: str, image: bytes) -> None:
    metadata = FrameMetadata(title=title, idle_seconds=1.5)
    content = pack_content(metadata, image)
    described, payload = unpack_content(content)
    assert (FrameMetadata.model_validate_json(described), payload) == (metadata, image)
    assert pack_content(metadata.model_copy(), image) == content


def test_text_that_no_database_takes_and_that_could_steer_a_terminal_is_made_harmless() -> None:
    assert FrameMetadata(title="a\x00b\ud83dc").title == "a b?c"
    assert FrameMetadata(title="two\nlines\x1b[2J\x9b1m größer").title == "two lines [2J 1m größer"


@given(st.binary(max_size=3) | st.binary(min_size=1).map(lambda tail: b"\xff\xff\xff\xff" + tail))
def test_content_that_is_too_short_is_refused(content: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack_content(content)


def seen() -> SeenHeader:
    return SeenHeader(id=FRAME_ID, deployment="laptop", captured_at=NOON, seen_until=NOON)


def frame_header() -> FrameHeader:
    return FrameHeader(
        id=FRAME_ID,
        deployment="laptop",
        captured_at=NOON,
        seen_until=NOON,
        utc_offset_minutes=60,
        envelope_bytes=0,
        envelope_sha256="0" * 64,
        content_tag="0" * 64,
    )
