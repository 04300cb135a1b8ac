"""Secrets made of words or short codes: seed phrases, backup codes, one-time codes.

Secret Recovery Phrase            two of three words or more stand in a BIP-39 list, and they are 11 or more in a row;
arm afford absent ahead ai sle…   beside a label any 12 to 25 words do
Backup codes                      codes of one shape below their label
6e5d6-bd05d  3bcf4-723f6
Your code is 482 913              4 to 8 digits beside their label
"""

import re
from functools import cache

from mnemonic import Mnemonic

from recall_assets.records import Finding
from recall_assets.stages.secrets.vocabulary import BACKUP_LABEL, ONE_TIME_LABEL, SEED_LABEL, SETUP_KEY_LABEL

_LANGUAGES = ("english", "spanish", "french", "italian", "portuguese", "czech", "turkish", "russian")
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"[ \n,;.|]*(?:\d{1,2}[.):]?[ \n]*)?")
_FEWEST, _LONGEST = 11, 26
_CODE = (
    r"(?:[A-Za-z0-9]{3,8}(?:[ ]?-[ ]?[A-Za-z0-9]{3,8}){1,5}|[A-Z0-9]{8,16}|[a-z0-9]{8,16}|\d{3,4}[ ]\d{3,4}|\d{6,10})"
)
_CODES = re.compile(rf"(?:{_CODE})(?:[\s,;•*]{{1,8}}(?:\d{{1,2}}[.):][ ])?(?:{_CODE})){{0,24}}")
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
def seed_words() -> frozenset[str]:
    """Every word of the BIP-39 lists that are written in an alphabet."""
    return frozenset(word for language in _LANGUAGES for word in Mnemonic(language).wordlist)


def _seed_phrases(text: str) -> list[Finding]:
    words = list(_WORD.finditer(text))
    listed = _listed(words)
    findings = []
    start = 0
    while start < len(words):
        end, known = start, 0
        while (
            end < len(words)
            and end - start <= 2 * _LONGEST
            and (end == start or _adjoin(text, words[end - 1], words[end]))
        ):
            if not listed[end] and end >= start + 2 and not (listed[end - 1] or listed[end - 2]):
                break
            known += listed[end]
            end += 1
        while end > start and not listed[end - 1]:
            end -= 1
        if listed[start] and known >= _FEWEST and known >= 0.85 * (end - start):
            findings.append(Finding(words[start].start(), words[end - 1].end(), "seed_phrase", "phrase/bip39", 0.9))
            start = end
        else:
            start += 1
    findings.extend(_labelled_phrases(text))
    return findings


def _listed(words: list["re.Match[str]"]) -> list[bool]:
    """Whether each word stands in a list, or gives one of it together with its neighbour, cut by OCR."""
    known = seed_words()
    texts = [word.group().lower() for word in words]
    listed = [text in known for text in texts]
    for i in range(len(texts) - 1):
        close = words[i + 1].start() - words[i].end() <= 1
        if close and texts[i] + texts[i + 1] in known:
            listed[i] = listed[i + 1] = True
    return listed


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
    for label in re.finditer(
        rf"(?i)(?:{BACKUP_LABEL})[^\n]{{0,60}}(?:\n[^\n]*[a-z]{{3}} [^\n]*){{0,3}}[\n:=]\s*[\"'\[(]*", text
    ):
        codes = _CODES.match(text, label.end())
        if codes and any(c.isdigit() for c in codes.group()) and not re.fullmatch(r"\d{1,5}", codes.group()):
            findings.append(
                Finding(
                    codes.start(), _last_code(codes.group()) + codes.start(), "backup_code", "phrase/backup-codes", 0.85
                )
            )
    return findings


def _last_code(codes: str) -> int:
    """The end of the last one that has a digit: a word below the codes may have the shape of one."""
    last = 0
    for code in re.finditer(_CODE, codes):
        if any(c.isdigit() for c in code.group()):
            last = code.end()
    return last


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
