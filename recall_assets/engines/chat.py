"""A model behind an OpenAI-compatible endpoint: one request out, one answer back; for text and for images.

    request ─► POST <url>/chat/completions ─► answer, tokens, or a ModelError with its remedy
               one deadline from the first byte to the last, 256 kB at most, no redirect followed

What may be sent is not decided here, nor what of the answer may be kept. No error quotes what the endpoint said: it may
repeat what it was sent, or the key.
"""

import asyncio
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recall_assets.errors import ModelError
from recall_assets.model_settings import is_loopback

MAX_ANSWER_BYTES = 256_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked; `settings` is how the names of its settings begin, for remedies."""

    url: str
    model: str
    seconds: float
    key: str | None = field(default=None, repr=False)
    settings: str = "llm"


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


def complete(endpoint: Endpoint, request: dict[str, Any]) -> Answer:
    """What the model answers to a request, whose `model` is the endpoint's.

    Raises:
        ModelError: the endpoint is away, slow, refuses, or answers what cannot be read.
    """
    body = asyncio.run(_post(endpoint, {"model": endpoint.model, "temperature": 0, "stream": False, **request}))
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        raise ModelError(
            "unreadable",
            f"The {endpoint.settings} endpoint's answer is not a chat completion with text.",
            f"{endpoint.settings}_url should name an OpenAI-compatible endpoint, and {endpoint.settings}_model a model"
            " that can do this.",
        ) from None
    usage = completion.usage
    return Answer(
        completion.choices[0].message.content,
        None if usage is None else usage.prompt_tokens,
        None if usage is None else usage.completion_tokens,
    )


@cache
def _trusted() -> SSLContext:
    """Reading the certificates takes longer than asking a model of this machine something small."""
    return httpx.create_ssl_context()


async def _post(endpoint: Endpoint, request: dict[str, Any]) -> bytes:
    headers = {"Accept-Encoding": "identity"}
    if endpoint.key is not None:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    local = is_loopback(urlsplit(endpoint.url).hostname or "")
    name = endpoint.settings
    try:
        # httpx limits each read alone: an endpoint that sends a byte a second would never end.
        async with (
            asyncio.timeout(endpoint.seconds),
            httpx.AsyncClient(
                timeout=endpoint.seconds, trust_env=not local, verify=_trusted(), follow_redirects=False
            ) as client,
            client.stream("POST", f"{endpoint.url}/chat/completions", json=request, headers=headers) as response,
        ):
            _accept(response, name)
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise ModelError(
                        "too_large",
                        f"The {name} endpoint's answer is larger than {MAX_ANSWER_BYTES} bytes.",
                        f"Name another {name}_model.",
                    )
            return body
    except (TimeoutError, httpx.TimeoutException):
        raise ModelError(
            "timeout",
            f"The {name} endpoint took longer than {endpoint.seconds:g} s.",
            f"Raise {_SECONDS.get(name, f'{name}_seconds')}, or name a smaller {name}_model.",
        ) from None
    except httpx.HTTPError as error:
        raise ModelError(
            "unreachable",
            f"The {name} endpoint cannot be reached: {type(error).__name__}.",
            f"Start it, or correct {name}_url in recall.toml.",
        ) from None


def _accept(response: httpx.Response, name: str) -> None:
    """Whether the body is worth reading.

    Raises:
        ModelError: by the status, or what is declared of the body, it is not.
    """
    status = response.status_code
    if status == 200 and "content-encoding" not in response.headers:
        return
    reason, remedy = _REFUSALS.get(status) or _refusal(status)
    problem = f"The {name} endpoint answered with status {status}."
    raise ModelError(reason, problem, remedy.format(name=name, NAME=name.upper()))


_SECONDS = {"vision": "vision_seconds_per_image"}
_REFUSALS = {
    200: ("unreadable", "It compresses its answers though it was asked not to; name another endpoint."),
    401: ("refused", "Set {name}_key in recall.toml, or RECALL_{NAME}_KEY."),
    403: ("refused", "Set {name}_key in recall.toml, or RECALL_{NAME}_KEY."),
    404: ("missing", "{name}_url mostly ends in /v1; {name}_model must be one that the endpoint has."),
    429: ("busy", "It takes no more for now; a later run asks again."),
}


def _refusal(status: int) -> tuple[str, str]:
    if status >= 500:
        return "failed", "See the endpoint's own log; a later run asks again."
    if 300 <= status < 400:
        return "redirected", "No redirect is followed: set {name}_url to the address where the endpoint is."
    return "rejected", 'See the endpoint\'s own log. One that reads no WebP (llama.cpp) needs vision_image = "png".'
