"""Secrets inside addresses: credentials before the host, tokens in queries and in one-time links.

postgresql://app:s3cr3t@db.example/shop      https://x.example/reset/Zk3..9Q?sig=ab12...
                 [----]                                            [------]     [-----]
"""

import re

from recall_assets.records import Finding
from recall_assets.stages.secrets.measures import is_placeholder, is_random, is_uuid, is_word

# A blank that OCR put into the password, and `;` read for `:`, are let through.
_CREDENTIALS = re.compile(
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,24}[ ]?[:;][ ]?/[ ]?/[ ]?(?P<user>[^\s/@:;\"'<>]{0,64})[:;][ ]?"
    r"(?P<value>[^\s@\"'<>]{1,120}?(?:[ \n][^\s@/\"'<>]{1,60}?){0,3})[ ]?@[ ]?(?=[\w\[{$-])"
)
_TOKEN_AS_USER = re.compile(r"\bhttps?://(?P<value>[\w~.-]{16,200})@(?=[\w-]+\.)")
_NAMES = (
    r"access_?token|refresh_?token|id_?token|auth_?token|token|t0ken|api_?key|apikey|app_?key|subscription-key|key|secret|client_secret|"
    r"password|passwd|pwd|pass|sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature|sas|code|"
    r"auth|session|sessionid|session_id|sid|ticket|otp|totp|jwt|assertion|samlresponse|state|nonce|confirmation_token|"
    r"reset_password_token|invitation_token|verification_code|hash|hmac|t|k|pat|credential|ct|magic"
)
_QUERY = re.compile(rf"(?i)[?&#;](?P<name>{_NAMES})=(?P<value>[^\s&#\"'<>;,]{{4,2000}})")
# These hold a secret whatever it looks like; the others only where it looks drawn at random.
_ALWAYS = re.compile(r"(?i).*(?:token|secret|passw|pwd|pass|api_?key|apikey|signature|jwt|otp).*|sig|sas")
_LINK = re.compile(
    r"(?i)https?://[^\s\"'<>]*?/(?:[\w-]*(?:reset|invite|invitation|magic|verify|verification|confirm|activate|unsubscribe|"
    r"one-?time|login-?link|share|join|setup|recover|recovery)[\w-]*)/(?:[\w-]{1,12}/)?(?P<value>[\w.~%=-]{12,})"
)


def find_in_urls(text: str) -> list[Finding]:
    """Credentials, tokens and one-time links in the addresses of a straightened text; may overlap."""
    findings = []
    for match in _CREDENTIALS.finditer(text):
        value = match["value"]
        if (
            not is_placeholder(value)
            and not value.isdigit()
            and value.lower() not in {"password", "pass", "pwd", "secret"}
        ):
            findings.append(Finding(*match.span("value"), "password", "url/credentials", 0.9))
    for match in _TOKEN_AS_USER.finditer(text):
        if is_random(match["value"]):
            findings.append(Finding(*match.span("value"), "token", "url/token-as-user", 0.9))
    for match in _QUERY.finditer(text):
        if _is_query_secret(match["name"], match["value"]):
            findings.append(Finding(*match.span("value"), "token", "url/query", 0.8))
    for match in _LINK.finditer(text):
        if is_random(match["value"], at_least=12) and not is_uuid(match["value"]):
            findings.append(Finding(*match.span("value"), "token", "url/one-time-link", 0.7))
    return findings


def _is_query_secret(name: str, value: str) -> bool:
    if is_placeholder(value) or is_word(value):
        return False
    if _ALWAYS.fullmatch(name):
        return len(value) >= 6 and (is_random(value, at_least=8) or any(c.isdigit() for c in value))
    return is_random(value.split("%")[0] if len(value) > 60 else value, at_least=16) and not is_uuid(value)
