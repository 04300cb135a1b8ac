"""Finds secrets as they are said: digits read out, passwords spelled or spoken as words behind their label.

    said     my card is four two four two, double four 11 ...      the password is harbor ninety-two kestrel.
    digits   my card is 42424411...   ─► the rules for screens     └ label ┘    └ words, to the sentence's end ┘

What a screen's rules find in the words as they stand is found too. English and German number words are known. A
password of plain words that make a phrase of their own (`on the sticky note`) is not told from talk about one.
"""

import re
from collections.abc import Iterator

from recall_assets.records import Finding
from recall_assets.stages.secrets import detect, merge
from recall_assets.stages.secrets import vocabulary as say
from recall_assets.stages.secrets.redaction import MARK
from recall_assets.stages.secrets.views import View

_UNITS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh null",
            "one eins",
            "two zwei zwo",
            "three drei",
            "four vier",
            "five fünf",
            "six sechs",
            "seven sieben",
            "eight acht",
            "nine neun",
        )
    )
    for word in words.split()
}
_TEEN_WORDS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TEENS = {word: str(10 + place) for place, word in enumerate(_TEEN_WORDS.split())}
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 20 + 10 * place for place, word in enumerate(_TENS_WORDS.split())}
_TIMES = {"double": 2, "triple": 3, "doppel": 2}
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,.\-–—]{1,4}")
# Fewer digits are a count, a price or a year; where a label asks for them, the plain text has them as digits anyway.
_FEWEST_DIGITS = 4

_IS = r"(?:is|was|will be|are|reads|equals|ist|lautet|war)"
_LABELLED = re.compile(
    rf"(?i)\b(?P<label>(?P<password>{say.PASSWORDS})|(?:{say.KEYS}))\b(?:[ ][\w-]+){{0,3}}?[ ]{_IS}[ ,:]+"
    r"(?P<value>[^.!?…\n]*)"
)
# Said digits are misheard, doubled and dropped, so that a check digit proves nothing: beside such a label all count.
_NUMBERED = re.compile(
    r"(?i)\b(?P<label>(?:credit |debit |bank)?card|kreditkarte|karte|account|konto|iban|social security|ssn|passport)\b"
    r"(?:[ ,:]+(?!and\b|or\b)[a-zäöü]+){0,4}?[ ,:]+(?P<value>\d[\d ,-]{7,})(?<=\d)"
)
_FEWEST_OF_ACCOUNTS = 9

_SPELLING_WORDS = """
    capital uppercase lowercase underscore dash hyphen hash hashtag dollar ampersand asterisk slash backslash colon
    percent exclamation at dot plus equals bracket großes kleines groß klein unterstrich minus raute bindestrich
    """
_SPELLING = frozenset(_SPELLING_WORDS.split())
# Words of talk about a password; a sentence with one of them behind `is` says how it is, not what it is.
_TALK_WORDS = """
    a an the this that these those it its my your our their his her in on at under over of for from to by with as than
    not no never always still just only also now already again too very really quite so yet and or but if because since
    when where which who what why how being been be are was were has have had do does did can could should must may will
    would need needed needs required wrong right correct incorrect invalid valid expired missing empty weak strong long
    short changed reset stored saved set sent written known shared gone lost the same different new old easy hard safe
    ein eine einen der die das den dem im in am auf unter nicht kein keine noch schon falsch richtig abgelaufen ungültig
    """
_TALK = frozenset(_TALK_WORDS.split())
_LONGEST_PHRASE = 8


def detect_spoken(text: str) -> list[Finding]:
    """The secrets in what was said, sorted, without overlap."""
    findings = [*detect(text), *_spelled(text)]
    digits = _digits(text)
    for finding in (*(detect(digits.text) if digits.text != text else ()), *_numbered(digits.text)):
        start, end = digits.span(finding.start, finding.end)
        findings.append(Finding(start, end, finding.kind, finding.rule, finding.confidence))
    marks = [mark.span() for mark in MARK.finditer(text)]
    return merge(one for one in findings if not any(one.start < end and start < one.end for start, end in marks))


def _spelled(text: str) -> Iterator[Finding]:
    for match in _LABELLED.finditer(text):
        value = match["value"].rstrip(" ,;")
        words = [word.lower() for word in re.findall(r"[\w'’]+", value)]
        if not words:
            continue
        letters = sum(len(word) == 1 or word in _SPELLING or word.isdigit() or _is_number(word) for word in words)
        phrase = 2 <= len(words) <= _LONGEST_PHRASE and not _TALK.intersection(words)
        if match["password"] and (letters >= 2 or phrase or (letters and not _TALK.intersection(words))):
            yield Finding(match.start("value"), match.start("value") + len(value), "password", "spoken/password", 0.8)
        elif not match["password"] and letters >= 4:
            yield Finding(match.start("value"), match.start("value") + len(value), "token", "spoken/key", 0.7)


def _numbered(digits: str) -> Iterator[Finding]:
    for match in _NUMBERED.finditer(digits):
        if sum(map(str.isdigit, match["value"])) >= _FEWEST_OF_ACCOUNTS:
            kind = "card" if match["label"].lower().endswith(("card", "karte")) else "national_id"
            kind = "iban" if match["label"].lower() in {"account", "konto", "iban"} else kind
            yield Finding(*match.span("value"), kind, "spoken/number", 0.7)


def _digits(text: str) -> View:
    """The text with runs of digits and number words as digits in one piece."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(piece: str, start: int, end: int) -> None:
        characters.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))

    at = 0
    for start, end, digits in _runs(text):
        for place in range(at, start):
            put(text[place], place, place + 1)
        put(digits, start, end)
        at = end
    for place in range(at, len(text)):
        put(text[place], place, place + 1)
    return View("".join(characters), tuple(starts), tuple(ends))


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers stand one after the other, [start, end), with all their digits; four digits and more."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        number = word.group().isdigit() or _is_number(word.group()) or word.group().lower() in _TIMES
        near = not run or _BETWEEN.fullmatch(text, run[-1].end(), word.start())
        if not (number and near):
            yield from _run(run)
            run = []
        if number:
            run.append(word)
    yield from _run(run)


def _run(words: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    while words and words[-1].group().lower() in _TIMES:
        words = words[:-1]
    digits = _read([word.group().lower() for word in words])
    if len(digits) >= _FEWEST_DIGITS and len(words) > 1:
        yield words[0].start(), words[-1].end(), digits


def _read(words: list[str]) -> str:
    digits, times = "", 1
    for place, word in enumerate(words):
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word in _TENS:
            following = words[place + 1] if place + 1 < len(words) else ""
            said = str(_TENS[word])[0] if _UNITS.get(following, "0") != "0" else str(_TENS[word])
        else:
            said = word if word.isdigit() else _UNITS.get(word) or _TEENS[word]
        digits, times = digits + said * times, 1
    return digits


def _is_number(word: str) -> bool:
    lowered = word.lower()
    return lowered in _UNITS or lowered in _TEENS or lowered in _TENS
