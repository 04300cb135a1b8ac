"""Redacted images as objects of an S3-compatible bucket, in place of files.

    s3://<bucket>/<prefix>/frames/<yyyy>/<mm>/<dd>/<deployment>/<frame id>.webp     the same names as below frames/
        put answers 200 ─► the image is as durable as that store makes it; half an image is never to be seen

What names are ours and what an image file is, is `store.frame_files`; nothing else calls this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from recall_assets.errors import EngineError
from recall_assets.home import Bucket

# A reader of images waits for it; a store that is away fails the run, which is repeated, rather than one frame.
_PATIENCE = timedelta(seconds=30)
_FOLDER = "frames"


def put(bucket: Bucket, ref: str, content: bytes) -> None:
    """Stores an image; when this returns, the store has promised to keep it.

    Raises:
        EngineError: the store is away or refuses.
    """
    with _told(bucket):
        obstore.put(_store(bucket), f"{_FOLDER}/{ref}", content)


def get(bucket: Bucket, ref: str) -> bytes | None:
    """The bytes of an image; None where there is none.

    Raises:
        EngineError: the store is away or refuses.
    """
    with _told(bucket):
        try:
            return bytes(obstore.get(_store(bucket), f"{_FOLDER}/{ref}").bytes())
        except (NotFoundError, FileNotFoundError):
            return None


def delete(bucket: Bucket, ref: str) -> None:
    """Removes an image; one that is gone already is no error.

    Raises:
        EngineError: the store is away or refuses.
    """
    with _told(bucket):
        try:
            obstore.delete(_store(bucket), f"{_FOLDER}/{ref}")
        except (NotFoundError, FileNotFoundError):
            return


def refs(bucket: Bucket) -> Iterator[str]:
    """The reference of every image in the bucket, in no order.

    Raises:
        EngineError: the store is away or refuses.
    """
    with _told(bucket):
        for batch in obstore.list(_store(bucket), prefix=_FOLDER):
            yield from (meta["path"].removeprefix(f"{_FOLDER}/") for meta in batch)


def keeps_versions(bucket: Bucket) -> bool:
    """Whether the bucket keeps what is overwritten or deleted; tries writing, reading and deleting on the way.

    Raises:
        EngineError: the store is away or refuses one of them.
    """
    store, probe = _store(bucket), f"probe/{uuid4()}"
    with _told(bucket):
        result = obstore.put(store, probe, b"recall")
        obstore.get(store, probe).bytes()
        obstore.delete(store, probe)
    return result["version"] is not None


@lru_cache(maxsize=4)
def _store(bucket: Bucket) -> S3Store:
    """One client a process and bucket; it keeps its connections."""
    options: dict[str, str] = {"aws_region": bucket.region}
    if bucket.endpoint:
        options["aws_endpoint"] = bucket.endpoint
    if bucket.key_id:
        options |= {"aws_access_key_id": bucket.key_id, "aws_secret_access_key": bucket.secret_key}
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        config=options,  # type: ignore[arg-type]
        client_options={"allow_http": bucket.endpoint.startswith("http://"), "timeout": _PATIENCE},
        retry_config={"max_retries": 5, "retry_timeout": _PATIENCE},
    )


@contextmanager
def _told(bucket: Bucket) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise EngineError(
            f"The bucket {bucket} cannot be used: {reason}",
            "Check frames_url, frames_endpoint and its keys.",
        ) from None
