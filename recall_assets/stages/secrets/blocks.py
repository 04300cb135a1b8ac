"""Private keys that fill several lines, taken whole.

    -----BEGIN EC PRIVATE KEY-----   ┐
    MHcCAQEEIAGIJX7qrNaJgV+EkvJw4H   │ one finding, also where the END line is scrolled out of the screen
    -----END EC PRIVATE KEY-----     ┘

Begin and end are looked for without blanks, since OCR cuts them too, and where their dashes were not read, alone on
their lines with a line of base64 between them. Public keys and certificates stay.
"""

import re

from recall_assets.records import Finding
from recall_assets.stages.secrets.views import View, squeeze

_NAMED = r"[A-Z0-9]{0,12}PR[I1l|]VATEKEY(?:B[L1I|]OCK)?"
_BEGIN = re.compile(rf"(?i)[-=_.~]{{2,10}}BEG[I1l|]N{_NAMED}[-=_.~]{{0,10}}")
_END = re.compile(rf"(?i)[-=_.~]{{0,10}}END{_NAMED}[-=_.~]{{0,10}}")
# Dashes in a row are lines to an engine, and left out or put on a line of their own.
_BARE = re.compile(
    r"(?im)^\W{0,4}BEG[I1l|]N (?:[A-Z0-9]{2,12} ){0,2}PR[I1l|]VATE KEY(?: B[L1I|]OCK)?\W{0,4}$"
    r"(?P<body>(?:\n.*){1,60}?)\n\W{0,4}END (?:[A-Z0-9]{2,12} ){0,2}PR[I1l|]VATE KEY"
)
_PUTTY = re.compile(r"(?im)^[ ]*Private-(?:Lines|MAC):.*(?:\n[ ]*[A-Za-z0-9+/=]{20,}[ ]*$)*")
# A line of the body as screens show it: base64, perhaps cut by a blank, or a header of an encrypted key.
_BODY_LINE = re.compile(r"[\s>]*(?:[\w+/=|!\\-]+[ ]?)+|[ ]*(?:Proc-Type|DEK-Info|Version|Comment):.*|\s*")
_WRITTEN_OUT = re.compile(r"(?:\\n|[\w+/= ]){40,}")  # one line with `\\n` in it, as in JSON and environment files
_SHORTEST_BODY = 20
_LONGEST_BLOCK = 16_000


def find_blocks(text: str) -> list[Finding]:
    """PEM, OpenSSH, PGP and PuTTY private keys in a straightened text."""
    findings = [Finding(*match.span(), "private_key", "block/putty", 0.9) for match in _PUTTY.finditer(text)]
    if re.search(r"(?i)K\s?E\s?Y", text):
        findings.extend(_pem(text, squeeze(text)))
        findings.extend(
            Finding(*match.span(), "private_key", "block/pem", 0.9)
            for match in _BARE.finditer(text)
            if any(len(line) >= _SHORTEST_BODY and _is_body(line) for line in match["body"].split("\n"))
        )
    return findings


def _pem(text: str, view: View) -> list[Finding]:
    findings = []
    at = 0
    while (begin := _BEGIN.search(view.text, at)) is not None:
        end = _END.search(view.text, begin.end(), begin.end() + _LONGEST_BLOCK)
        another = _BEGIN.search(view.text, begin.end(), begin.end() + _LONGEST_BLOCK)
        start, begun = view.span(*begin.span())
        if end is not None and (another is None or end.start() < another.start()):
            stop, at = view.ends[end.end() - 1], end.end()
        else:
            stop, at = _end_of_body(text, begun), begin.end()
        findings.append(Finding(start, stop, "private_key", "block/pem", 0.99))
    return findings


def _end_of_body(text: str, start: int) -> int:
    """The end of the last line that can belong to the key, where its END line cannot be seen."""
    inline = _WRITTEN_OUT.match(text, start)
    at = inline.end() if inline else start
    line_start = text.find("\n", at)
    while line_start != -1:
        line_end = text.find("\n", line_start + 1)
        line = text[line_start + 1 : line_end if line_end != -1 else len(text)]
        if not _BODY_LINE.fullmatch(line) or (line.strip() and not _is_body(line)):
            break
        at = max(at, line_start + 1 + len(line.rstrip()))
        line_start = line_end
    return at


def _is_body(line: str) -> bool:
    packed = re.sub(r"[\s>]", "", line)
    return ":" in line or " " not in line.strip() or (len(packed) >= 32 and re.search(r"[\d+/=]", packed) is not None)
