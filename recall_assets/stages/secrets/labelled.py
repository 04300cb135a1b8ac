"""Values that are secret because of what stands before them.

    db_password = "x7#kQ2"       assignment     Password                   form: the label alone on its line,
    passphrase: Walnut-31            "          x7#kQ2                       the value on the next
    token      hvs.3NoOp...      columns        the wifi password is x7#   sentence
    docker login -p x7#kQ2       command line   login is anna / x7#        pair

Beside a password's label nearly any value counts; beside a key's label only what looks drawn at random.
"""

import re
from collections.abc import Callable

from recall_assets.records import Finding
from recall_assets.stages.secrets import vocabulary as say
from recall_assets.stages.secrets.commands import find_in_commands
from recall_assets.stages.secrets.measures import MASKED, is_random
from recall_assets.stages.secrets.values import (
    Value,
    is_key_value,
    is_password,
    is_password_word,
    read_scattered,
    read_value,
)
from recall_assets.stages.secrets.views import lower_case

_SIGN = r"(?::=|=>|->|[:=]{1,2}|;(?=[^\S\n])|,(?=[^\S\n]{0,2}[\"']))"  # `;` is how OCR often reads `:`
_ASSIGN = rf"(?P<mark>[\"']?[^\S\n]{{0,3}}{_SIGN}\s{{0,6}}|[^\S\n]{{0,3}}\|[^\S\n]{{0,6}})"
_PASSWORD_ASSIGNED = re.compile(
    rf"(?P<label>(?:{say.PASSWORDS_IN_NAMES})\d?(?:[_-]?(?:1|2|prod|dev|test|old|new|value|string|raw|plain))?){_ASSIGN}"
)
# A minus in place of `=` is bad reading; it is believed only between a name in capitals and a long random value.
_KEY_ASSIGNED = re.compile(
    rf"(?P<label>(?:{say.KEYS_IN_NAMES})(?:[_-]?(?:key|id|value|string|raw|base|prod|dev|test|live|\d)){{0,2}})"
    rf"(?:{_ASSIGN}|(?P<misread>-)(?=[0-9a-z]{{20}}))"
)
_IS = r"(?:is|was|be|to|ist|lautet|heißt|est|es|é|è|er|är|on|jest|je|это|=)[ ]?:?"
_WORDS = r"(?:[^\S\n]+[\w-]{2,20}){0,4}?"
_SAID = (
    rf"(?P<mark>[^\S\n]?(?:\([^)\n]{{0,30}}\))?[\"']?(?:{_WORDS}[^\S\n]{{0,3}}{_SIGN}\s{{0,6}}|"
    rf"{_WORDS}[^\S\n]+{_IS}\s+|[^\S\n]+))"
)
_PASSWORD_SAID = re.compile(rf"(?P<label>(?:{say.PASSWORDS}))(?!\w){_SAID}")
_CONFIGURED = re.compile(  # `requirepass x`, `bindpw x`, `ENV ADMIN_PASSWORD x`: a name of one word, a blank, a literal
    rf"(?im)^[^\S\n]*(?:(?:ENV|ARG|SET|setx|export|machine \S+ login \S+)[^\S\n]+)?"
    rf"(?P<label>[\w.-]*(?:{say.PASSWORDS_IN_NAMES})\d?)"
    r"(?P<mark>[^\S\n]+)(?:--?[a-z-]+[^\S\n]+)?(?=\S+[^\S\n]*$)"
)
_ELEMENT = re.compile(
    rf"(?i)<(?P<label>[\w:.-]*(?:{say.PASSWORDS_IN_NAMES}|{say.KEYS_IN_NAMES})\w*)(?:\s[^<>\n]{{0,80}})?>(?P<mark>)(?=[^<\s])"
)
_KEY_SAID = re.compile(rf"(?P<label>(?:{say.KEYS}))(?!\w){_SAID}")
# As OpenSSH writes them.
_PUBLIC_KEY = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+[ ]?AAAA|AAAA[BCE]3NzaC|AAAAE2VjZHNh")
_WORDS_BEFORE = re.compile(r"(?:[A-Za-z0-9]+[ _.:/-]{1,2}){0,6}[A-Za-z0-9]*$")
_LONGEST_LABEL = 60
_PIN = re.compile(
    rf"(?i)(?<!\w)(?:{say.PIN})(?!\w)[^\w\n]{{0,6}}(?:(?:is|ist|est|es|for \w+)[^\w\n]{{1,3}})?"
    rf"(?:\n[ ]*)?(?P<value>\d(?:[ -]?\d){{3,11}}|(?=\S?\d)[0-9OoIlSBZz]{{4}}(?!\w))(?![\w.,:/-]*\d)"
)
_PAIR = re.compile(
    rf"(?i)(?<![\w/])(?:(?:{say.LOGIN})\b(?:[ ]?[/+&][ ]?(?:pw|pass\w*|mdp))?"
    rf"[^\n/]{{0,24}}?(?:[ :=]|is|ist|est|es)[ ]?[\w.@+-]{{2,40}}"
    r"(?:[ ]/[ ]|[ ]?\|[ ]?|/(?=[^\s/]+(?:\s|$))|:(?=[^\s/:])|,[ ]|[ ]-[ ])|(?:admin|root|"
    r"guest|demo|test|user)[ ]/[ ])(?P<mark>)(?=\S)"
)
_AS_PASSWORD = re.compile(
    rf"(?i)(?<!\S)[\"'`]?(?P<value>[^\s\"'`]{{6,64}})[\"'`]?[ ](?:as|is|als|ist|comme|est|como|es|come|è)[ ]"
    rf"(?:[^\W\d]{{1,6}}[ ]){{0,3}}?(?:{say.PASSWORDS})(?!\w)"
)
# What a wireless network's key is may be words, where another key's is not.
_NETWORK_KEY = re.compile(
    r"(?i)\b(?:wi-?fi|wlan|wireless|ssid|hotspot|network|netzwerk|funknetz|réseau|rede|red|rete|netwerk)\b"
    r"[^\n]{0,120}?(?:\n[^\n]{0,80}?)?\b(?:key|code|schlüssel|clé|clave|chave|chiave|sleutel)"
    r"(?:\s(?:is|ist|est|es|é|è)|[ ]?:)\s(?P<value>\S{6,64}(?:(?<=-)\n[ ]*\w{1,40})?)"
)
_PASSWORD_ALONE = re.compile(rf"(?:{say.PASSWORDS})(?!\w)|(?:{say.PASSWORDS_IN_NAMES})(?=\W{{0,2}}$)", re.MULTILINE)
_KEY_ALONE = re.compile(rf"(?:{say.KEYS})(?!\w)|(?:{say.KEYS_IN_NAMES})(?=\W{{0,2}}$)", re.MULTILINE)
_VALUE_BELOW = re.compile(r"[^\S\n]*\n[^\S\n]*(?:\n[^\S\n]*)?")
# The end of a field: a gap, after which stands what belongs to it (`Show`, `Copy`, an icon that was read as a sign).
_CELL_ENDS = re.compile(r"[^\S\n]{2,}|[^\w\n]*$", re.MULTILINE)
# Code, sentences, paths, addresses and command lines with options.
_NO_LABEL_LINE = re.compile(r"[=<>{};]|\w\(|[:.,] \w|[.!?]$|://|\w/\w+/|/\d| --?[a-z]")
_NOT_A_LABEL = re.compile(rf"(?i)(?<![a-z])(?:{say.NOT_A_LABEL})")
# A label line of a form that asks for something else: links and hints.
_HINT = re.compile(
    r"(?i)forgot|vergessen|oublié|olvid|esquec|dimentic|reset|must|should|required|at least|"
    r"mindestens|strength|show|hide|\?$"
)


def find_labelled(text: str) -> list[Finding]:
    """Labelled passwords, keys and PINs in a straightened text; may overlap."""
    lower = lower_case(text)
    findings = find_in_commands(text)
    findings.extend(_after(text, lower, _PASSWORD_ASSIGNED, "password", "label/password", _assigned_password))
    findings.extend(_after(text, lower, _PASSWORD_SAID, "password", "label/password", _said_password))
    findings.extend(_after(text, lower, _KEY_ASSIGNED, "token", "label/key", is_key_value))
    findings.extend(_after(text, lower, _KEY_SAID, "token", "label/key", is_key_value))
    findings.extend(
        _after(text, text, _CONFIGURED, "password", "label/configured", lambda value: is_password(value.text))
    )
    findings.extend(_after(text, text, _ELEMENT, "password", "label/element", lambda value: is_password(value.text)))
    findings.extend(_after(text, text, _PAIR, "password", "label/pair", lambda value: is_password(value.text)))
    findings.extend(
        Finding(*m.span("value"), "password", "label/in-sentence", 0.8)
        for pattern in (_AS_PASSWORD, _NETWORK_KEY)
        for m in pattern.finditer(text)
        if is_password("".join(m["value"].split()))
    )
    findings.extend(_under_label_lines(text, lower))
    findings.extend(Finding(*m.span("value"), "pin", "label/pin", 0.8) for m in _PIN.finditer(text))
    return findings


def _after(
    text: str, lower: str, pattern: re.Pattern[str], kind: str, rule: str, holds: Callable[[Value], bool]
) -> list[Finding]:
    findings = []
    for match in pattern.finditer(lower):
        if pattern is _PASSWORD_SAID and match.start() and text[match.start() - 1].isalnum():
            continue
        groups = match.groupdict()
        label = _whole_label(text, match.start("label"), match.end("label")) if "label" in groups else ""
        mark = groups.get("mark") or ("=" if groups.get("misread") else "")
        if _NOT_A_LABEL.search(label + mark):
            continue
        value = read_value(text, match.end(), mark=mark, label=label)
        if kind == "password" and (value is None or not value.alone_on_line) and re.search(r"[:=]", mark):
            value = read_scattered(text, match.end(), mark=mark, label=label) or value
        if value is not None and holds(value) and not _PUBLIC_KEY.match(text, value.start):
            findings.append(Finding(value.start, value.end, _kind(kind, label), rule, 0.85))
    return findings


def _whole_label(text: str, start: int, end: int) -> str:
    """The label with the words and parts of a name that stand before it: `ansible_become_` before `pass`."""
    line_start = text.rfind("\n", max(0, start - _LONGEST_LABEL), start) + 1 or max(0, start - _LONGEST_LABEL)
    before = _WORDS_BEFORE.search(text, line_start, start)
    return (before.group() if before else "") + text[start:end]


def _kind(kind: str, label: str) -> str:
    if kind == "token" and "key" in label.lower():
        return "api_key"
    if kind == "token" and re.search(r"(?i)session|cookie|sid", label):
        return "session"
    return kind


def _assigned_password(value: Value) -> bool:
    if is_password(value.text) or is_random(value.text):
        return True
    # A plain word counts where nothing but a literal can stand: `PASSWORD=swordfish`, `password: "swordfish"`.
    literal = value.quoted or (value.mark == "=" and value.label.isupper())
    return literal and is_password_word(value.text)


def _said_password(value: Value) -> bool:
    if is_password(value.text):
        return True
    strong = value.mark.strip() in {":", "=", ":=", "->", "=>"}
    if strong and value.alone_on_line and is_password_word(value.text):
        return True
    return value.quoted and value.mark.strip(" \"'") != "" and is_password_word(value.text)


def _under_label_lines(text: str, lower: str) -> list[Finding]:
    findings = []
    for pattern, kind in ((_PASSWORD_ALONE, "password"), (_KEY_ALONE, "token")):
        for match in pattern.finditer(lower):
            label = _label_line(text, match)
            below = _VALUE_BELOW.match(text, text.find("\n", match.end()) if label else len(text))
            if label is None or below is None or _NOT_A_LABEL.search(label):
                continue
            value = read_value(text, below.end(), mark="\n", label=label)
            if value is None:
                continue
            if (
                kind == "password"
                and not _HINT.search(re.sub(r"\([^)]*\)", "", label))
                and (value.alone_on_line or _CELL_ENDS.match(text, value.end))
                and is_password(value.text)
            ):
                findings.append(Finding(value.start, value.end, "password", "label/password-line", 0.85))
            elif kind == "token" and is_key_value(value):
                findings.append(Finding(value.start, value.end, _kind("token", label), "label/key-line", 0.8))
    return findings


def _label_line(text: str, match: re.Match[str]) -> str | None:
    """The line around a label where it is nothing but a short label."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[start : end if end != -1 else len(text)].strip()
    words = re.findall(r"\w[\w'’.-]*", line)
    plain = not MASKED.search(line) and not _NO_LABEL_LINE.search(line)
    return line if end != -1 and len(line) <= _LONGEST_LABEL and len(words) <= 9 and plain else None
