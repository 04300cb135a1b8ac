"""Secrets made of words or short codes: seed phrases, backup codes, one-time codes.

Secret Recovery Phrase            two of three words or more stand in a BIP-39 list, and they are 11 or more in a row;
arm afford absent ahead ai sle…   beside a label any 12 to 25 words do
Backup codes                      codes of one shape below their label
6e5d6-bd05d  3bcf4-723f6
Your code is 482 913              4 to 8 digits beside their label
"""

import re
from collections.abc import Iterator
from functools import cache

from mnemonic import Mnemonic

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_word
from recall_assets.stages.secrets.vocabulary import BACKUP_LABEL, ONE_TIME_LABEL, SEED_LABEL, SETUP_KEY_LABEL

_LANGUAGES = ("english", "spanish", "french", "italian", "portuguese", "czech", "turkish", "russian")
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"[ \n,;.|]*(?:\d{1,2}[.):]?[ \n]*)?")
_FEWEST, _LONGEST = 11, 26
_BACKUP = re.compile(rf"(?i)(?:{BACKUP_LABEL})[^\n:=]{{0,60}}[:=]?")
_ROW = re.compile(r"[^\n]+")
_CODE_ROW = re.compile(
    r"[ ]*(?:(?:\d{1,2}[.):]|[•*·☐□-]|\[.?\])[ ])?[\"']?[A-Za-z0-9]+(?:[ ,;\"'-]{1,6}(?:\d{1,2}[.):][ ])?[A-Za-z0-9]+)*[ ,;\"']*"
)
_FURTHEST = 240  # explanations between label and codes
_ONE_TIME_AFTER = re.compile(
    rf"(?i)(?:{ONE_TIME_LABEL})\b[^\n\d]{{0,40}}?(?:[:=#>-]|\b(?:is|ist|lautet|est|es|è|é)\b|\n|[ ])\s{{0,6}}"
    r"(?P<value>(?:[A-Z]{1,3}-)?\d{3}[ -]?\d{3,5}|\d{4,8}|\d(?: \d){3,7})(?![\d.,:/]*\d|[ ]?(?:px|ms|%|min|sec|hour|day|character|digit|zeichen|stellig))"
)
_ONE_TIME_BEFORE = re.compile(
    rf"(?i)(?<![\d.,:/-])(?P<value>(?:[A-Z]{{1,3}}-)?\d{{3}}[ -]?\d{{3,5}}|\d{{4,8}})\s+(?:is|ist|est|es|è|é|как|-|as)?\s*(?:your|the|ihr|dein|votre|ton|su|tu|il tuo|o seu|je|uw|din|ditt|as your)?\s*(?:[\w.-]+\s+){{0,3}}(?:{ONE_TIME_LABEL})\b"
)
_SETUP_KEY = re.compile(
    rf"(?i:{SETUP_KEY_LABEL})[^\n]{{0,40}}?[\s:=]\s*(?P<value>(?:[A-Z2-7]{{4}}[ ]?){{4,16}}[A-Z2-7=]{{0,8}}|(?:[a-z2-7]{{4}}[ ]?){{4,16}}[a-z2-7=]{{0,8}})(?![A-Za-z])"
)
_LONE_SETUP_KEY = re.compile(
    r"(?:^|(?<=[\s=]))(?P<value>[A-Z2-7]{32}|[A-Z2-7]{52}|[A-Z2-7]{26}|[A-Z2-7]{16})(?=[\s&]|$)"
)


def find_phrases(text: str) -> list[Finding]:
    """Seed phrases, backup codes, one-time codes and their setup keys in a straightened text; may overlap."""
    return [*_seed_phrases(text), *_backup_codes(text), *_one_time_codes(text), *_setup_keys(text)]


@cache
def seed_words() -> dict[str, int]:
    """Each word of the BIP-39 lists that are written in an alphabet, with a bit for each list that holds it."""
    words: dict[str, int] = {}
    for bit, language in enumerate(_LANGUAGES):
        for word in Mnemonic(language).wordlist:
            words[word] = words.get(word, 0) | 1 << bit
    return words


def _seed_phrases(text: str) -> list[Finding]:
    words = list(_WORD.finditer(text))
    lists = _lists(words)
    findings = _labelled_phrases(text)
    start = 0
    for start, end in _runs(text, words, lists):
        of_one = max(sum(mask >> bit & 1 for mask in lists[start:end]) for bit in range(len(_LANGUAGES)))
        if of_one >= _FEWEST and of_one >= 0.85 * (end - start):
            findings.append(Finding(words[start].start(), words[end - 1].end(), "seed_phrase", "phrase/bip39", 0.9))
    return findings


def _runs(text: str, words: list["re.Match[str]"], lists: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of adjoining words, begun and ended by listed ones, without two unlisted ones in a row."""
    start = 0
    for i in range(1, len(words) + 1):
        over = i == len(words) or not _adjoin(text, words[i - 1], words[i])
        if over or (not lists[i] and not lists[i - 1]):
            first, last = start, i
            while first < last and not lists[first]:
                first += 1
            while last > first and not lists[last - 1]:
                last -= 1
            if last - first >= _FEWEST:
                yield first, last
            start = i


def _lists(words: list["re.Match[str]"]) -> list[int]:
    """The lists of each word; of two neighbours that OCR cut apart, those of the word that they make together."""
    known = seed_words()
    texts = [word.group().lower() for word in words]
    lists = [known.get(text, 0) for text in texts]
    for i in range(len(texts) - 1):
        if words[i + 1].start() - words[i].end() <= 1 and not (lists[i] and lists[i + 1]):
            together = known.get(texts[i] + texts[i + 1], 0)
            lists[i], lists[i + 1] = lists[i] | together, lists[i + 1] | together
    return lists


def _adjoin(text: str, left: "re.Match[str]", right: "re.Match[str]") -> bool:
    return _SEPARATOR.fullmatch(text, left.end(), right.start()) is not None and right.start() - left.end() <= 8


def _labelled_phrases(text: str) -> list[Finding]:
    findings = []
    for label in re.finditer(rf"(?i)(?:{SEED_LABEL})[^\n]{{0,30}}?\s*[:=\n]\s*[\"']?", text):
        at, end, count = label.end(), label.end(), 0
        first = label.end()
        while count < 2 * _LONGEST:
            separator = _SEPARATOR.match(text, at)
            word = _WORD.match(text, separator.end() if separator else at)
            if word is None or not word.group().islower() or (count and word.start() - end > 8):
                break
            first = word.start() if count == 0 else first
            at = end = word.end()
            count += 1
        if count >= 12:
            findings.append(Finding(first, end, "seed_phrase", "phrase/labelled", 0.9))
    return findings


def _backup_codes(text: str) -> list[Finding]:
    findings = []
    for label in _BACKUP.finditer(text):
        first, last = None, label.end()
        for row in _ROW.finditer(text, label.end()):
            if row.start() > label.end() + _FURTHEST and first is None:
                break
            if _CODE_ROW.fullmatch(row.group()) and _has_code(row.group()):
                first = row.start() + len(row.group()) - len(row.group().lstrip()) if first is None else first
                last = row.start() + len(row.group().rstrip())
            elif first is not None:
                break
        if first is not None:
            findings.append(Finding(first, last, "backup_code", "phrase/backup-codes", 0.85))
    return findings


def _has_code(row: str) -> bool:
    """A part of the row has a digit and is long enough, and no part is a word of a sentence."""
    packed = re.sub(r"[ -]", "", row)
    words = [piece for piece in re.findall(r"[^\W_]+", row) if len(piece) > 3 and is_word(piece)]
    return len(packed) >= 6 and any(c.isdigit() for c in packed) and 3 * sum(map(len, words)) <= len(packed)


def _one_time_codes(text: str) -> list[Finding]:
    return [
        Finding(*match.span("value"), "one_time_code", "phrase/one-time-code", 0.8)
        for pattern in (_ONE_TIME_AFTER, _ONE_TIME_BEFORE)
        for match in pattern.finditer(text)
        if not re.fullmatch(r"(?:19|20)\d\d", match["value"])
    ]


def _setup_keys(text: str) -> list[Finding]:
    findings = [
        Finding(
            match.start("value"),
            match.start("value") + len(match["value"].rstrip()),
            "totp_seed",
            "phrase/setup-key",
            0.85,
        )
        for match in _SETUP_KEY.finditer(text)
        if len(set(match["value"])) > 5
    ]
    for match in _LONE_SETUP_KEY.finditer(text):
        value = match["value"]
        if 1 < sum(c.isdigit() for c in value) < len(value) // 2 and len(set(value)) > 8:
            findings.append(Finding(*match.span("value"), "totp_seed", "phrase/base32", 0.6))
    return findings
