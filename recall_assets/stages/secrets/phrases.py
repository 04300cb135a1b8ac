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
from itertools import accumulate, takewhile
from operator import and_
from unicodedata import normalize

from mnemonic import Mnemonic

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_word
from recall_assets.stages.secrets.views import lower_case
from recall_assets.stages.secrets.vocabulary import BACKUP_LABEL, ONE_TIME_LABEL, SEED_LABEL, SETUP_KEY_LABEL

_LANGUAGES = ("english", "spanish", "french", "italian", "portuguese", "czech", "turkish", "russian")
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_MISREAD_L = re.compile(r"(?<=[a-z])I|(?<![^\W_])I(?=[a-z])")
_SEPARATOR = re.compile(r"[ \n,;.|]*(?:\d{1,2}[.):]?[ \n]*)?")
_FEWEST, _FEWEST_LABELLED, _LONGEST = 11, 4, 26
_SEED = re.compile(rf"(?:{SEED_LABEL})[^\n\d]{{0,30}}?\s*[:=\n]\s*[\"']?")
_BACKUP = re.compile(rf"(?:{BACKUP_LABEL})(?P<explained>[^\n:=]{{0,60}}[:=]?)")
_ROW = re.compile(r"[^\n]+")
_CODE_ROW = re.compile(
    r"[ ]*(?:(?:\d{1,2}[.):]|[•*·☐□-]|\[.?\])[ ])?"
    r"[\"'€£¢©]?[A-Za-z0-9]+(?:[ ,;\"'-]{1,6}(?:\d{1,2}[.):][ ])?[A-Za-z0-9]+)*[ ,;\"']*"
)
_GROUPED_CODE = re.compile(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){2,}|[a-z0-9]{5}(?:-[a-z0-9]{5})+")
_IN_SENTENCES = frozenset(
    [
        "the",
        "and",
        "of",
        "is",
        "to",
        "in",
        "a",
        "an",
        "for",
        "on",
        "with",
        "was",
        "be",
        "it",
        "that",
        "der",
        "die",
        "das",
        "und",
        "ist",
        "le",
        "les",
        "et",
        "est",
        "el",
        "los",
        "y",
    ]
)
_FURTHEST = 240  # explanations between label and codes
_D = "[0-9OoIlSBZ]"  # digits as OCR reads them
_DIGITS = rf"(?:[A-Z]{{1,3}}-)?(?:\d{_D}{_D}[ -]?{_D}{{3,5}}|{_D}{{4,8}}|\d(?: \d){{3,7}})"
_NO_MORE = r"(?!\w|[.:/-]\d|,\d{3}(?!\d)|[ ]?(?:px|ms|%|min|sec|hour|day|character|digit|zeichen|stellig))"
_IS = r"(?:[:=#>-]|\b(?:is|ist|lautet|est|es|è|é|of|er|är|to|jest)\b|\n|[ ])"
_YOUR = r"(?:your|the|ihr|dein|votre|ton|su|tu|il tuo|o seu|je|uw|din|ditt)"
_ONE_TIME = re.compile(rf"(?:{ONE_TIME_LABEL})(?![a-z])")  # in lower case
_AFTER_LABEL = re.compile(rf"[^\n\d]{{0,40}}?{_IS}\s{{0,6}}(?P<value>{_DIGITS}){_NO_MORE}")
_BEFORE_LABEL = re.compile(
    rf"(?<![\w.,:/-])(?P<value>{_DIGITS})\s+(?:(?:is|ist|est|es|è|é|-|as)\s+(?:{_YOUR}\s+)?|"
    rf"{_YOUR}\s+)(?:[\w.-]+\s+){{0,3}}$"
)
_YOUR_CODE = re.compile(
    rf"(?i:\b(?:your|the|this|enter|use|type|ihr|dein|votre|ton|su|tu|il tuo|uw|je|din)"
    rf"\s(?:[\w-]+\s){{0,2}}(?:code|código|codice|kod)\b"
    rf"[^\n\d]{{0,16}}?{_IS})\s{{0,6}}(?P<value>\d{{6}}|\d{{3}}[ -]\d{{3}}|\d{{8}}){_NO_MORE}"
)
_TO_SIGN_IN = re.compile(
    r"(?i)\b(?:use|enter|type)\s(?P<value>\d{3}[ -]?\d{3}|\d{4}|\d{8})\s(?:to|as|for)\s(?:[\w-]+\s){0,3}?"
    r"(?:sign|log|login|verify|confirm|authenticate|reset|code)\b"
)
_WALLET_KEY = re.compile(r"(?<![A-Za-z0-9])(?:5[1-9A-HJ-NP-Za-km-z]{50}|[KL][1-9A-HJ-NP-Za-km-z]{51})(?![A-Za-z0-9])")
_SETUP = re.compile(SETUP_KEY_LABEL)  # in lower case
_SETUP_KEY = re.compile(
    r"[^\n]{0,40}?[\s:=]\s*(?P<value>(?:[A-Z2-7]{4}[ ]?){4,16}[A-Z2-7=]{0,8}|"
    r"(?:[a-z2-7]{4}[ ]?){4,16}[a-z2-7=]{0,8})(?![A-Za-z])"
)
_LONE_SETUP_KEY = re.compile(
    r"(?:^|(?<=[\s=]))(?P<value>[A-Z2-7]{32}|[A-Z2-7]{52}|[A-Z2-7]{26}|[A-Z2-7]{16})(?=[\s&]|$)"
)


def find_phrases(text: str) -> list[Finding]:
    """Seed phrases, backup codes, one-time codes and their setup keys in a straightened text; may overlap."""
    lower = lower_case(text)
    return [
        *_seed_phrases(text, lower),
        *_backup_codes(text, lower),
        *_one_time_codes(text, lower),
        *_setup_keys(text, lower),
    ]


@cache
def seed_words() -> dict[str, int]:
    """Each word of the BIP-39 lists that are written in an alphabet, with a bit for each list that holds it."""
    words: dict[str, int] = {}
    for bit, language in enumerate(_LANGUAGES):
        for listed in Mnemonic(language).wordlist:
            word = normalize("NFC", listed)  # screens show composed letters, the lists hold decomposed ones
            words[word] = words.get(word, 0) | 1 << bit
    return words


def _seed_phrases(text: str, lower: str) -> list[Finding]:
    words = list(_WORD.finditer(text))
    lists = _lists(words)
    findings = _labelled_phrases(text, lower)
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
    texts = [normalize("NFC", _with_l(word.group()).lower()) for word in words]
    lists = [known.get(text, 0) for text in texts]
    for i in range(len(texts) - 1):
        if words[i + 1].start() - words[i].end() <= 1 and not (lists[i] and lists[i + 1]):
            together = known.get(texts[i] + texts[i + 1], 0)
            lists[i], lists[i + 1] = lists[i] | together, lists[i + 1] | together
    return lists


def _with_l(word: str) -> str:
    """A capital I beside small letters is an l that was misread: `doIphin`, `Iadder`; no word of a list begins so."""
    return _MISREAD_L.sub("l", word)


def _adjoin(text: str, left: "re.Match[str]", right: "re.Match[str]") -> bool:
    return _SEPARATOR.fullmatch(text, left.end(), right.start()) is not None and right.start() - left.end() <= 8


def _labelled_phrases(text: str, lower: str) -> list[Finding]:
    findings = []
    for label in _SEED.finditer(lower):
        at, end, count = label.end(), label.end(), 0
        first = label.end()
        while count < 2 * _LONGEST:
            separator = _SEPARATOR.match(text, at)
            word = _WORD.match(text, separator.end() if separator else at)
            if (
                word is None
                or not _with_l(word.group()).islower()
                or word.group() in _IN_SENTENCES
                or (count and word.start() - end > 8)
            ):
                break
            first = word.start() if count == 0 else first
            at = end = word.end()
            count += 1
        end = end if count >= 12 else _end_of_beginning(text, first, end)
        if end > first:
            findings.append(Finding(first, end, "seed_phrase", "phrase/labelled", 0.9))
    return findings


def _end_of_beginning(text: str, start: int, end: int) -> int:
    """Where the first words of a phrase end whose others lie outside of the window; `start` if those are none.

    They are of one list, and the last one may be cut.
    """
    words = list(_WORD.finditer(text, start, end))
    count = sum(1 for _ in takewhile(bool, accumulate(_lists(words), and_)))
    if count < _FEWEST_LABELLED:
        return start
    cut = count < len(words) and any(word.startswith(words[count].group().lower()) for word in seed_words())
    return words[count if cut else count - 1].end()


def _backup_codes(text: str, lower: str) -> list[Finding]:
    findings = []
    for label in _BACKUP.finditer(lower):
        first, last, length = None, label.end(), 0
        beside = _ROW.match(text, label.start("explained"))  # `Recovery code 807cc-51bb8` explains nothing
        at = beside.start() if beside and _is_code_row(beside.group()) else label.end()
        for row in _ROW.finditer(text, at):
            if row.start() > at + _FURTHEST and first is None:
                break
            shown = row.group().strip()
            # A row among codes that is as long as they are is one whose signs were misread: `€27b3e-967b3e`.
            misread = first is not None and abs(len(shown) - length) <= 1 and any(c.isdigit() for c in shown)
            same_shape = first is not None and _shape(shown) == _shape(text[first:last].split("\n")[-1].strip())
            if misread or same_shape or _is_code_row(row.group()):
                first = row.start() + row.group().index(shown) if first is None else first
                last, length = row.start() + len(row.group().rstrip()), len(shown)
            elif first is not None:
                break
        if first is not None:
            findings.append(Finding(first, last, "backup_code", "phrase/backup-codes", 0.85))
    return findings


def _is_code_row(row: str) -> bool:
    return _CODE_ROW.fullmatch(row) is not None and _has_code(row)


def _shape(row: str) -> str:
    """`injms-grw1x` and `rjwdf-zmkqh` have one: groups of as many letters and digits; a word is its own."""
    return re.sub(r"[A-Za-z0-9]", "a", row) if re.search(r"\w-\w", row) else row


def _has_code(row: str) -> bool:
    """A part of the row has a digit and is long enough, and no part is a word of a sentence."""
    if _GROUPED_CODE.fullmatch(row.strip()) and any(c.isdigit() for c in row):
        return True
    packed = re.sub(r"[ -]", "", row)
    words = [piece for piece in re.findall(r"[^\W_]+", row) if len(piece) > 3 + piece.isupper() and is_word(piece)]
    if any(len(word) > 5 for word in words):
        return False
    return len(packed) >= 6 and any(c.isdigit() for c in packed) and 3 * sum(map(len, words)) <= len(packed)


def _one_time_codes(text: str, lower: str) -> list[Finding]:
    matches = [*_YOUR_CODE.finditer(text), *_TO_SIGN_IN.finditer(text)]
    for label in _ONE_TIME.finditer(lower):
        after = _AFTER_LABEL.match(text, label.end())
        before = _BEFORE_LABEL.search(text, max(0, label.start() - 60), label.start())
        matches.extend(match for match in (after, before) if match)
    return [
        Finding(*match.span("value"), "one_time_code", "phrase/one-time-code", 0.8)
        for match in matches
        if _is_one_time_code(match["value"])
    ]


def _is_one_time_code(value: str) -> bool:
    number = value.split("-")[-1] if value[0].isalpha() else value
    digits = sum(c.isdigit() for c in number)
    letters = sum(c.isalpha() for c in number)
    return digits >= 4 and letters <= 1 and not re.fullmatch(r"(?:19|20)\d\d", value)


def _setup_keys(text: str, lower: str) -> list[Finding]:
    findings = [
        Finding(
            match.start("value"),
            match.start("value") + len(match["value"].rstrip()),
            "totp_seed",
            "phrase/setup-key",
            0.9,
        )
        for label in _SETUP.finditer(lower)
        if (match := _SETUP_KEY.match(text, label.end())) and len(set(match["value"])) > 5
    ]
    for match in _LONE_SETUP_KEY.finditer(text):
        value = match["value"]
        if 1 < sum(c.isdigit() for c in value) < len(value) // 2 and len(set(value)) > 8:
            findings.append(Finding(*match.span("value"), "totp_seed", "phrase/base32", 0.6))
    findings.extend(Finding(*m.span(), "private_key", "phrase/wallet-key", 0.8) for m in _WALLET_KEY.finditer(text))
    return findings
