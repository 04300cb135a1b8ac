"""The parts of an address that a window showed, whatever stands there.

https://user:[REDACTED:password]@host.test/path ─► host.test, /path       [no address ─► empty parts
"""

import re
from urllib.parse import SplitResult, urlsplit

_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)


def split_address(url: str | None) -> SplitResult:
    """The parts of an address, without user and password; all of them empty where it cannot be taken apart."""
    try:
        return urlsplit(_USER.sub(r"\1", url or ""))
    except ValueError:  # brackets that hold no IPv6 address: a redacted host, or what the owner was just typing
        return urlsplit("")
