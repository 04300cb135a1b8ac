"""A project's name, read from its terms: what people themselves call it on screen, in their casing.

    repository ─► words that its titles share ─► ticket series ─► topic word ─► person ─► host     the first there is

    "Kitchen worktops", "Offer: kitchen worktops oak", "Oak oil"  ─►  Kitchen worktops

Never a file name or a program; a host only where nothing else is known. Parts of people's names are no topic.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from recall_assets.stages.activities.terms import names_purpose, stem

UNTITLED = "Untitled"

ENOUGH = 0.2  # of the heaviest term: a repository below it is only mentioned
PASSING = 0.03  # of the heaviest term: what titles show less than that does not name a project
LONGEST = 3  # words
LONGER = 0.6  # worth of each further word, if the titles share it as well

_WORD = re.compile(r"[^\W\d_]{3,}")
_BETWEEN_WORDS = re.compile(r"[ _-]+")


def name_of(terms: Mapping[str, float]) -> str:
    """A short name; `UNTITLED` where the terms say nothing."""
    if has_repository(terms):
        return _heaviest(terms, "repository")[0]
    people = _heaviest(terms, "person")
    parts = {part.lower() for person in people for part in person.split()}
    if shared := _shared_words(terms, parts):
        return shared[0].upper() + shared[1:]
    topic = [
        word.capitalize()
        for word in [*_heaviest(terms, "name", PASSING * _most(terms)), *_heaviest(terms, "word")]
        if not any(part.startswith(word) for part in parts)
    ]
    rest = [*_heaviest(terms, "series"), *topic, *people, *_heaviest(terms, "host")]
    return rest[0] if rest else UNTITLED


def has_repository(terms: Mapping[str, float]) -> bool:
    """Whether a repository is shown so much that it is what the terms are about."""
    repositories = _heaviest(terms, "repository")
    return bool(repositories) and terms[f"repository:{repositories[0]}"] >= ENOUGH * _most(terms)


def _shared_words(terms: Mapping[str, float], people: set[str]) -> str | None:
    """The words in a row that weigh most: how much they are shown, and how much each tells of the purpose."""
    worth: dict[str, float] = defaultdict(float)
    shown: dict[str, float] = defaultdict(float)
    written: dict[str, str] = {}
    for phrase in _heaviest(terms, "phrase"):
        for words in set(_rows(phrase, people)):
            row = " ".join(words)
            telling = sum(terms.get(f"name:{stem(word)}", 0.0) for word in words) / len(words)
            shown[row.lower()] += terms[f"phrase:{phrase}"]
            written.setdefault(row.lower(), row)
            worth[row.lower()] += terms[f"phrase:{phrase}"] * telling * (1 + LONGER * (len(words) - 1))
    fit = [row for row in sorted(worth) if worth[row] and shown[row] >= PASSING * _most(terms)]
    return written[max(fit, key=lambda row: worth[row])] if fit else None


def _rows(phrase: str, people: set[str]) -> Iterator[tuple[str, ...]]:
    """The telling words of a phrase, alone and with those that follow without another between."""
    found = list(_WORD.finditer(phrase))
    joined = [bool(_BETWEEN_WORDS.fullmatch(phrase[one.end() : other.start()])) for one, other in pairwise(found)]
    words = [match.group() for match in found]
    fit = [names_purpose(word) and word.lower() not in people for word in words]
    for first in range(len(words)):
        for after in range(first + 1, min(first + LONGEST, len(words)) + 1):
            if not fit[after - 1] or not all(joined[first : after - 1]):
                break
            yield tuple(words[first:after])


def _most(terms: Mapping[str, float]) -> float:
    return max((weight for term, weight in terms.items() if not term.startswith("phrase:")), default=0.0)


def _heaviest(terms: Mapping[str, float], kind: str, least: float = 0.0) -> list[str]:
    """The values of a kind that weigh at least that much, heaviest first."""
    found = sorted((-weight, term) for term, weight in terms.items() if term.startswith(f"{kind}:") and weight >= least)
    return [term.partition(":")[2] for _, term in found]
