"""Tokens that can be told by their published format, read even where OCR cut or confused them.

    screen     glpat–yJEy FzfhbIH2denCJjlu" https://...
    squeezed   glpat-yJEyFzfhbIH2denCJjlu"https://...       no blanks, so a cut token is whole again
    format     [g6][l1I|]pat-? + 20 of its alphabet          prefix widened to what OCR makes of it
    end        at the first blank of the screen after enough characters that is followed by a word

Formats come from the providers' documentation; lengths may be off by three (`m` read as `rn`). The token engine knows
far more of them; this table is for the ones that are common on screens, since only it survives bad reading.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import entropy, is_fragment, is_placeholder, is_random, is_word
from recall_assets.stages.secrets.views import ASSIGNMENT, View, confusable

_SLACK = 3
_B62, _URLSAFE, _B64 = r"A-Za-z0-9", r"A-Za-z0-9_\-", r"A-Za-z0-9+/"
_HEX, _B32 = "0-9a-fA-FOolIsSBZzrnm", "A-Z2-7018s"
_CUT_EXAMPLES = re.compile(r"(?i)example|x{6}|0{8}|1234567890?|abcdefgh|deadbeef|placeholder|your[-_]")
# `sha512-<base64>` is a digest of a file, with the length of a storage key.
_DIGEST_NAME = re.compile(r"(?i)(?:sha-?\d{1,3}|md5|integrity)[-:= \"]{1,3}$")
_NEXT_CHUNKS = re.compile(r"([^\s\"']+)(?:[ \n](\S+))?")  # what stands behind a quote is no part of a token


@dataclass(frozen=True, slots=True)
class Format:
    """A prefix and a body of at least and at most so many characters of an alphabet (inside a character class)."""

    rule: str
    kind: str
    pattern: re.Pattern[str]
    at_least: int  # characters of the body


def _prefixed(rule: str, prefix: str, body: str, least: int, most: int | None = None, kind: str = "token") -> Format:
    alphabet = body + "|!" if body in (_B62, _HEX) else body
    most = least if most is None else most
    pattern = f"(?:{confusable(prefix)})(?P<body>[{alphabet}]{{{max(1, least - _SLACK)},{most + _SLACK}}})"
    return Format(rule, kind, re.compile(pattern), least)


def _shaped(rule: str, pattern: str, least: int, kind: str = "token") -> Format:
    return Format(rule, kind, re.compile(f"(?P<body>{pattern})"), least)


FORMATS = (
    *(_prefixed("github", f"gh{letter}_", _B62, 36, 40) for letter in "pousr"),
    _prefixed("github-fine-grained", "github_pat_", _URLSAFE, 82),
    *(
        _prefixed("gitlab", f"gl{part}-", _URLSAFE, 20, 70)
        for part in ("pat", "dt", "rt", "cbt", "ptt", "ft", "soat", "agent")
    ),
    *(_prefixed("aws-access-key-id", prefix, _B32, 16, 16, "api_key") for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")),
    _prefixed("google-api-key", "AIza", _URLSAFE, 35, 35, "api_key"),
    _prefixed("google-oauth-secret", "GOCSPX-", _URLSAFE, 28),
    _prefixed("google-oauth-access", "ya29.", _URLSAFE + ".", 30, 300),
    _prefixed("openai", "sk-proj-", _URLSAFE, 40, 180, "api_key"),
    _prefixed("openai-service", "sk-svcacct-", _URLSAFE, 40, 180, "api_key"),
    _prefixed("openai-admin", "sk-admin-", _URLSAFE, 40, 180, "api_key"),
    _prefixed("anthropic", "sk-ant-", _URLSAFE, 80, 120, "api_key"),
    _prefixed("openrouter", "sk-or-v1-", _HEX, 64, 64, "api_key"),
    _prefixed("secret-key", "sk-", _B62, 32, 64, "api_key"),
    _prefixed("huggingface", "hf_", _B62, 34),
    _prefixed("replicate", "r8_", _B62, 37),
    _prefixed("groq", "gsk_", _B62, 52, 52, "api_key"),
    _prefixed("xai", "xai-", _B62, 80, 80, "api_key"),
    _prefixed("perplexity", "pplx-", _B62, 48, 56, "api_key"),
    *(
        _prefixed("stripe", f"{who}_{mode}_", _B62, 24, 107, "api_key")
        for who in ("sk", "rk")
        for mode in ("live", "test", "org")
    ),
    _prefixed("stripe-webhook", "whsec_", _B64 + "=", 32, 44),
    *(_prefixed("slack", f"xox{letter}-", _B62 + "-", 24, 90) for letter in "abeoprs"),
    _prefixed("slack-app", "xapp-1-", _B62 + "-", 60, 110),
    _prefixed("sendgrid", "SG.", _URLSAFE + ".,", 66, 66, "api_key"),
    _prefixed("npm", "npm_", _B62, 36),
    _prefixed("pypi", "pypi-AgE", _URLSAFE, 80, 230),
    _prefixed("rubygems", "rubygems_", _HEX, 48, 48, "api_key"),
    _prefixed("docker", "dckr_pat_", _URLSAFE, 27, 32),
    *(_prefixed("digitalocean", f"do{letter}_v1_", _HEX, 64) for letter in "por"),
    *(_prefixed("shopify", f"shp{part}_", _HEX, 32) for part in ("at", "ca", "pa", "ss")),
    *(_prefixed("vault", f"hv{letter}.", _URLSAFE, 24, 160) for letter in "sbr"),
    _prefixed("doppler", "dp.pt.", _B62, 43),
    _prefixed("databricks", "dapi", _HEX, 32),
    _prefixed("postman", "PMAK-", _HEX + "-", 59, 59, "api_key"),
    _prefixed("new-relic", "NRAK-", _B62, 27, 27, "api_key"),
    *(_prefixed("grafana", f"gl{part}_", _B64 + "_=", 32, 160) for part in ("sa", "c")),
    *(_prefixed("sentry", f"sntry{part}_", _B64 + "_=", 64, 220) for part in ("s", "u")),
    _prefixed("planetscale", "pscale_tkn_", _URLSAFE, 43),
    _prefixed("supabase", "sbp_", _HEX, 40),
    _prefixed("netlify", "nfp_", _B62, 36, 40),
    _prefixed("linear", "lin_api_", _B62, 40, 40, "api_key"),
    _prefixed("notion", "ntn_", _B62, 46),
    _prefixed("figma", "figd_", _URLSAFE, 40, 45),
    _prefixed("atlassian", "ATATT3", _URLSAFE + "=", 180, 200),
    _prefixed("bitbucket", "ATBB", _B62 + "_", 32),
    _prefixed("square", "sq0csp-", _URLSAFE, 43),
    _prefixed("mailgun", "key-", _HEX, 32, 32, "api_key"),
    _prefixed("tailscale", "tskey-", _B62 + "-", 24, 70, "api_key"),
    _prefixed("pulumi", "pul-", _HEX, 40),
    _prefixed("age", "AGE-SECRET-KEY-1", "A-Z0-9", 58, 58, "private_key"),
    _prefixed("nostr", "nsec1", "a-z0-9", 58, 58, "private_key"),
    _prefixed("extended-private-key", "xprv", _B62, 107, 107, "private_key"),
    _prefixed("facebook", "EAA", _B62, 100, 220),
    _prefixed("alibaba", "LTAI", _B62, 17, 20, "api_key"),
    # Header, claims and signature in base64; only the beginning `{"` is the same in each.
    _shaped("jwt", rf"ey[JIl1j][{_URLSAFE}]{{15,}}(?:[.,][{_URLSAFE}]{{8,}}){{1,4}}", 40),
    _shaped("jwt-part", rf"eyJ[{_URLSAFE}]{{40,}}", 40),
    _shaped("discord-bot", rf"[MNO][{_B62}|]{{22,28}}[.,][{_URLSAFE}]{{5,8}}[.,][{_URLSAFE}]{{25,41}}", 55),
    _shaped("telegram-bot", rf"[0-9OoIlSBZ]{{8,10}}[:;]AA[{_URLSAFE}]{{31,37}}", 40),
    _shaped("terraform-cloud", rf"[{_B62}]{{12,16}}[.,]at[l1I|]as[vV][1lI|][.,][{_URLSAFE}]{{56,74}}", 76),
    _shaped("azure-client-secret", rf"[{_URLSAFE}~.]{{3}}[8B][Q0O]~[{_URLSAFE}~.]{{31,36}}", 36),
    _shaped("azure-storage-key", rf"[{_B64}]{{84,89}}={{1,2}}", 85, "api_key"),
    _shaped("mailchimp", r"(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}", 35, "api_key"),
    _shaped(
        "slack-webhook",
        rf"https?[:;]//hooks[.,]?s[l1I|]ack[.,]?com/services/[{_B62}]{{8,14}}/[{_B62}]{{8,14}}/[{_B62}]{{20,28}}",
        60,
        "webhook",
    ),
    _shaped(
        "discord-webhook",
        rf"https?[:;]//discord(?:app)?[.,]com/api/webhooks/\d{{16,20}}/[{_URLSAFE}]{{60,72}}",
        90,
        "webhook",
    ),
    _shaped(
        "teams-webhook", rf"https?[:;]//[\w.-]+[.,]webhook[.,]office[.,]com/[{_URLSAFE}@/]{{60,200}}", 80, "webhook"
    ),
)

# Prefixes that nothing else on a screen begins with.
_TELLING = (
    "gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-|AIza|GOCSPX-|ya29[.]|sk-(?:proj|svcacct|admin|ant)-|"
    "[sr]k_(?:live|test|org)_|whsec_|xox[abeoprs]-|xapp-1-|SG[.]|npm_|pypi-AgE|dckr_pat_|do[opr]_v1_|hv[sbr][.]|dp[.]pt[.]|"
    "ATATT3|lin_api_|figd_|sntry[su]_|glsa_|tskey-"
)
_CUT_AT_LEAST = 12
_CUT_SHORT = re.compile(rf"(?<![\w-])(?:{_TELLING})(?P<body>[{_URLSAFE}.+/=]{{{_CUT_AT_LEAST},}})")


def find_formats(text: str, squeezed: View) -> list[Finding]:
    """Tokens of known formats in a straightened text, found in its squeezed view; may overlap.

    Args:
        squeezed: the view without blanks of that same text.
    """
    gaps = [i for i in range(1, len(squeezed.starts)) if squeezed.starts[i] > squeezed.ends[i - 1]]
    findings = _cut_short(text)
    for form in FORMATS:
        for match in _matches(text, squeezed, gaps, form):
            end = _end(text, squeezed, gaps, match, form)
            if end is not None and _begins(text, squeezed, match):
                findings.append(Finding(*squeezed.span(match.start(), end), form.kind, f"format/{form.rule}", 0.9))
    return findings


def _cut_short(text: str) -> list[Finding]:
    """The beginning of a token whose end lies under another window or beyond a field: its prefix says what it is."""
    return [
        Finding(*match.span(), "token", "format/cut", 0.8)
        for match in _CUT_SHORT.finditer(text)
        if is_random(match["body"], at_least=_CUT_AT_LEAST) and not _CUT_EXAMPLES.search(match["body"])
    ]


def _matches(text: str, squeezed: View, gaps: list[int], form: Format) -> Iterator[re.Match[str]]:
    """Each match; of one that took in the word before the token, which has no prefix, the one behind that word."""
    for match in form.pattern.finditer(squeezed.text):
        yield match
        if match.start("body") == match.start() and not _begins(text, squeezed, match):
            behind = gaps[bisect_left(gaps, match.start() + 1) : bisect_left(gaps, match.end())]
            yield from filter(None, (form.pattern.match(squeezed.text, gap) for gap in behind))


def _begins(text: str, squeezed: View, match: re.Match[str]) -> bool:
    """No letter or digit stands right before it on the screen; Telegram's `/bot<token>` is the one that has."""
    start = squeezed.starts[match.start()]
    before = text[max(0, start - 10) : start]
    return not _DIGEST_NAME.search(before) and (not before or not before[-1].isalnum() or before.endswith("/bot"))


def _end(text: str, squeezed: View, gaps: list[int], match: re.Match[str], form: Format) -> int | None:
    """Where the token ends in the squeezed view; None where what was matched is no token."""
    body, end = match.start("body"), match.end()
    inside = gaps[bisect_left(gaps, match.start() + 1) : bisect_left(gaps, end)]
    words = 0
    for gap in inside:
        chunk, following = _chunks(text, squeezed.starts[gap])
        if gap - body >= form.at_least - _SLACK and _is_over(gap - body, form, chunk, following):
            end = gap
            break
        words += is_word(chunk) and len(chunk) > 2
    value = squeezed.text[body:end]
    if words > 1 + len(inside) // 4 or is_placeholder(value) or _CUT_EXAMPLES.search(value):
        return None
    return end if _drawn_at_random(value) else None


def _is_over(length: int, form: Format, chunk: str, following: str) -> bool:
    """Whether a token of enough characters ends before this piece of text."""
    if ASSIGNMENT.match(chunk):
        return True
    if 0 <= length + len(chunk) - form.at_least <= 1 and length < form.at_least and chunk.isalnum():
        return False
    if len(chunk) <= 2 and (chunk.isalnum() or chunk in "-_."):  # too short to tell: what follows it tells
        return not is_fragment(following) or len(following) < 4
    return is_word(chunk) or not is_fragment(chunk) or chunk.isdigit()


def _chunks(text: str, start: int) -> tuple[str, str]:
    match = _NEXT_CHUNKS.match(text, start)
    return (match[1], match[2] or "") if match else ("", "")


def _drawn_at_random(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    cases = any(c.islower() for c in value) and any(c.isupper() for c in value)
    if value.isalnum() and value.isupper() and abs(len(value) - 16) <= _SLACK and entropy(value) >= 3.0:
        return True
    return entropy(value) >= 2.7 and (digits >= 2 or (cases and digits >= 1) or (cases and len(value) > 20))
