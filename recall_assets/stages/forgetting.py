"""What an order to forget covers, where its words are known only by digests.

    rule    laptop   09:00 ────────── 12:00    app ▒▒   url ▒▒ ▒▒   text ▒▒ ▒▒ ▒▒     ▒ a keyed digest of a word
    seen    laptop       [──────────────────]  "Mail"   "https://mail.example/inbox"  "… the quarterly offer …"
                                                words of each, in a row ─► digests ─► as the rule has them?

All that a rule says must hold; a part that it leaves out holds for anything. Words are compared whole and without
regard to case, so `offer` is not in `offers`, and `mail.example` is in `https://mail.example/inbox`. What was chosen
before the order was carried out, and what arrives years later, is judged by this one rule.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recall_assets.errors import InputError
from recall_assets.records import ForgetRule, SoughtWords

_WORD = re.compile(r"[^\W_]+")
_DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, heard or said from `start` to `end`, both included; sound and chats have no app and no address."""

    deployment_id: str | None  # None: of no machine in particular
    start: datetime
    end: datetime
    apps: Sequence[str | None] = field(default=(), repr=False)
    urls: Sequence[str | None] = field(default=(), repr=False)
    texts: Sequence[str | None] = field(default=(), repr=False)


def words_of(text: str) -> list[str]:
    """The words of a text, in its order, as they are compared."""
    return [word.lower() for word in _WORD.findall(text)]


def digest(word: str, key: bytes) -> bytes:
    """What a rule keeps of a word; nobody without the key can try words against it."""
    return hashlib.blake2b(word.encode(), key=key, digest_size=_DIGEST_BYTES).digest()


def sought(text: str, key: bytes) -> SoughtWords:
    """The words of an order, as rules keep them.

    Raises:
        InputError: there is no word in the text.
    """
    words = words_of(text)
    if not words:
        raise InputError("There is no word to look for.", "Give at least one letter or digit.")
    return tuple(digest(word, key) for word in words)


class Judge:
    """Says which of some rules covers something; remembers digests, since texts repeat their words."""

    def __init__(self, rules: Iterable[ForgetRule], key: bytes) -> None:
        self.rules = tuple(rules)
        self._key = key
        self._digests: dict[str, bytes] = {}

    def rule_for(self, seen: Seen) -> ForgetRule | None:
        """The first rule that covers what was seen; None where it may stay."""
        return next((rule for rule in self.rules if self._covers(rule, seen)), None)

    def says(self, text: str) -> bool:
        """Whether a text says the words that one of the rules forbids, whenever that was."""
        return any(rule.text is not None and self._stands_in(rule.text, text) for rule in self.rules)

    def _covers(self, rule: ForgetRule, seen: Seen) -> bool:
        return (
            rule.deployment_id in (None, seen.deployment_id)
            and (rule.from_at is None or seen.end >= rule.from_at)
            and (rule.to_at is None or seen.start < rule.to_at)
            and all(
                words is None or self._stands(words, where)
                for words, where in ((rule.app, seen.apps), (rule.url, seen.urls), (rule.text, seen.texts))
            )
        )

    def _stands(self, words: SoughtWords, where: Iterable[str | None]) -> bool:
        return any(self._stands_in(words, text) for text in where if text)

    def _stands_in(self, words: SoughtWords, text: str) -> bool:
        found = [self._digest(word) for word in words_of(text)]
        first, length = words[0], len(words)
        return any(
            one == first and tuple(found[place : place + length]) == words
            for place, one in enumerate(found[: len(found) - length + 1])
        )

    def _digest(self, word: str) -> bytes:
        known = self._digests.get(word)
        if known is None:
            known = self._digests[word] = digest(word, self._key)
        return known
