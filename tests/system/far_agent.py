"""`python -m tests.system.far_agent FOLDER WORD ...`: what the agent's machine does, one word at a time.

enrol LINK             credentials are kept in FOLDER
upload [URL]           one frame, sealed and sent; to another address than the credentials' where one is named
get URL                a plain request, as of any program

Prints one line: what came of it.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid5

import httpx

from capture_agent.credentials import read_credentials
from capture_agent.enrolling import enrol_machine
from capture_agent.enrolment import EnrolmentError
from capture_agent.protocol import Binding, FrameMetadata, Kind
from capture_agent.seal import seal, trusted_landing_key
from capture_agent.upload import Outgoing, Patience, Uploader, UploadError
from recall_assets.records import RECALL_NAMESPACE

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def _enrol(folder: Path, link: str) -> str:
    return enrol_machine(link, folder / "credentials", deployment="laptop", timezone="Europe/Berlin").url


def _upload(folder: Path, url: str | None = None) -> str:
    kept = read_credentials(folder / "credentials")
    with Uploader(url or kept.url, kept.token, authority=kept.ca, patience=Patience(attempts=1)) as uploader:
        key = trusted_landing_key(uploader.landing_key(), bytes.fromhex(kept.identity))
        binding = Binding(Kind.FRAME, kept.deployment, uuid5(RECALL_NAMESPACE, "far"), NOON, timedelta())
        sealed = seal(binding, NOON, FrameMetadata(app="mail"), b"image", to=key, tag_key=bytes(32))
        [(_, outcome)] = uploader.send([Outgoing(sealed.header, sealed.envelope)])
    return outcome.outcome.value


def _get(_folder: Path, url: str) -> str:
    return str(httpx.get(url, timeout=3, trust_env=False, verify=False).status_code)


def main(folder: str, word: str, *words: str) -> None:
    """Does it, and prints the line."""
    does: dict[str, Callable[..., str]] = {"enrol": _enrol, "upload": _upload, "get": _get}
    try:
        print(does[word](Path(folder), *words))
    except (EnrolmentError, UploadError, httpx.TransportError) as error:
        print(f"refused: {type(error).__name__}: {str(error)!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
