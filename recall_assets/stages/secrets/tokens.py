"""The token engine: kingfisher's rules for the formats of known providers, run inside this process.

    text ─► utf-8 ─► kingfisher scan ─► byte spans ─► character spans ─► Finding

Only its scanner is used. Its validator and revoker would send a secret to its provider and are never imported.
"""

import re
from bisect import bisect_left
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate
from typing import TYPE_CHECKING

from recall_assets.errors import EngineError
from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_placeholder

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

# Of an address with a password in it the rest is worth reading.
_CREDENTIALS = re.compile(r"[a-zA-Z][\w+.-]*://[^\s/@:]*:(?P<value>[^\s@]{4,})@[\w.-]+(?:[:/?][^\s@]*)?")
DISTRIBUTION = "kingfisher-secret-scanner"
_CONFIDENCE = {"low": 0.6, "medium": 0.8, "high": 0.95}


def engine_version() -> str:
    """The installed release of the token engine.

    Raises:
        EngineError: it is not installed; without it secrets would stay readable, so nothing may start.
    """
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError as error:
        raise _missing(error) from error


@cache
def scanner() -> "Scanner":
    """The one scanner of this process; its compiled rules (no scan results) are kept in the user's cache folder.

    Raises:
        EngineError: the wheel is missing for this platform, or does not load.
    """
    try:
        from kingfisher_sdk import DetectionPolicy, Scanner
    except ImportError as error:
        raise _missing(error) from error
    # By default the words `kingfisher:ignore` on a screen, or markup around a value, would switch detection off.
    return Scanner(policy=DetectionPolicy(inline_ignores=False, markup_context=False))


def find_tokens(text: str) -> list[Finding]:
    """What the token engine sees in the text, in its order; may overlap."""
    found = [finding for finding in scanner().scan(text) if finding.visible]
    if not found:
        return []
    byte_at = list(accumulate((len(character.encode()) for character in text), initial=0))
    findings = []
    for finding in found:
        location = finding.location
        start, end = (bisect_left(byte_at, location[key]) for key in ("start_offset", "end_offset"))
        address = _CREDENTIALS.fullmatch(text, start, end)
        start, end = address.span("value") if address else (start, end)
        if start < end and not is_placeholder(text[start:end]):
            confidence = _CONFIDENCE.get(finding.confidence, 0.6)
            findings.append(Finding(start, min(end, len(text)), _kind(finding.rule_id), finding.rule_id, confidence))
    return findings


def _missing(error: Exception) -> EngineError:
    return EngineError(
        f"The secret scanner cannot be loaded ({DISTRIBUTION}: {type(error).__name__}).",
        f"Install it with `pip install {DISTRIBUTION}`; on a platform without its wheel Recall cannot read screens.",
    )


def _kind(rule_id: str) -> str:
    for part, kind in (("private", "private_key"), ("password", "password"), ("webhook", "webhook"), ("jwt", "token")):
        if part in rule_id.lower():
            return kind
    return "api_key" if "key" in rule_id.lower() else "token"
