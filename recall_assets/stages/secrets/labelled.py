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
from recall_assets.stages.secrets.measures import is_placeholder, is_random
from recall_assets.stages.secrets.values import Value, is_key_value, is_password, is_password_word, read_value

_ASSIGN = r"(?P<mark>[\"']?\s{0,3}(?::=|=>|->|[:=;]{1,2}|\|)\s{0,6})"
_IDENTIFIER = r"(?<![A-Za-z0-9])(?P<label>[\"']?(?:[A-Za-z][A-Za-z0-9]{0,30}[ _.:/-]{1,2}){0,6}(?:[a-z][a-z0-9]{0,20})?"
_PASSWORD_ASSIGNED = re.compile(
    rf"(?i){_IDENTIFIER}(?:{say.PASSWORD_PART})\d?(?:[_-]?(?:1|2|prod|dev|test|old|new|value|string|raw|plain))?){_ASSIGN}"
)
_PASSWORD_SAID = re.compile(
    rf"(?i)(?<!\w)(?P<label>(?:{say.PASSWORD}))(?!\w)(?P<mark>[^\S\n]?(?:\([^)\n]{{0,30}}\))?[\"']?(?:\s{{0,3}}(?::=|=>|->|[:=;]{{1,2}})\s{{0,6}}|(?:[^\S\n]+[\w-]{{2,20}}){{0,4}}?[^\S\n]+"
    r"(?:is|was|be|to|ist|lautet|heißt|est|es|é|è|=|er|är|on|to|jest|je|это)[ ]?:?[^\S\n]+|[^\S\n]+))"
)
_KEY_ASSIGNED = re.compile(
    rf"(?i){_IDENTIFIER}(?:{say.KEY_PART})(?:[_-]?(?:key|id|value|string|raw|prod|dev|test|live|\d))?){_ASSIGN}"
)
_KEY_SAID = re.compile(
    rf"(?i)(?<!\w)(?P<label>(?:{say.KEY}))(?!\w)(?P<mark>[^\S\n]?(?:\([^)\n]{{0,30}}\))?[\"']?(?:[^\S\n]*(?::=|=>|->|[:=;])\s{{0,6}}|(?:[^\S\n]+[\w-]{{2,20}}){{0,5}}?[^\S\n]+"
    r"(?:is|ist|lautet|est|es|é|è|to)[ ]?:?[^\S\n]+|[^\S\n]+))"
)
_LINE = re.compile(r"(?m)^[^\S\n]*(?P<label>[^\n]{2,60}?)[^\S\n]*[:*]?[^\S\n]*\n(?P<mark>[^\S\n]*(?:\n[^\S\n]*)?)")
_PIN = re.compile(
    rf"(?i)(?<!\w)(?:{say.PIN})(?!\w)[^\w\n]{{0,6}}(?:(?:is|ist|est|es|for \w+)[^\w\n]{{1,3}})?(?:\n[ ]*)?(?P<value>\d(?:[ -]?\d){{3,11}})(?![\w.,:/-]*\d)"
)
_PAIR = re.compile(
    r"(?i)(?<!\w)(?:log-?ins?|users?(?:name)?|account|cred(?:ential)?s?|access|admin|zugang(?:sdaten)?|anmeldung|benutzer(?:name)?|identifiants?|"
    r"connexion|usuario|acceso|utilizador|gebruiker|utente|inlogg\w*|logowanie|логин|доступ)\b(?:[ ]?[/+&][ ]?(?:pw|pass\w*|mdp))?[^\n]{0,24}?(?:[\s:=]|is|ist|est|es)\s?"
    r"(?P<user>[\w.@+-]{2,40})[ ]?(?:/|:|\||,| - )[ ]?(?P<mark>)(?=\S)"
)
_PASSWORD_LINE = re.compile(
    rf"(?i)(?:[\w'’.()-]+\s){{0,4}}?(?:{say.PASSWORD})(?:\s[\w'’.()-]+){{0,3}}\W{{0,3}}|\S*(?:{say.PASSWORD_PART})\W{{0,2}}"
)
_KEY_LINE = re.compile(
    rf"(?i)(?:[\w'’.()\"$-]+\s){{0,6}}?\W?(?:{say.KEY}|\S*(?:{say.KEY_PART}))(?:\s[\w'’.()\"-]+){{0,5}}\W{{0,3}}"
)
_NOT_A_LABEL = re.compile(rf"(?i)(?<![a-z])(?:{say.NOT_A_LABEL})")
# A label line of a form that asks for something else: links and hints.
_HINT = re.compile(
    r"(?i)forgot|vergessen|oublié|olvid|esquec|dimentic|reset|must|should|required|at least|mindestens|strength|show|hide|\?$"
)


def find_labelled(text: str) -> list[Finding]:
    """Labelled passwords, keys and PINs in a straightened text; may overlap."""
    findings = find_in_commands(text)
    findings.extend(_after(text, _PASSWORD_ASSIGNED, "password", "label/password", _assigned_password))
    findings.extend(_after(text, _PASSWORD_SAID, "password", "label/password", _said_password))
    findings.extend(_after(text, _KEY_ASSIGNED, "token", "label/key", is_key_value))
    findings.extend(_after(text, _KEY_SAID, "token", "label/key", is_key_value))
    findings.extend(_after(text, _PAIR, "password", "label/pair", lambda value: is_password(value.text)))
    findings.extend(_under_label_lines(text))
    findings.extend(Finding(*m.span("value"), "pin", "label/pin", 0.8) for m in _PIN.finditer(text))
    return findings


def _after(text: str, pattern: re.Pattern[str], kind: str, rule: str, holds: Callable[[Value], bool]) -> list[Finding]:
    findings = []
    for match in pattern.finditer(text):
        label = match.groupdict().get("label") or ""
        if _NOT_A_LABEL.search(label):
            continue
        value = read_value(text, match.end(), mark=match["mark"], label=label)
        if value is not None and holds(value):
            findings.append(Finding(value.start, value.end, _kind(kind, label), rule, 0.85))
    return findings


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
    literal = value.quoted or (value.mark.strip() in {"=", ":="} and value.label.isupper() and value.mark == "=")
    return literal and is_password_word(value.text)


def _said_password(value: Value) -> bool:
    if is_password(value.text):
        return True
    strong = value.mark.strip() in {":", "=", ":=", "->", "=>"}
    if strong and value.alone_on_line and is_password_word(value.text):
        return True
    return value.quoted and value.mark.strip(" \"'") != "" and is_password_word(value.text)


def _under_label_lines(text: str) -> list[Finding]:
    findings = []
    for match in _LINE.finditer(text):
        label = match["label"]
        if _NOT_A_LABEL.search(label) or len(label) > 60:
            continue
        is_for_password = _PASSWORD_LINE.fullmatch(label) is not None and not _HINT.search(label)
        is_for_key = _KEY_LINE.fullmatch(label) is not None
        if not (is_for_password or is_for_key):
            continue
        value = read_value(text, match.end(), mark="\n", label=label)
        if value is None or is_placeholder(value.text):
            continue
        if is_for_password and value.alone_on_line and is_password(value.text):
            findings.append(Finding(value.start, value.end, "password", "label/password-line", 0.85))
        elif is_for_key and is_key_value(value):
            findings.append(Finding(value.start, value.end, _kind("token", label), "label/key-line", 0.8))
    return findings
