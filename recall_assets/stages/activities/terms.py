"""What a frame tells about its purpose: terms, each `kind:value`, with a weight.

    window title ─┬─► ticket:ABC-12  series:ABC  repository:orchard  channel:#ops  person:Ada Byron  title:vat
    url ──────────┼─► host:docs.example  path:invoices  repository:orchard
    text ─────────┴─► ticket: series: repository: person:  word:rounding

Kinds are few and general: no name of a product, company or person stands in a rule here. A term's value keeps the
casing of the screen where it is a name; words are lower-case stems. Weights are those of one frame; how rare a term
is gets judged by `vectors`.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from recall_assets.records import Frame
from recall_assets.stages.activities.chrome import Chrome
from recall_assets.stages.activities.vocabulary import (
    CODE_PATHS,
    GENERIC_TITLES,
    INTERFACE,
    NORMS,
    PLAIN_PATHS,
    SERVICES,
    SHELVES,
    STOPWORDS,
)

# How much each kind says about a purpose. What names a purpose outweighs what names a document.
KIND_WEIGHT: Mapping[str, float] = {
    "ticket": 3.0,
    "series": 3.0,
    "repository": 4.0,
    "channel": 2.0,
    "host": 1.5,
    "path": 1.5,
    "person": 1.0,
    "title": 2.0,
    "word": 2.0,
}

# Look like tickets, name standards: an abridged list of prefixes of norms, encodings, algorithms and models.
_TICKET = re.compile(r"(?<![\w/-])([A-Z][A-Z]{1,9})-(\d{1,6})(?![\w-])")
_REFERENCE = re.compile(r"(?<![\w/-])([A-Z]{2,6})-\d{4}-\d{2,6}(?![\w-])")
OTHER_SCREEN = 0.3  # weight of words on a monitor that has no active window

_WORD = re.compile(r"[^\W\d_]{3,}")
_PERSON = re.compile(r"(?<![\w.])([A-Z][a-zà-ÿ]{2,14}) ([A-Z][a-zà-ÿ]{2,17})(?![\w])")
_CHANNEL = re.compile(r"(?<![\w&#/])#([a-z][a-z0-9_-]{2,40})\b")
_FOLDER = re.compile(r"(?:~|/home/[^/\s]+|/Users/[^/\s]+|[A-Z]:\\Users\\[^\\\s]+)[/\\]((?:[\w.@-]+[/\\]?)+)")
_EDITOR_FOLDER = re.compile(r"[\[(](?:~|/)[/\\]?([\w./\\ -]+)[\])]")
_FILE = re.compile(r"^[*●•]?\s*[\w .@+-]*\w\.[a-z]\w{0,5}\b", re.IGNORECASE)

# Folders that hold repositories, rather than being one; then the parts of a code host's addresses.


def terms_of(frame: Frame, chrome: Chrome) -> dict[str, float]:
    """The terms of one frame with their weights; empty where a frame shows nothing that can be read."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KIND_WEIGHT}
    _read_title(frame.window_title or "", chrome.own_title(frame), counts)
    _read_url(frame.url or "", counts)
    lines = chrome.own_lines(frame)
    own_screen = not frame.windows or any(window.active for window in frame.windows)
    if own_screen:
        _read_names("\n".join(lines), counts, times=1)
    for word in _WORD.findall("\n".join(lines)):
        if (stemmed := stem(word)) is not None:
            counts["word"][stemmed] += 1
    share = {"word": 1.0 if own_screen else OTHER_SCREEN}
    return {
        f"{kind}:{value}": KIND_WEIGHT[kind] * share.get(kind, 1.0) * (1.0 + math.log2(count))
        for kind, values in counts.items()
        for value, count in values.items()
    }


def kind_of(term: str) -> str:
    """The kind of a term."""
    return term.partition(":")[0]


def value_of(term: str) -> str:
    """The value of a term as it stood on the screen."""
    return term.partition(":")[2]


def _read_title(title: str, own_parts: Sequence[str], counts: Mapping[str, Counter[str]]) -> None:
    _read_names(title, counts, times=4)
    for word in _WORD.findall(" ".join(own_parts)):
        if word.lower() not in GENERIC_TITLES and (stemmed := stem(word)) is not None:
            counts["title"][stemmed] += 1
            counts["word"][stemmed] += 2


def _read_url(url: str, counts: Mapping[str, Counter[str]]) -> None:
    split = urlsplit(url)
    if not split.hostname:
        return
    host = split.hostname.removeprefix("www.")
    if not SERVICES.intersection(host.split(".")[:-1]):
        counts["host"][host] += 1
    parts = [unquote(part) for part in split.path.split("/") if part]
    lowered = [part.lower() for part in parts]
    for position, part in enumerate(lowered):
        if part in CODE_PATHS and position:
            if before := [name for name in lowered[:position] if name != "-"]:
                counts["repository"][before[-1]] += 1
            break
    for part in lowered[:3]:
        if part not in PLAIN_PATHS and part not in GENERIC_TITLES and re.fullmatch(r"[a-z][a-z_.-]{2,30}", part):
            counts["path"][part] += 1
    _read_names(" ".join(parts), counts, times=4)


def _read_names(text: str, counts: Mapping[str, Counter[str]], times: int) -> None:
    for prefix, number in _TICKET.findall(text):
        if prefix not in NORMS:
            counts["ticket"][f"{prefix}-{number}"] += times
            counts["series"][prefix] += times
    for prefix in _REFERENCE.findall(text):
        if prefix not in NORMS:
            counts["series"][prefix] += times
    for channel in _CHANNEL.findall(text):
        counts["channel"][f"#{channel}"] += times
    for first, last in _PERSON.findall(text):
        counts["person"][f"{first} {last}"] += times
    for folder in [*_FOLDER.findall(text), *_EDITOR_FOLDER.findall(text)]:
        for part in re.split(r"[/\\]", folder):
            if part and part.lower() not in SHELVES and not part.startswith("."):
                if not _FILE.match(part):
                    counts["repository"][part.lower()] += times
                break


@lru_cache(maxsize=200_000)
def stem(word: str) -> str | None:
    """The lower-case word without a common English or German ending; none for a word that says nothing."""
    lowered = word.lower()
    if len(lowered) < 3 or lowered in STOPWORDS or lowered in INTERFACE:
        return None
    for ending in ("ings", "ing", "ies", "ied", "edly", "ed", "es", "s", "en", "ly"):
        if lowered.endswith(ending) and len(lowered) - len(ending) >= 4:
            return lowered[: -len(ending)] + ("y" if ending in {"ies", "ied"} else "")
    return lowered
