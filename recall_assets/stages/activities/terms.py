"""What a frame tells about its purpose: terms, each `kind:value`, with a weight.

    window title ─┬─► ticket:ABC-12  series:ABC  repository:orchard  channel:#ops  name:vat  phrase:Vat rounding
    url ──────────┼─► host:docs.example  path:invoices  repository:orchard  name:invoices
    text, speech ─┴─► ticket: series: repository: person: (as far as `known_names` says so)  word:rounding

A `name` is a word of a title or an address, which are exact. Kinds are few and general: no name of a product, company
or person stands in a rule here. A term's value keeps the casing of the screen where it is a name; words are lower-case
stems. Weights are those of one frame; how rare a term is gets judged by `vectors`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

from recall_assets.records import Frame
from recall_assets.stages.activities.chrome import Chrome
from recall_assets.stages.activities.known_names import KnownNames, named_by
from recall_assets.stages.activities.mentions import Mention, mentions
from recall_assets.stages.activities.vocabulary import (
    GENERIC_TITLES,
    INTERFACE,
    PLAIN_PATHS,
    SERVICES,
    SHELVES,
    STOPWORDS,
)
from recall_assets.stages.addresses import split_address

# How much each kind says about a purpose. What names a purpose outweighs what names a document.
KIND_WEIGHT: Mapping[str, float] = {
    "ticket": 3.0,
    "series": 3.0,
    "repository": 4.0,
    "channel": 2.0,
    "host": 1.5,
    "path": 1.5,
    "person": 1.0,
    "name": 2.0,
    "word": 2.0,
    "phrase": 1.0,  # a title's part as it stands, for names of projects; never compared
}

NOT_NAMES = GENERIC_TITLES | SERVICES | SHELVES
IN_TITLE = 4  # times a name on screen
OTHER_SCREEN = 0.3  # weight of words on a monitor that has no active window

_ACCOUNT = re.compile(r"\S+@\S+")
_FILE_ENDING = re.compile(r"\.[a-zA-Z]\w{1,4}$")
_WORD = re.compile(r"[^\W\d_]{3,}")


def terms_of(frame: Frame, chrome: Chrome, names: KnownNames) -> dict[str, float]:
    """The terms of one frame with their weights; empty where a frame shows nothing that can be read."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KIND_WEIGHT}
    _read_title(frame, chrome, names, counts)
    _read_url(frame.url or "", names, counts)
    lines = chrome.own_lines(frame)
    own_screen = not frame.windows or any(window.active for window in frame.windows)
    if own_screen:
        _count((mention for line in lines for mention in mentions(line)), names, counts, times=1)
    for word in _WORD.findall("\n".join(lines)):
        if (stemmed := stem(word)) is not None:
            counts["word"][stemmed] += 1
    return _weighed(counts, {"word": 1.0 if own_screen else OTHER_SCREEN})


def spoken_terms(texts: Sequence[str], names: KnownNames) -> dict[str, float]:
    """The terms of what was said, with their weights; a name counts where a screen of the day confirms it."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KIND_WEIGHT}
    _count((mention for text in texts for mention in mentions(text)), names, counts, times=1)
    for word in _WORD.findall("\n".join(texts)):
        if (stemmed := stem(word)) is not None:
            counts["word"][stemmed] += 1
    return _weighed(counts, {})


def _weighed(counts: Mapping[str, Counter[str]], share: Mapping[str, float]) -> dict[str, float]:
    return {
        f"{kind}:{value}": KIND_WEIGHT[kind] * share.get(kind, 1.0) * (1.0 + math.log2(count))
        for kind, values in counts.items()
        for value, count in values.items()
    }


def names_purpose(word: str) -> bool:
    """Whether a word of a title or an address can name a purpose, rather than a kind of page, program or folder."""
    return word.lower() not in NOT_NAMES and stem(word) is not None


def _read_title(frame: Frame, chrome: Chrome, names: KnownNames, counts: Mapping[str, Counter[str]]) -> None:
    _count(mentions(frame.window_title or ""), names, counts, times=IN_TITLE)
    service = _service_labels(split_address(frame.url).hostname or "")
    for part in chrome.own_title(frame):
        phrase = _FILE_ENDING.sub("", _ACCOUNT.sub(" ", part)).strip(" :")
        telling = [word for word in _WORD.findall(phrase.lower()) if word not in service and names_purpose(word)]
        for word in telling:
            stemmed = stem(word) or word
            counts["name"][stemmed] += 1
            counts["word"][stemmed] += 2
        if telling:
            counts["phrase"][phrase] = 1


def _read_url(url: str, names: KnownNames, counts: Mapping[str, Counter[str]]) -> None:
    split = split_address(url)
    if not split.hostname:
        return
    host = split.hostname.removeprefix("www.")
    if not _service_labels(host):
        counts["host"][host] += 1
        _name(host.rpartition(".")[0], counts)
    for part in [unquote(part).lower() for part in split.path.split("/") if part][:3]:
        if part not in PLAIN_PATHS and part not in GENERIC_TITLES and re.fullmatch(r"[a-z][a-z_.-]{2,30}", part):
            counts["path"][part] += 1
            _name(part, counts)
    _count(named_by(url), names, counts, times=IN_TITLE)


def _count(found: Iterable[Mention], names: KnownNames, counts: Mapping[str, Counter[str]], times: int) -> None:
    for mention in found:
        if value := names.resolve(mention):
            counts[mention.kind][value] += times
            if times == IN_TITLE and mention.kind in {"repository", "channel"}:
                _name(value, counts)


def _service_labels(host: str) -> frozenset[str]:
    """The labels of a host that serves every purpose, among them whose it is; none of any other host."""
    labels = frozenset(host.split(".")[:-1])
    return labels if labels & SERVICES else frozenset()


def _name(value: str, counts: Mapping[str, Counter[str]]) -> None:
    """A name of several parts counts by each of them: #orchard-ops is a channel of orchard."""
    for word in _WORD.findall(value.lower()):
        if names_purpose(word):
            counts["name"][stem(word) or word] += 1


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
