"""Private keys that fill several lines, taken whole.

    -----BEGIN EC PRIVATE KEY-----   ┐
    MHcCAQEEIAGIJX7qrNaJgV+EkvJw4H   │ one finding, also where the END line is scrolled out of the screen
    -----END EC PRIVATE KEY-----     ┘

Public keys and certificates are no secrets and stay.
"""

import re

from recall_assets.records import Finding

_DASHES = r"[-=_. ]{2,8}"
_BEGIN = re.compile(
    rf"{_DASHES}\s?BEG[I1l]N[ ]?(?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP|SSH2 ENCRYPTED|ANY)[ ]?)?"
    rf"PR[I1l]VATE[ ]?KEY(?:[ ]?B[L1I]OCK)?[ ]?{_DASHES}",
    re.IGNORECASE,
)
_END = re.compile(
    rf"{_DASHES}?\s?END[ ]?(?:\w+[ ]?){{0,2}}PR[I1l]VATE[ ]?KEY(?:[ ]?B[L1I]OCK)?[ ]?(?:{_DASHES})?", re.IGNORECASE
)
_PUTTY = re.compile(r"(?i)^[ ]*Private-(?:Lines|MAC):.*(?:\n[ ]*[A-Za-z0-9+/=]{20,}[ ]*$)*", re.MULTILINE)
# A line of the body as screens show it: base64, perhaps cut by a blank, or a header of an encrypted key.
_BODY_LINE = re.compile(
    r"[ ]*(?:[\w+/=|!\\-][ ]?){12,}[ ]*$|[ ]*[\w+/=|]{1,80}={0,2}[ ]*$|[ ]*(?:Proc-Type|DEK-Info|Version|Comment):.*$|[ ]*$"
)
_LONGEST_BLOCK = 16_000


def find_blocks(text: str) -> list[Finding]:
    """PEM, OpenSSH, PGP and PuTTY private keys in a straightened text."""
    findings = [Finding(*match.span(), "private_key", "block/putty", 0.9) for match in _PUTTY.finditer(text)]
    at = 0
    while (begin := _BEGIN.search(text, at)) is not None:
        end = _END.search(text, begin.end(), begin.end() + _LONGEST_BLOCK)
        another = _BEGIN.search(text, begin.end(), begin.end() + _LONGEST_BLOCK)
        if end is not None and (another is None or end.start() < another.start()):
            at = end.end()
        else:
            at = _end_of_body(text, begin.end())
        findings.append(Finding(begin.start(), at, "private_key", "block/pem", 0.99))
    return findings


def _end_of_body(text: str, start: int) -> int:
    """The end of the last line that can belong to the key, where its END line cannot be seen."""
    # One line with `\\n` written out, as in JSON and environment files.
    inline = re.compile(r"(?:\\n|[\w+/= ]){40,}").match(text, start)
    at = inline.end() if inline else start
    line_start = text.find("\n", at)
    while line_start != -1:
        line_end = text.find("\n", line_start + 1)
        line = text[line_start + 1 : line_end if line_end != -1 else len(text)]
        if not _BODY_LINE.fullmatch(line) or (line.strip() and " " in line.strip() and not re.search(r"[\d+/=]", line)):
            break
        at = max(at, line_start + 1 + len(line.rstrip()))
        line_start = line_end
    return at
