"""A vision model: one image and one question in, one answer out; what goes over the wire is `engines.chat`'s.

redacted image ─ data URL ─► chat.complete ─► answer
"""

import base64
import io
from dataclasses import dataclass

from PIL import Image

from recall_assets.engines import chat
from recall_assets.engines.chat import Answer
from recall_assets.settings import Settings

MAX_ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Endpoint(chat.Endpoint):
    """Where a vision model is asked, and how; `image_format` is webp (as stored) or png."""

    image_format: str = "webp"
    settings: str = "vision"

    @classmethod
    def of(cls, settings: Settings) -> "Endpoint | None":
        """The one that the settings name; none where they name none, and vision is off."""
        if settings.vision_url is None or settings.vision_model is None:
            return None
        key = None if settings.vision_key is None else settings.vision_key.get_secret_value()
        seconds = settings.vision_seconds_per_image
        return cls(settings.vision_url, settings.vision_model, seconds, key, image_format=settings.vision_image)


def ask(endpoint: Endpoint, prompt: str, webp: bytes) -> Answer:
    """What the model says of an image.

    Args:
        prompt: the orders, which the image's text must not override.
        webp: a redacted image as it is stored.

    Raises:
        ModelError: the endpoint is away, slow, refuses, or answers what cannot be read.
    """
    image = webp if endpoint.image_format == "webp" else _png(webp)
    url = f"data:image/{endpoint.image_format};base64,{base64.b64encode(image).decode('ascii')}"
    messages = [
        {"role": "system", "content": prompt},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]},
    ]
    return chat.complete(endpoint, {"messages": messages, "max_tokens": MAX_ANSWER_TOKENS})


def _png(webp: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(webp), formats=["WEBP"]) as image:
        image.convert("RGB").save(buffer, format="PNG")
    return buffer.getvalue()
