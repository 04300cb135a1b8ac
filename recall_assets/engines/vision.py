"""A vision model behind an OpenAI-compatible endpoint: one image and one question in, one answer out.

    redacted image ─ data URL ─► POST <url>/chat/completions ─► answer, tokens, or a VisionError with its remedy
                                 one deadline from the first byte to the last, 256 kB at most, no redirect followed

What may be sent is not decided here, nor what of the answer may be kept. No error quotes what the endpoint said: it may
repeat the image's text or the key.
"""

import asyncio
import base64
import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recall_assets.errors import VisionError
from recall_assets.settings import Settings, is_loopback

MAX_ANSWER_BYTES = 256_000
MAX_ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked, and how; `image_format` is webp (as stored) or png."""

    url: str
    model: str
    seconds: float
    key: str | None = field(default=None, repr=False)
    image_format: str = "webp"

    @classmethod
    def of(cls, settings: Settings) -> "Endpoint | None":
        """The one that the settings name; none where they name none, and vision is off."""
        if settings.vision_url is None or settings.vision_model is None:
            return None
        key = None if settings.vision_key is None else settings.vision_key.get_secret_value()
        seconds = settings.vision_seconds_per_image
        return cls(settings.vision_url, settings.vision_model, seconds, key, settings.vision_image)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, unchecked; tokens are None where the endpoint does not count them."""

    text: str = field(repr=False)
    prompt_tokens: int | None
    completion_tokens: int | None


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Message(_Part):
    content: str = Field(repr=False)


class _Choice(_Part):
    message: _Message


class _Usage(_Part):
    prompt_tokens: int = Field(ge=0, le=10_000_000)
    completion_tokens: int = Field(ge=0, le=10_000_000)


class _Completion(_Part):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


def ask(endpoint: Endpoint, prompt: str, webp: bytes) -> Answer:
    """What the model says of an image.

    Args:
        prompt: the orders, which the image's text must not override.
        webp: a redacted image as it is stored.

    Raises:
        VisionError: the endpoint is away, slow, refuses, or answers what cannot be read.
    """
    body = asyncio.run(_post(endpoint, _request(endpoint, prompt, webp)))
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        raise VisionError(
            "unreadable",
            "The vision endpoint's answer is not a chat completion with text.",
            "vision_url should name an OpenAI-compatible endpoint, and vision_model a model that sees images.",
        ) from None
    usage = completion.usage
    return Answer(
        completion.choices[0].message.content,
        None if usage is None else usage.prompt_tokens,
        None if usage is None else usage.completion_tokens,
    )


def _request(endpoint: Endpoint, prompt: str, webp: bytes) -> dict[str, Any]:
    image = webp if endpoint.image_format == "webp" else _png(webp)
    url = f"data:image/{endpoint.image_format};base64,{base64.b64encode(image).decode('ascii')}"
    return {
        "model": endpoint.model,
        "messages": [
            {"role": "system", "content": prompt},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]},
        ],
        "max_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0,
        "stream": False,
    }


def _png(webp: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(webp), formats=["WEBP"]) as image:
        image.convert("RGB").save(buffer, format="PNG")
    return buffer.getvalue()


async def _post(endpoint: Endpoint, request: dict[str, Any]) -> bytes:
    headers = {"Accept-Encoding": "identity"}
    if endpoint.key is not None:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    local = is_loopback(urlsplit(endpoint.url).hostname or "")
    try:
        # httpx limits each read alone: an endpoint that sends a byte a second would never end.
        async with (
            asyncio.timeout(endpoint.seconds),
            httpx.AsyncClient(timeout=endpoint.seconds, trust_env=not local, follow_redirects=False) as client,
            client.stream("POST", f"{endpoint.url}/chat/completions", json=request, headers=headers) as response,
        ):
            _accept(response)
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise _too_large()
            return body
    except (TimeoutError, httpx.TimeoutException):
        raise VisionError(
            "timeout",
            f"The vision endpoint took longer than {endpoint.seconds:g} s.",
            "Raise vision_seconds_per_image, or name a smaller vision_model.",
        ) from None
    except httpx.HTTPError as error:
        raise VisionError(
            "unreachable",
            f"The vision endpoint cannot be reached: {type(error).__name__}.",
            "Start it, or correct vision_url in recall.toml.",
        ) from None


def _too_large() -> VisionError:
    return VisionError(
        "too_large",
        f"The vision endpoint's answer is larger than {MAX_ANSWER_BYTES} bytes.",
        "Name another vision_model.",
    )


def _accept(response: httpx.Response) -> None:
    """Whether the body is worth reading.

    Raises:
        VisionError: by the status, or what is declared of the body, it is not.
    """
    status = response.status_code
    if status == 200 and "content-encoding" not in response.headers:
        return
    reason, remedy = _REFUSALS.get(status) or _refusal(status)
    raise VisionError(reason, f"The vision endpoint answered with status {status}.", remedy)


_REFUSALS = {
    200: ("unreadable", "It compresses its answers though it was asked not to; name another endpoint."),
    401: ("refused", "Set vision_key in recall.toml, or RECALL_VISION_KEY."),
    403: ("refused", "Set vision_key in recall.toml, or RECALL_VISION_KEY."),
    404: ("missing", "vision_url mostly ends in /v1; vision_model must be one that the endpoint has."),
    429: ("busy", "It takes no more for now; a later run asks again."),
}


def _refusal(status: int) -> tuple[str, str]:
    if status >= 500:
        return "failed", "See the endpoint's own log; a later run asks again."
    if 300 <= status < 400:
        return "redirected", "No redirect is followed: set vision_url to the address where the endpoint is."
    return "rejected", 'See the endpoint\'s own log. One that reads no WebP (llama.cpp) needs vision_image = "png".'
