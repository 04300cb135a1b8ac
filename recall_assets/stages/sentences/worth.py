"""How much a passage of the screen tells a person who reads it next week.

    File  Edit  View  Help                        ~0     menus, tabs, names of buttons
    for line in lines: total += line.net           low   punctuation of code
    Due 20 November 2026                           good  a date, an amount, a ticket, a result
    Could you round the total before 23:30?        best  a sentence that says something, with its particulars

Form counts, not vocabulary: the rules know no application and no person.
"""

import re

from recall_assets.stages.sentences.words import tokens_of

_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zäé]*"
_DATE = (
    rf"\b\d{{1,2}}\.?\s{_MONTH}\b | \b{_MONTH}\s\d{{1,2}}\b | \b\d{{4}}-\d\d-\d\d\b | \b\d\d?[./]\d\d?[./]\d{{2,4}}\b"
)
_UNIT = (
    r"%|°C|[munk]?s|min|h|hours?|minutes?|days?|weeks?|months?|years?|times?|people|pages?|[mk]?g|[cmk]?m|m?l|[kmgt]i?b"
)
_MONEY = r"[€$£¥]\s?\d[\d.,]* | \d[\d.,]*\s?(?:€|£|\$|euro\b|(?-i:[A-Z]{3})\b)"
_MEASURE = rf"\b\d+(?:[.,]\d+)?\s?(?:percent|{_UNIT})(?!\w)"
_CLOCK = r"\b\d{1,2}:\d\d\b"
# What may change while a sentence stays the same: amounts, measures, dates, times. A verbose pattern.
MEASURES = rf"(?:{_DATE}) (?:,?\s\d{{4}}\b)? | {_MONEY} | {_MEASURE} | {_CLOCK}"
_PARTICULARS = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        _MONEY,
        _MEASURE,
        _DATE,
        _CLOCK,
        r"(?-i:\b[A-Z][A-Z0-9]{1,9}-\d[\d-]+\b) | (?<!\w)[#!]\d+",  # a ticket, an invoice, a merge request
        r"\b\d+[.,]\d+\b",  # a decimal
    )
)
_DATED = re.compile(_DATE, re.IGNORECASE | re.VERBOSE)
_MEASURED = re.compile("|".join(f"(?:{rule.pattern})" for rule in (*_PARTICULARS[:2], *_PARTICULARS[4:])), re.I | re.X)
_OUTCOME = re.compile(
    r"\b(?:fail(?:s|ed|ure)?|pass(?:es|ed)?|errors?|fix(?:es|ed)?|due|deadline|agreed?|decided?|must|should|until|before"
    r"|total|approved?|rejected|confirmed|cancell?ed|released?|merged?|commit|because|instead|please|next|todo|expected"
    r"|done|ready|order(?:ed)?|paid|meeting|call)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S+@\S+\.\w+|\w+://\S+|\b(?:[\w-]+\.){2,}[a-z]{2,}\S*")
_FILE = re.compile(r"(?<!\S)\S*?[\w~]/\S+|\b[\w-]+\.[a-z]\w{0,4}(?![\w.])")
_OPAQUE = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f-]{18,}\b|\b(?:0x)?[0-9a-f]{12,}\b|\S{40,}|(?:[r-][w-][x-]){3}", re.IGNORECASE
)
_CODE = re.compile(r"[{}()\[\]=<>;|\\~^*]|::|->|--|\w/\w+[/.]")
# A call, a quoted argument, options, the start or end of a statement: not words for a reader.
_STATEMENT = re.compile(
    r"\w\([\w.]+,\s|\w\(\)|[(\[,=]\s?[\"'‘’“”][^\"'‘’“”]*[\"'‘’“”]\s?[)\],]|[)\w]\s*[;{]$|\)\s*:$|->"
    r"|\s--?[a-z][\w-]*(?=\s|;|$)"
    r"|^[+-]?\s*(?:def|class|func|function|const|let|var|import|#include|return)\s|\bfrom\s\S+\simport\b|[\"']{3}|@@|\\\w"
)
_OPEN_ENDED = re.compile(
    r"(?:\.\.\.|…|,|\b(?:a|an|the|of|and|or|to|in|on|at|for|with|by|from|is|are|was|that|der|die|das|und))$"
)
_CALENDAR = re.compile(rf"^(?:{_MONTH}|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|today|yesterday|am|pm)$", re.IGNORECASE)
_SMALL = frozenset("Iayà")  # words of one letter
_MARK = "[REDACTED:"


def worth(text: str) -> float:
    """The worth of a passage: 0 (nothing) to about 3; above 1 it is worth quoting."""
    if _MARK in text or _OPAQUE.search(text):
        return 0.0
    bare = _ADDRESS.sub(" ", text)
    tokens = tokens_of(bare)
    telling = [token for token in dict.fromkeys(tokens_of(_FILE.sub(" ", bare))) if _is_telling(token)]
    if len(telling) < 2:
        return 0.0
    particulars = min(3, sum(bool(pattern.search(bare)) for pattern in _PARTICULARS))
    score = _length(len(tokens)) + 0.35 * particulars + 0.35 * bool(_OUTCOME.search(bare)) + _sentence(text, tokens)
    return score * _noise(bare, tokens) * _furniture(text, telling, particulars)


def has_particular(text: str) -> bool:
    """Whether an amount, measure, date, time, ticket or decimal stands in it."""
    return any(pattern.search(text) for pattern in _PARTICULARS)


def has_date(text: str) -> bool:
    """Whether a date stands in it that is the same whenever it is read: `20 November`, not `Friday`."""
    return bool(_DATED.search(text))


def _is_telling(token: str) -> bool:
    return sum(map(str.isalpha, token)) > 2 and not _CALENDAR.match(token)


def _length(count: int) -> float:
    """A line of 6 to 25 words can be read alone; shorter and longer ones less so."""
    return min(1.0, count / 6) if count <= 25 else max(0.4, 25 / count)


def _sentence(text: str, tokens: list[str]) -> float:
    """Lower-case words in a row, a first capital, an end: somebody wrote this for a reader."""
    lower = sum(token.islower() for token in tokens)
    if len(tokens) < 5 or lower < len(tokens) / 2:
        return 0.0
    return 0.2 + 0.3 * (text[-1] in ".!?") + 0.2 * text[0].isupper()


def _noise(text: str, tokens: list[str]) -> float:
    """What punctuation of code, crumbs of icons and cut words leave of the worth: 0..1."""
    pieces = text.split()
    crumbs = sum(
        not any(map(str.isalnum, piece)) or (len(piece) == 1 and piece.isalpha() and piece not in _SMALL)
        for piece in pieces
    )
    code = len(_CODE.findall(text)) / max(1, len(tokens))
    is_code = code > 0.5 or (text[-1] not in ".!?" and _STATEMENT.search(text))
    clean = max(0.0, 1 - 2.5 * crumbs / len(pieces)) * (0.35 if is_code else 0.7 if code > 0.25 else 1.0)
    return clean * (0.4 if _OPEN_ENDED.search(text.rstrip().lower()) else 1.0)


def _furniture(text: str, telling: list[str], particulars: int) -> float:
    """Menus, tabs and headings are capitalised and say no particular; a few words beside a time head a message."""
    if text[-1] in ".!?" or _OUTCOME.search(text):
        return 1.0
    capitals = sum(token[0].isupper() for token in telling) / len(telling)
    if not particulars:
        return 0.35 if len(telling) <= 3 or capitals >= (0.7 if len(telling) <= 8 else 0.9) else 1.0
    return 0.35 if len(telling) <= 3 and not _MEASURED.search(text) else 1.0
