"""Secrets in command lines, request headers and configuration blocks.

mysql -u root -p'x7#kQ2' shop      curl -u anna:x7#kQ2 ...      net use z: \\\\nas x7#kQ2 /user:anna
Authorization: Basic YW5uYTp4...   Cookie: sessionid=mL8av...   kind: Secret / data: / key: base64
"""

import base64
import re

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_code, is_placeholder, is_plain, is_random, is_uuid, is_word
from recall_assets.stages.secrets.values import is_password, read_value

_Q = r"[\"']?"
_FLAGS = re.compile(
    r"(?i)(?<![\w-])--?(?:[\w-]*(?:password|passwd|passphrase|passcode|requirepass|token|"
    r"secret|api-?key|access-?key|auth-?key|authkey|pass|pwd|pw|secret-?key|client-?secret)|"
    r"storepass|keypass|passin|passout)"
    r"(?P<mark>[ =:]{1,2})(?=\S)(?:pass:)?"
)
_SHORT = re.compile(
    r"(?i)\b(?:mysql(?:dump|admin|show)?|mariadb(?:-dump)?|sshpass|docker|podman|nerdctl|"
    r"skopeo|helm|az|oc|cf|ldap\w+|7za?|zip|unzip|rar|unrar|"
    r"htpasswd|mongo(?:sh|dump|restore|export|import)?|redis-cli|rabbitmqadmin|influx|cqlsh|"
    r"clickhouse-client|sqlcmd|bcp|isql|tsql|xfreerdp|rdesktop|"
    r"ftp|lftp|plink|pscp|psftp|winscp|expect|twine|http|wget|neo4j|cypher-shell|vncpasswd|"
    r"argocd|kinit)\b[^\n|;]{0,120}?"
    r"[ ](?P<flag>-p|-P|-w|-a|--pass|/p:|/pass:)(?P<mark>[ ]?)(?=[^\s-])"
)
_USER = re.compile(
    r"(?i)\b(?:curl|http|wget|xh|smbclient|mount\.cifs|net)\b[^\n|]{0,200}?[ ](?:-u|--user|"
    r"--proxy-user|-U|-a|--auth)[ =]?[\"']?[^\s:%\"']{1,64}[:%](?P<mark>)(?=\S)"
)
_SQL = re.compile(
    r"(?i)\b(?:identified (?:with \w+ )?by(?: password)?|(?:with )?(?:encrypted |login )?"
    r"password|set password\b[^\n]{0,40}?(?:=|to)|password\s?\()[ ]{0,2}(?=')"
)
_WINDOWS = re.compile(
    r"(?i)\b(?:net user \S+|net use \S+(?: \S+)?) (?P<value>[^\s/*]\S{3,})(?= /)|/(?:pass|p|"
    r"rp|password)[:=](?P<other>\S{4,})|ConvertTo-SecureString (?:-String )?"
    r"[\"'](?P<third>[^\"'\n]{4,})[\"']"
)
_HTPASSWD = re.compile(
    r"\bhtpasswd -\w*b\w* (?:\S+ )?\S+ (?P<value>\S{4,})|\bchpasswd\b.*|"
    r"echo [\"']?[\w.-]+:(?P<other>[^\s\"']{4,})[\"']? ?\| ?(?:sudo )?chpasswd|"
    r"echo [\"']?(?P<third>[^\s\"']{4,})[\"']? ?\| ?(?:sudo -S|docker login|passwd|openssl|"
    r"gpg)|\bopenssl\b[^\n|;]{0,80}? -k (?P<fourth>[^\s-]\S{3,})"
)
_BEARER = re.compile(
    r"(?i)(?<![\w-])(?:bearer|token|apikey|negotiate|ntlm|aws4-hmac-sha256)(?P<mark>[ :]{1,2})(?=[A-Za-z0-9._~+/-]{4})"
)
_BASIC = re.compile(
    rf"(?i)(?:\bbasic[ ]+|[\"']?\b_?auth[\"']?\s*[:=]\s*{_Q})"
    rf"(?P<value>[A-Za-z0-9+/]{{6,}}(?:[ \n]?[A-Za-z0-9+/]{{2,}}){{0,6}}={{0,2}})"
)
_COOKIE = re.compile(
    r"(?i)\b(?:set-)?"
    r"cookie[\"']?\s?[:;]\s*[\"']?(?P<jar>[^\n\"']{4,}(?:\n[\w%.~+/=-]{4,}(?=[;\n]|$))?)|"
    r"document\.cookie\s*=\s*[\"'](?P<other>[^\"'\n]+)"
)
_MORSEL = re.compile(r"(?P<name>[\w.$-]{1,60})=(?P<value>[^;,]+)")
_SESSION_NAME = re.compile(
    r"(?i).*(?:sess|sid|auth|token|jwt|login|remember|csrf|xsrf|user|uid|key|secret|sso|saml|identity|account).*"
)
_COOKIE_FLAG = re.compile(r"(?i)path|expires|max-age|domain|samesite|secure|httponly|priority|theme|lang|locale")
_K8S = re.compile(r"(?m)^[ ]*kind:[ ]*Secret\b")
_K8S_DATA = re.compile(r"(?m)^[ ]*(?:data|stringData):[ ]*\n(?P<rows>(?:[ ]+[^\n]*\n?)+)")
_K8S_ROW = re.compile(r"(?m)^[ ]+[\"']?[\w.-]+[\"']?[:;][ ]*[\"']?(?P<value>[^\n\"'|>]{4,}?)[\"']?[ ]*$")


def find_in_commands(text: str) -> list[Finding]:
    """Secrets of command lines, headers, cookies and Kubernetes secrets in a straightened text; may overlap."""
    return [*_flags(text), *_literals(text), *_headers(text), *_cookies(text), *_kubernetes(text)]


def _flags(text: str) -> list[Finding]:
    findings = []
    for pattern in (_FLAGS, _SHORT, _USER):
        for match in pattern.finditer(text):
            value = read_value(text, match.end(), mark=match["mark"], label=match.group())
            if value is None or _is_no_literal(value.text) or value.text.startswith("-"):
                continue
            short = pattern is _SHORT
            # `-pfalcon-violet-ember` and `login -p falcon-violet-ember` are passwords, `compose -p my-app-dev` is not.
            phrase = is_password(value.text) and (not match["mark"] or re.search(r"(?i)\blogin\b", match.group()))
            if short and (
                (is_word(value.text) and not value.quoted and not phrase)
                or value.text.isdigit()
                or re.fullmatch(r"\d+:\d+.*", value.text)
            ):
                continue
            findings.append(Finding(value.start, value.end, "password", "command/flag", 0.8))
    return findings


def _is_no_literal(value: str) -> bool:
    return (
        len(value) < 3
        or is_placeholder(value)
        or (is_plain(value) and not value.isdigit())
        or is_code(value)
        or value.startswith(("$", "`", "<", "|", "/", "./", "@", "&"))
    )


def _literals(text: str) -> list[Finding]:
    findings = []
    for match in _SQL.finditer(text):
        value = read_value(text, match.end(), mark=" ", label="password")
        if value is not None and not is_placeholder(value.text):
            findings.append(Finding(value.start, value.end, "password", "command/sql", 0.85))
    for pattern in (_WINDOWS, _HTPASSWD):
        for match in pattern.finditer(text):
            for group, literal in match.groupdict().items():
                if literal and not _is_no_literal(literal):
                    findings.append(Finding(*match.span(group), "password", "command/literal", 0.8))
    return findings


def _headers(text: str) -> list[Finding]:
    findings = []
    for match in _BEARER.finditer(text):
        value = read_value(text, match.end(), mark=match["mark"], label="bearer")
        if value is not None and is_random(value.text, at_least=16) and not is_uuid(value.text):
            findings.append(Finding(value.start, value.end, "token", "header/bearer", 0.9))
    for match in _BASIC.finditer(text):
        start = match.start("value")
        end = _credentials_end(text, start, match.end("value"))
        if end is not None:
            findings.append(Finding(start, end, "password", "header/basic", 0.9))
    return findings


def _credentials_end(text: str, start: int, end: int) -> int | None:
    """Where base64 of `user:password` ends, tried with fewer and fewer of the pieces behind blanks."""
    while end > start:
        packed = re.sub(r"\s", "", text[start:end])
        try:
            plain = base64.b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except ValueError:
            plain = ""
        if re.fullmatch(r"[\x21-\x39\x3b-\x7e]{1,80}:[\x20-\x7e]{3,200}", plain):
            return end
        gaps = [start + m.start() for m in re.finditer(r"\s", text[start:end])]
        end = gaps[-1] if gaps else start
    # Bad reading of one character garbles three bytes of it, so long random ones are taken as they are.
    first = re.compile(r"[A-Za-z0-9+/]+={0,2}").match(text, start)
    return first.end() if first and is_random(first.group(), at_least=16) else None


def _cookies(text: str) -> list[Finding]:
    findings = []
    for match in _COOKIE.finditer(text):
        group = "jar" if match["jar"] else "other"
        for morsel in _MORSEL.finditer(text, *match.span(group)):
            name, value = morsel["name"], morsel["value"].rstrip()
            if _COOKIE_FLAG.fullmatch(name) or is_placeholder(value) or len(value) < 8:
                continue
            if (_SESSION_NAME.fullmatch(name) and any(c.isdigit() for c in value)) or is_random(value.replace(" ", "")):
                findings.append(
                    Finding(morsel.start("value"), morsel.start("value") + len(value), "session", "header/cookie", 0.85)
                )
    return findings


def _kubernetes(text: str) -> list[Finding]:
    if not _K8S.search(text):
        return []
    return [
        Finding(*row.span("value"), "password", "block/kubernetes", 0.85)
        for data in _K8S_DATA.finditer(text)
        for row in _K8S_ROW.finditer(text, *data.span("rows"))
        if not is_placeholder(row["value"])
    ]
