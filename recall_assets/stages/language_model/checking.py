"""What of a model's answer is kept: items that rest on cards that exist, and say nothing that those do not.

    not JSON of that form                                     ─► nothing: what rules made stays
    a card that does not exist, or none                       ─► dropped: source
    a kind that was not asked for                             ─► dropped: form
    a secret, an address, markup, invisible letters           ─► dropped: secret, address, markup, control_characters
    a number or a name that none of its cards has             ─► dropped: unsupported
    many words that none of its cards has                     ─► dropped: unsupported
    another number beside a word, a denial that no card has   ─► dropped: twisted
    said twice                                                ─► dropped: repeated

The first check of an item that fails names it; the order is from form to content. The same checks judge what was kept
before when its cards have changed.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recall_assets.records import Sentence, Source
from recall_assets.stages.activities.terms import stem
from recall_assets.stages.language_model.asking import Card, Form, Limits, Prompt
from recall_assets.stages.language_model.twisting import twists
from recall_assets.stages.secrets import detect
from recall_assets.stages.sentences.support import unsupported
from recall_assets.stages.sentences.words import words_of

# Of the telling words of a text; the rest joins them (finished, morning).
LEAST_KNOWN_WORDS = 0.7

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|javascript|data):|\S@\S+\.\w", re.IGNORECASE)
_MARKUP = re.compile(r"[<>`{}|]|\]\(|^\s*#|\*\*")
_OVERLAID = re.compile("[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_FENCED = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One item that may be kept, with its cards in the order in which it named them."""

    kind: str
    text: str
    cards: tuple[Card, ...]

    def rests(self, most: int) -> tuple[Source, ...]:
        """What it rests on, what each card is of first: each of them is told of."""
        own = dict.fromkeys(card.rests[0] for card in self.cards)
        return tuple(own | dict.fromkeys(one for card in self.cards for one in card.rests[1:]))[:most]

    def sentence(self, most: int = 5) -> Sentence:
        """The same as a sentence of a summary."""
        return Sentence(self.text, self.rests(most), "inference")


@dataclass(frozen=True, slots=True)
class Checked:
    """The items that may be kept, and how many were dropped by why; `broken` where it was no answer at all."""

    said: tuple[Said, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)
    broken: bool = False


def checked(answer: str, prompt: Prompt) -> Checked:
    """What of an answer may be kept."""
    form = prompt.form
    said = _said(answer, form.name)
    if said is None:
        return Checked(broken=True)
    known = {card.id: card for card in prompt.cards}
    kept: list[Said] = []
    dropped: Counter[str] = Counter()
    for item in said[: form.most]:
        wrong, one = _judged(item, form, known)
        if one is None:
            dropped[wrong] += 1
        elif any((one.kind, _same(one)) == (other.kind, _same(other)) for other in kept):
            dropped["repeated"] += 1
        else:
            kept.append(one)
    if len(said) > form.most:
        dropped["too_many"] += len(said) - form.most
    return Checked(tuple(kept), dropped)


def wrong_with(text: str, limits: Limits, says: Sequence[str]) -> str | None:
    """Why a text may not stand as something that these say; None where it may."""
    return _wrong_form(text, limits) or _wrong_content(text, says)


def _same(one: Said) -> object:
    return words_of(one.text) or [card.id for card in one.cards]


def _said(answer: str, name: str) -> list[Any] | None:
    fenced = _FENCED.match(answer)
    try:
        found = json.loads(fenced.group(1) if fenced else answer)
    except (ValueError, RecursionError):
        return None
    said = found.get(name) if isinstance(found, dict) else None
    return said if isinstance(said, list) and said else None


def _judged(item: Any, form: Form, cards: Mapping[str, Card]) -> tuple[str, Said | None]:
    """Why an item of an answer is dropped, or what of it is kept."""
    if not isinstance(item, dict) or not isinstance(item.get("sources"), list):
        return "form", None
    kind = item.get("kind") if len(form.kinds) > 1 else next(iter(form.kinds))
    written = item.get("text") if form.has_text else ""
    if not isinstance(kind, str) or kind not in form.kinds or not isinstance(written, str):
        return "form", None
    names = item["sources"]
    if not names or len(names) > form.most_sources or not all(isinstance(one, str) and one in cards for one in names):
        return "source", None
    own = tuple(cards[name] for name in dict.fromkeys(names))
    text, limits = " ".join(written.split()), form.kinds[kind]
    if limits.longest:
        own = _needed(text, own) or own
    wrong = wrong_with(text, limits, [says for card in own for says in card.says]) if limits.longest else None
    return (wrong, None) if wrong else ("", Said(kind, text, own))


def _wrong_form(text: str, limits: Limits) -> str | None:
    if len(text) > limits.longest or len(text.split()) < limits.fewest_words:
        return "length"
    # Direction overrides, invisible letters and strokes through others make text read other than it is.
    if not text.isprintable() or _OVERLAID.search(unicodedata.normalize("NFC", text)):
        return "control_characters"
    if detect(text) or "[REDACTED" in text:
        return "secret"
    if _ADDRESS.search(text):
        return "address"
    return "markup" if _MARKUP.search(text) else None


def _wrong_content(text: str, says: Sequence[str]) -> str | None:
    if unsupported(text, says):
        return "unsupported"
    told = {stem(word) for one in says for word in words_of(one)}
    words = _telling(text)
    if len(words & told) < LEAST_KNOWN_WORDS * len(words):
        return "unsupported"
    return "twisted" if twists(text, says) else None


def _telling(text: str) -> set[str]:
    return {stemmed for word in words_of(text) if word.isalpha() and (stemmed := stem(word)) is not None}


def _needed(text: str, cards: Sequence[Card]) -> tuple[Card, ...]:
    """Of the cards that an item names those that say something of it that the others do not."""
    claimed = words_of(text)
    says = {card.id: claimed & {word for one in card.says for word in words_of(one)} for card in cards}
    covered: set[str] = set()
    kept = set[str]()
    for card in sorted(cards, key=lambda card: -len(says[card.id])):
        if says[card.id] - covered:
            covered |= says[card.id]
            kept.add(card.id)
    return tuple(card for card in cards if card.id in kept)
