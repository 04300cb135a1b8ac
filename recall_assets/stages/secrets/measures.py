"""How much a piece of text looks like something that a machine drew at random, or like a word.

    registry  Tuesday  CONTINUE        words        one case, or one capital first; letters only
    /home/a/b.txt  v1.2.3  10:42       plain        paths, versions, times, dates, addresses
    ********  <your-key>  changeme     placeholder  stands where a value would stand
    hT7xQ2..  9f2c4b..                 random       classes mixed, few repeats, no words

Rules ask these questions of a candidate; none of them names a kind of secret.
"""

import math
import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[a-z])")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PLACEHOLDER = re.compile(
    r"""(?ix) [*•●·∙.…_x#?-]{3,}                 # dots of a password field, asterisks, xxx, ....
    | <[^<>]*> | \{+[^{}]*\}+ | \[[^\[\]]*\] # <your-key>, {{ value }}, [hidden]
    | \$\{?[A-Za-z_][\w.:-]*\}? | \$[{(].* | %\w+% | @\w+@     # $VARIABLE, ${{ secrets.X }}, %VAR%
    | (?:your|my|the|some|example|sample|dummy|fake|test|insert|enter|replace|change)[-_ ]?\w*
      (?:password|passwort|passwd|token|key|secret|here|value|me|this)\w*
    | (?:change|replace)[-_]?me\d* | n/?a | null | none | nil | undefined | true | false
    | todo | tbd | redacted | hidden
    | user(?:name)? | pass | password | passwd | pwd | secret | token | key | api_?key | ![A-Za-z]{2,16} | xxx+\w*
    | (?:string|str|text|bytes|secretstr|any|varchar|number|int(?:eger)?|bool(?:ean)?|optional)\b.*
    """
)
# A value of code rather than a literal: calls, attribute paths, subscripts.
_CODE = re.compile(
    r"[A-Za-z_][\w.>:-]*\(.*|[A-Za-z_]\w{0,30}(?:(?:\.|->|::)[A-Za-z_]\w{0,30})+(?:\[.*)?|[A-Za-z_]\w*\[.*"
)
_PLAIN = re.compile(
    r"""(?ix) [v€$£+-]?\d+(?:[.,:/x-]\d+)*                   # numbers, versions, times, dates, and with a unit
      (?:%|°?[ckf]|[kmgt]?i?b|[kmg]?hz|px|r?em|vh|vw|pt|dpi|[mnµ]?s|min|h|d|w|[ap]m|k|m|g|x|eur|usd|€)?[.,;:)]*
    | [a-z][a-z0-9+.-]*://\S* | www\.\S+ | arn:\S+ | urn:\S+ # addresses
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}                 # e-mail
    | [\w.-]+@[\w.-]+:[~/]\S*                                # a shell's prompt, a file on another machine
    | ~?/?(?:[\w.-]+/)+[\w.-]*(?:\.[a-z]\w{0,4}|/)            # paths with an ending
    | [\w-]+\.(?:py|js|ts|json|ya?ml|toml|md|txt|csv|pdf|png|jpe?g|log|html?|css|sh|sql|xml|ini|cfg|conf|zip|gz|exe)
    | \d{4}-\d\d-\d\d(?:[T_ ][\d:.,+Z-]*)? | sha\d{1,3}[:=-].* | --?[a-z][\w-]*=.*   # times, digests, options
    | v?\d+(?:\.\d+){1,3}(?:[-+.~](?:rc|alpha|beta|dev|pre|post|build|g(?=[0-9a-f]))[\w.]*)+ # versions of builds
    | \d{1,2}(?:st|nd|rd|th) | utf-?8 | sha-?\d+ | md5 | oauth2?(?:\.\d)? | 2fa | aes-?\d+ | base64 | win32 | x86_64
    | mp[34] | h26[45] | i18n | l10n | k8s | ed25519 | http/\d\S*
    """
)
_BRACKET = re.compile(r"[\[\](){}]")
_TOKEN = re.compile(r"[\w+/=.~|!-]+")
MASKED = re.compile(r"[*•●·∙○◦⚫]{3,}")


def is_word(piece: str) -> bool:
    """Letters only, written as words are: lower, upper or with one capital first; hyphens and apostrophes inside."""
    piece = piece.strip(".,;:!?()[]{}<>\"'|…")
    if not piece:
        return True
    if not _WORD.fullmatch(piece):
        return False
    return all(part.islower() or part.isupper() or part.istitle() for part in re.split("['-]", piece))


def is_plain(value: str) -> bool:
    """A number, version, time, address, path or technical word: nothing drawn at random."""
    return _PLAIN.fullmatch(value) is not None


def is_placeholder(value: str) -> bool:
    """Stands where a value would stand: dots, asterisks, `<your-key>`, `$VARIABLE`, a type, `changeme`."""
    return _PLACEHOLDER.fullmatch(value) is not None or MASKED.search(value) is not None or len(set(value)) < 3


def is_code(value: str) -> bool:
    """An expression of a program rather than a literal."""
    return _CODE.fullmatch(value) is not None and not _is_misread_token(value) and not _is_dotted_token(value)


def _is_dotted_token(value: str) -> bool:
    """Parts joined by dots, one of them drawn at random: `sk.eyJ1Ijoi.j9HQLjUB2OU4DrzBtRJw`; names are of words."""
    return "(" not in value and any(
        len(part) >= 16
        and sum(c.isdigit() for c in part) >= 2
        and len(_CASE_CHANGE.findall(part)) >= 2
        and not _made_of_words(part)
        for part in value.split(".")
    )


def _is_misread_token(value: str) -> bool:
    """A long random token in which OCR took a letter or two for brackets; names of a program are made of words."""
    token = _BRACKET.sub("", value)
    return (
        0 < 8 * (len(value) - len(token)) <= len(value)
        and _TOKEN.fullmatch(token) is not None
        and is_random(token)
        and _share_of_words(token, shortest=3) <= 0.5
    )


def is_uuid(value: str) -> bool:
    """A UUID in its usual writing."""
    return _UUID.fullmatch(value) is not None


def classes(value: str) -> int:
    """How many of lower, upper, digit and other stand in the value: 0 to 4."""
    return (
        any(c.islower() for c in value)
        + any(c.isupper() for c in value)
        + any(c.isdigit() for c in value)
        + any(not c.isalnum() for c in value)
    )


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0


def is_fragment(piece: str) -> bool:
    """May be a part of a random token that was cut: neither a word nor plain, and made of token characters."""
    core = piece.strip("\"'`,;")
    return (
        bool(core)
        and not is_word(core)
        and not _broken_off(core)
        and (re.fullmatch(r"[\w+/=.~%:|!@#$&*?^-]+", core) is not None or _is_misread_token(core))
    )


def _broken_off(core: str) -> bool:
    return (
        (is_plain(core) and not core.isdigit())
        or core.startswith(("--", "./", "~/", "/"))
        or set(core) <= set("-_=.*#|/")
    )


def is_random(value: str, *, at_least: int = 16) -> bool:
    """Looks drawn at random: long enough, letters with digits or cases mixed within, not made of words or repeats."""
    if len(value) < at_least or is_placeholder(value) or is_plain(value) or is_code(value):
        return False
    if entropy(value) < min(3.0, math.log2(len(value)) - 1.0):
        return False
    letters = [c for c in value if c.isalpha()]
    digits = sum(c.isdigit() for c in value)
    if digits >= max(2, len(value) // 16) and letters:
        return not _made_of_words(value)
    changes = len(_CASE_CHANGE.findall(value))
    return bool(letters) and changes >= max(3, len(value) // 8) and not _made_of_words(value)


def _made_of_words(value: str) -> bool:
    """Parts between separators are words or numbers, as in `access-key-rotation-2024` or `HelloWorldFactory2`."""
    return _share_of_words(value, shortest=4) > 0.6


def _share_of_words(value: str, *, shortest: int) -> float:
    """How much of the value's letters and digits stand in words of at least `shortest` letters: 0 to 1; of none, 1."""
    parts = [
        p for p in re.split(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", value) if p
    ]
    in_words = sum(len(p) for p in parts if len(p) >= shortest and is_word(p) and _has_vowel_pattern(p))
    return in_words / sum(map(len, parts)) if parts else 1.0


def _has_vowel_pattern(part: str) -> bool:
    """Vowels and consonants alternate as in speech: no more than three consonants or vowels in a row."""
    return re.search(r"(?i)[^aeiouy]{4}|[aeiouy]{4}", part) is None and re.search(r"(?i)[aeiouy]", part) is not None
