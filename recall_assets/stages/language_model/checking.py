"""What of a model's answer is kept: sentences that rest on cards that exist, and say nothing that those do not.

    not JSON of that form                                     ─► nothing: the default summary stays
    a card that does not exist, or none                       ─► dropped: source
    a secret, an address, markup, invisible letters           ─► dropped: secret, address, markup, control_characters
    a number or a name that none of its cards has             ─► dropped: unsupported
    mostly words that none of its cards has                   ─► dropped: unsupported
    said twice                                                ─► dropped: repeated

The first check of a sentence that fails names it; the order is from form to content.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recall_assets.records import Sentence
from recall_assets.stages.activities.terms import stem
from recall_assets.stages.language_model.asking import LONGEST_SENTENCE, MOST_SENTENCES, MOST_SOURCES, Card
from recall_assets.stages.secrets import detect
from recall_assets.stages.sentences.support import unsupported
from recall_assets.stages.sentences.words import words_of

# Of the telling words of a sentence; the rest joins them (finished, morning).
LEAST_KNOWN_WORDS = 0.5
_SHORTEST = 4  # words

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|javascript|data):|\S@\S+\.\w", re.IGNORECASE)
_MARKUP = re.compile(r"[<>`{}|]|\]\(|^\s*#|\*\*")
_FENCED = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentences that may be kept, and how many were dropped by why; `broken` where it was no answer at all."""

    sentences: tuple[Sentence, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)
    broken: bool = False


def checked(answer: str, cards: Sequence[Card]) -> Checked:
    """What of an answer may be kept."""
    said = _said(answer)
    if said is None:
        return Checked(broken=True)
    known = {card.id: card for card in cards}
    kept: list[Sentence] = []
    dropped: Counter[str] = Counter()
    for item in said[:MOST_SENTENCES]:
        wrong, sentence = _judged(item, known)
        if sentence is None:
            dropped[wrong] += 1
        elif any(words_of(sentence.text) == words_of(other.text) for other in kept):
            dropped["repeated"] += 1
        else:
            kept.append(sentence)
    if len(said) > MOST_SENTENCES:
        dropped["too_many"] += len(said) - MOST_SENTENCES
    return Checked(tuple(kept), dropped)


def _said(answer: str) -> list[Any] | None:
    fenced = _FENCED.match(answer)
    try:
        found = json.loads(fenced.group(1) if fenced else answer)
    except (ValueError, RecursionError):
        return None
    said = found.get("sentences") if isinstance(found, dict) else None
    return said if isinstance(said, list) and said else None


def _judged(item: Any, cards: Mapping[str, Card]) -> tuple[str, Sentence | None]:
    """Why an item of an answer is dropped, or the sentence that is kept."""
    if not isinstance(item, dict) or not isinstance(item.get("text"), str) or not isinstance(item.get("sources"), list):
        return "form", None
    text = " ".join(item["text"].split())
    names = item["sources"]
    if not names or len(names) > MOST_SOURCES or not all(isinstance(name, str) and name in cards for name in names):
        return "source", None
    own = [cards[name] for name in dict.fromkeys(names)]
    wrong = _wrong_form(text) or _wrong_content(text, own)
    if wrong:
        return wrong, None
    # What the cards rest on, the activities first: each of them is told of.
    rests = dict.fromkeys([*(card.rests[0] for card in own), *(one for card in own for one in card.rests[1:])])
    return "", Sentence(text, tuple(rests)[:MOST_SOURCES], "inference")


def _wrong_form(text: str) -> str | None:
    if len(text) > LONGEST_SENTENCE or len(text.split()) < _SHORTEST:
        return "length"
    if not text.isprintable():  # direction overrides and invisible letters: they make text read other than it is
        return "control_characters"
    if detect(text) or "[REDACTED" in text:
        return "secret"
    if _ADDRESS.search(text):
        return "address"
    return "markup" if _MARKUP.search(text) else None


def _wrong_content(text: str, cards: Sequence[Card]) -> str | None:
    evidence = [says for card in cards for says in card.says]
    if unsupported(text, evidence):
        return "unsupported"
    told = {stem(word) for says in evidence for word in words_of(says)}
    words = {stemmed for word in words_of(text) if word.isalpha() and (stemmed := stem(word)) is not None}
    return "unsupported" if len(words & told) < LEAST_KNOWN_WORDS * len(words) else None
