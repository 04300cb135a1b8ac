"""One question to a vision endpoint: what is sent, and how each way of failing ends."""

import base64
import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from recall_assets.engines.vision import Endpoint, ask
from recall_assets.errors import ModelError
from tests.drawn_screens import webp
from tests.vision.endpoint import StandIn, completion, standing_in

IMAGE = webp(np.full((24, 32, 3), 90, np.uint8))
KEY = "key-of-the-test"


@pytest.fixture
def outside() -> Iterator[StandIn]:
    with standing_in() as told:
        yield told


@pytest.fixture
def endpoint(outside: StandIn) -> Endpoint:
    return Endpoint(outside.url, "small-model", 120.0, KEY)


def sent_image(asked: dict[str, Any]) -> tuple[str, bytes]:
    """Media type and bytes of the one image of a question."""
    _, question = asked["messages"]
    (part,) = question["content"]
    head, _, data = part["image_url"]["url"].partition(",")
    return head, base64.b64decode(data)


def test_the_stored_bytes_and_the_orders_are_sent_and_nothing_else(outside: StandIn, endpoint: Endpoint) -> None:
    answer = ask(endpoint, "Describe.", IMAGE)

    (asked,) = outside.asked
    assert outside.paths == ["/v1/chat/completions"]
    assert outside.keys == [f"Bearer {KEY}"]
    assert sent_image(asked) == ("data:image/webp;base64", IMAGE)
    assert asked["messages"][0] == {"role": "system", "content": "Describe."}
    assert set(asked) == {"model", "messages", "max_tokens", "temperature", "stream"}
    assert answer.text.startswith("A person edits")
    assert (answer.prompt_tokens, answer.completion_tokens) == (900, 40)


def test_a_server_that_reads_no_webp_gets_the_same_pixels_as_png(outside: StandIn, endpoint: Endpoint) -> None:
    ask(replace(endpoint, image_format="png"), "Describe.", IMAGE)

    head, image = sent_image(outside.asked[0])
    assert head == "data:image/png;base64"
    assert (np.array(Image.open(io.BytesIO(image))) == 90).all()


def test_tokens_that_are_not_counted_are_unknown(outside: StandIn, endpoint: Endpoint) -> None:
    outside.body = completion("A table of costs.", usage=None)
    assert ask(endpoint, "Describe.", IMAGE).prompt_tokens is None


BROKEN = {
    "no JSON": b'{"choices": [{"mess',
    "no choice": b'{"choices": []}',
    "no text": completion(None),
    "another type": b'{"choices": [{"message": {"content": 7}}]}',
    "tokens below zero": completion("Two.", usage={"prompt_tokens": -9, "completion_tokens": 1}),
    "not UTF-8": b'{"choices": [{"message": {"content": "\xff"}}]}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_of_another_form_is_refused(outside: StandIn, endpoint: Endpoint, body: bytes) -> None:
    outside.body = body
    assert reason_of(endpoint) == "unreadable"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "rejected"), (401, "refused"), (404, "missing"), (429, "busy"), (500, "failed"), (503, "failed")],
)
def test_each_status_has_its_reason(outside: StandIn, endpoint: Endpoint, status: int, reason: str) -> None:
    outside.status, outside.body = status, f'{{"error": "wrong key {KEY}"}}'.encode()
    assert reason_of(endpoint) == reason


def test_a_redirect_is_not_followed(outside: StandIn, endpoint: Endpoint) -> None:
    outside.status, outside.headers = 307, {"Location": f"{outside.url}/elsewhere"}
    assert reason_of(endpoint) == "redirected"
    assert len(outside.asked) == 1


def test_a_body_without_end_is_cut_off(outside: StandIn, endpoint: Endpoint) -> None:
    outside.body = b" " * 3_000_000
    assert reason_of(endpoint) == "too_large"


def test_a_compressed_body_is_not_unpacked(outside: StandIn, endpoint: Endpoint) -> None:
    outside.body, outside.headers = gzip.compress(b" " * 9_000_000), {"Content-Encoding": "gzip"}
    assert reason_of(endpoint) == "unreadable"


def test_an_answer_that_drips_in_ends_at_its_deadline(outside: StandIn, endpoint: Endpoint) -> None:
    outside.seconds_per_byte = 0.05  # each byte in time, all of it never
    assert reason_of(replace(endpoint, seconds=0.3)) == "timeout"


def test_an_endpoint_that_is_away_is_named(endpoint: Endpoint) -> None:
    assert reason_of(replace(endpoint, url="http://127.0.0.1:9/v1")) == "unreachable"


def test_the_key_is_in_no_representation(endpoint: Endpoint) -> None:
    assert KEY not in repr(endpoint)


def reason_of(endpoint: Endpoint) -> str:
    """Why the question failed; the error has a remedy, and tells neither key nor what the endpoint said."""
    with pytest.raises(ModelError) as failed:
        ask(endpoint, "Describe.", IMAGE)
    assert failed.value.remedy
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None
    return failed.value.reason
