"""Sends the pictures of a folder through the ingest endpoint, sealed as an agent would have sealed them.

    DatedImage ─► header + name + picture, byte for byte ─► seal ─► upload ─► outcome

A picture's id is uuid5 of deployment, time and name: sent again, from wherever its folder lies now, it is known.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid5

from capture_agent.protocol import Binding, FrameMetadata, Kind, Outcome
from capture_agent.seal import LandingKey, seal, sender_tag_key, trusted_landing_key
from capture_agent.upload import Outgoing, Uploader, UploadError
from recall_assets.errors import RecallError
from recall_assets.importers.dated_images import DatedImage, Undated
from recall_assets.records import RECALL_NAMESPACE


@dataclass(slots=True)
class Sent:
    """What became of a folder's pictures; `first` and `last` are when the sent ones were taken."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    problems: list[Undated] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None


def send_images(
    images: Iterable[DatedImage],
    deployment_id: str,
    *,
    url: str,
    token: str,
    keys: Path,
    advance: Callable[[], None],
) -> Sent:
    """Sends pictures as frames of a deployment.

    Args:
        keys: the folder of this sender's keys.

    Raises:
        RecallError: the server takes nothing more; what it has taken stays.
    """
    sent, underway = Sent(), list[DatedImage]()
    tag_key = sender_tag_key(keys)
    try:
        with Uploader(url, token) as uploader:
            landing_key = trusted_landing_key(uploader.landing_key())
            items = _items(images, deployment_id, landing_key, tag_key, underway, sent)
            for position, (_, answer) in enumerate(uploader.send(items)):
                image = underway[position]
                sent.outcomes[answer.outcome] += 1
                if answer.outcome.settled:
                    sent.first = min(sent.first or image.taken_at, image.taken_at)
                    sent.last = max(sent.last or image.taken_at, image.taken_at)
                else:
                    sent.problems.append(Undated(image.file, f"{answer.outcome}: {answer.reason}"))
                advance()
    except UploadError as error:
        raise RecallError(error.problem, f"{error.remedy} Then run the import again.") from error
    return sent


def _items(
    images: Iterable[DatedImage],
    deployment_id: str,
    to: LandingKey,
    tag_key: bytes,
    underway: list[DatedImage],
    sent: Sent,
) -> Iterator[Outgoing]:
    for image in images:
        try:
            payload = image.file.read_bytes()
        except OSError as error:
            sent.problems.append(Undated(image.file, f"it cannot be read: {error.strerror}"))
            continue
        at = image.taken_at
        natural = f"images/{deployment_id}/{at.timestamp():.6f}/{image.file.name}"
        offset = at.utcoffset() or timedelta()
        binding = Binding(Kind.FRAME, deployment_id, uuid5(RECALL_NAMESPACE, natural), at, offset, 0)
        told = FrameMetadata(trigger="import", imported_id=image.file.name)
        sealed = seal(binding, at, told, payload, to=to, tag_key=tag_key)
        underway.append(image)
        yield Outgoing(sealed.header, sealed.envelope)
