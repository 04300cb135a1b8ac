"""Reads the value that stands after a label, however the screen cut it, and judges it.

Password: "x7#k Q2p"      quoted: up to the closing quote
Token: hT7xQ2 mWpL91      unquoted: on over blanks as long as the next piece is no word
Key: hT7xQ2mWp            and over a line break where the next line is nothing but a piece
     L91kd02Ws
"""

import re
from dataclasses import dataclass

from recall_assets.stages.secrets.measures import (
    MASKED,
    classes,
    is_code,
    is_fragment,
    is_placeholder,
    is_plain,
    is_random,
    is_uuid,
    is_word,
)

_QUOTED = re.compile(r"([\"'])(?P<value>[^\"'\n),;][^\"'\n]{0,300}(?:\n[^\"'\s]{1,200}){0,4}?)\1")
_CHUNK = re.compile(r"[^\s\"<>]+")
_LINE_END = re.compile(r"[\"'.,;)}\]]*[ ]*(?:\n|$)")
_BETWEEN_PIECES = re.compile(r"[ ](?=\S)|[ ]{0,2}\n[ ]{0,12}(?=\S)")
_REST_OF_LINE = re.compile(r"[^\n\"'<>]{4,60}(?=\n|$)")
_IN_SENTENCES = re.compile(
    r"(?i)(?:the|a|an|in|is|for|and|or|must|be|been|at|of|your|my|to|use|used|with|see|ask|on|"
    r"by|from|has|have|not|no|that|this|same|as|"
    r"der|die|das|und|ist|für|mit|im|le|la|les|et|est|pour|de|el|los|y|para|con|il|e|per|di)[.,;:]?"
)
_KEY_LABEL = re.compile(
    r"(?i)secret|token|bearer|credential|authorization|session|jwt|schlüssel|jeton|токен|密钥|令牌|トークン|토큰|"
    r"(?:api|access|auth|app|application|account|storage|shared|service|master|license|"
    r"licence|product|activation|encryption|signing|client|"
    r"consumer|subscription|deploy|private|admin|root|server|primary|secondary|host|bot|s3|"
    r"webhook|hmac|clé|clave|chave|chiave|klucz|ключ)"
    r"[ _.-]?(?:key|api|privée|secrète|secreta|privada|prywatny|доступа)|_key$|Key$|KEY$"
)
_AT_HOST = re.compile(r"(?<=.{8})@(?:[a-z][\w-]*\.)+[a-z]{2,}(?:[:/]\S*)?$")
_AT_HYPHEN = re.compile(r"[A-Za-z0-9]{3,}-[A-Za-z0-9-]*-$")  # where pages break a long value
_HYPHENATED = re.compile(r"[a-z]{1,12}(?:-[a-z]{1,12})+")
_ANOTHER_ASSIGNMENT = re.compile(r"--?[A-Za-z]|[A-Za-z_][\w.-]*=[^=\s]")
_TRAILING = ".,;:)]}'\"|"
_LONGEST = 400
# Words that stand where a value would, in forms and sentences.
_NOT_A_PASSWORD = re.compile(
    r"(?ix) required|optional|incorrect|invalid|wrong|correct|expired|changed?|reset|"
    r"forgot(?:ten)?|vergessen|missing|empty|saved?|stored|protected|"
    r"encrypted|hashed|needed|necessary|weak|strong|good|fair|short|long|show|hide|hidden|"
    r"anzeigen|ändern|copy|edit|login|log|sign|submit|continue|"
    r"next|cancel|and|or|for|the|a|an|is|to|of|in|on|with|from|must|should|will|has|have|can|"
    r"your|my|field|input|policy|manager|user(?:name)?|email|"
    r"password|passwort|kennwort|secret|token|key|value|default|none|yes|no|ok|on|off|auto|"
    r"self|this|that|not|new|old|current|confirm|repeat|again|"
    r"string|str|text|bytes|object|function|import|return|const|let|var|def|class|"
    r"authentication|auth|basic|bearer|prompt|ask|file|env|vault"
)


@dataclass(frozen=True, slots=True)
class Value:
    """Characters [start, end) of a text after a label, and how they stand there."""

    text: str  # without the blanks that OCR put in
    start: int
    end: int
    quoted: bool
    alone_on_line: bool
    mark: str  # what stood between label and value
    label: str


def read_value(text: str, at: int, *, mark: str, label: str) -> Value | None:
    """The value that begins at `at`; none where nothing stands there."""
    quoted = _QUOTED.match(text, at)
    if quoted:
        raw = quoted["value"]
        pieces = raw.split()
        joined = raw if len(pieces) > 1 and all(map(is_word, pieces)) else "".join(pieces)
        return Value(joined, quoted.start("value"), quoted.end("value"), True, _alone(text, quoted.end()), mark, label)
    if at < len(text) and text[at] in "\"'":
        at += 1
    chunk = _CHUNK.match(text, at)
    if (
        chunk is None
        or not any(c.isalnum() for c in chunk.group())
        or ("\n" in mark and _ANOTHER_ASSIGNMENT.match(chunk.group()))
    ):
        return None
    end = chunk.end()
    pieces = [chunk.group()]
    while (following := _following(text, end, pieces)) is not None:
        pieces.append(following.group())
        end = following.end()
    value = "".join(pieces)
    kept = value.rstrip(_TRAILING)
    if "(" in kept:
        kept += value[len(kept) :].partition(")")[1]
    if (host := _AT_HOST.search(kept)) and len(value) == end - at:  # `oauth2:glpat-…@code.example.org/a.git`
        kept = kept[: host.start()]
    end -= len(value) - len(kept)
    return Value(kept, at, end, False, _alone(text, end), mark, label) if kept else None


def read_scattered(text: str, at: int, *, mark: str, label: str) -> Value | None:
    """What fills the rest of the line, joined, where it is a password that OCR cut: few pieces, none of a sentence."""
    line = _REST_OF_LINE.match(text, at)
    pieces = line.group().split() if line else []
    if (
        line is None
        or not 2 <= len(pieces) <= 6
        or any(_IN_SENTENCES.fullmatch(piece) or not re.search(r"\w", piece) for piece in pieces)
    ):
        return None
    words = sum(is_word(piece) and len(piece) > 3 for piece in pieces)
    mixed = any(is_fragment(piece) and not piece.isdigit() for piece in pieces)
    if words > 1 or not mixed or any(re.search(r"\w[=:/]", piece) for piece in pieces):
        return None
    end = line.start() + len(line.group().rstrip())
    return Value("".join(pieces), line.start(), end, False, True, mark, label)


def _following(text: str, end: int, pieces: list[str]) -> re.Match[str] | None:
    """The next piece of a cut value, if what comes next is one."""
    so_far = "".join(pieces)
    if (
        len(so_far) > _LONGEST
        or "..." in so_far
        or (so_far[-1] in ",;)}]" and len(so_far) > 1)
        or (is_plain(so_far) and len(so_far) > 6)
    ):
        return None
    gap = _BETWEEN_PIECES.match(text, end)
    piece = _CHUNK.match(text, gap.end()) if gap else None
    if gap is None or piece is None or re.search(r"[=:]\S", piece.group().rstrip("=")):
        return None
    if "\n" in gap.group() and _AT_HYPHEN.search(so_far) and piece.group()[0].isalnum():
        return piece
    if "\n" not in gap.group():
        return piece if _goes_on(text, so_far, pieces[-1], piece) else None
    if not is_fragment(piece.group()) or len(so_far) < 8 or not is_fragment(so_far):
        return None
    whole_line = _LINE_END.match(text, piece.end()) is not None
    is_file = re.search(r"[/\\]\w+[/\\]|\.\w{2,4}$", piece.group()) is not None
    # The rest of a long token may share its last line with what follows it.
    goes_on = whole_line or (len(so_far) >= 32 and is_random(so_far) and is_random(piece.group()))
    return piece if goes_on and not is_file and is_random(so_far + piece.group(), at_least=14) else None


def _goes_on(text: str, so_far: str, last: str, piece: re.Match[str]) -> bool:
    """Whether a piece behind one blank belongs to the value so far."""
    if _HYPHENATED.fullmatch(so_far) and _HYPHENATED.fullmatch(piece.group()) and _alone(text, piece.end()):
        return True  # `otter-maple-pew ter-harbor`: a passphrase of words, cut inside one
    if is_fragment(piece.group()):
        return (
            is_fragment(so_far)
            or (len(so_far) > 8 and not is_word(so_far))
            or (len(so_far) <= 4 and not piece.group().isdigit())
        )
    if len(piece.group()) > 4 or not piece.group().isalnum() or not is_fragment(last):
        return False
    beyond = _CHUNK.match(text, piece.end() + 1)  # a short piece may be a word: what follows it tells
    return beyond is not None and text[piece.end()] == " " and is_fragment(beyond.group()) and len(beyond.group()) > 3


def _alone(text: str, end: int) -> bool:
    return _LINE_END.match(text, end) is not None


def is_password(value: str) -> bool:
    """Has the shape of a password that people or generators make: classes mixed, no word, path, number or code."""
    if not 4 <= len(value) <= 128 or is_placeholder(value) or MASKED.search(value) or is_plain(value) or is_code(value):
        return False
    if sum(ord(c) > 0x2E80 for c in value) > len(value) // 3:  # a sentence of a script without blanks
        return False
    if is_word(value):
        return "-" in value and value.count("-") >= 2 and value.islower()
    if not any(c.isalnum() for c in value) or re.fullmatch(
        r"[A-Za-z]+_[A-Za-z_]+|[a-z]+(?:[A-Z][a-z]+)+|--?[\w-]+", value
    ):
        return False
    if any(c.isdigit() for c in value):
        return (any(c.isalpha() for c in value) or classes(value) > 1) and len(value) >= 5
    letters = sum(c.isalpha() for c in value)
    inner = value[1:-1]
    return (
        letters >= 3
        and len(value) >= 6
        and (any(c in "!#$%&*+=?@^~" for c in value) or bool(re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]", inner)))
    )


def is_password_word(value: str) -> bool:
    """A plain word or number that may be a password where only a literal can stand."""
    if not 4 <= len(value) <= 64 or is_placeholder(value) or is_code(value) or MASKED.search(value):
        return False
    pieces = value.split()
    if len(pieces) > 1:
        return 3 <= len(pieces) <= 10
    return _NOT_A_PASSWORD.fullmatch(value) is None and not re.fullmatch(r"(?i)https?:.*|[A-Z_]+|\W+", value)


def is_key_value(value: Value) -> bool:
    """Looks drawn at random, as a value beside a key's label must."""
    text = value.text
    if is_placeholder(text) or re.match(r"(?i)https?://|[./~]|\w+://", text):
        return False
    direct = bool(re.search(r"[:=;]", value.mark)) or value.mark.startswith("\n")
    if is_uuid(text):
        return direct and re.search(r"(?i)secret|token|api.?key|password", value.label) is not None
    strong = _KEY_LABEL.search(value.label) is not None
    return is_random(text, at_least=12 if strong and direct else 20) and not is_word(text)
