"""How well random-looking tokens were read: the characters of them that are wrong."""

import re
from itertools import pairwise

import numpy as np

_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{8,}")


def random_tokens(text: str) -> set[str]:
    """Hashes, keys and ids: eight or more signs, of which digits and letters change places often."""
    tokens = (match.group().strip("-_=/+") for match in _TOKEN.finditer(text))
    return {token for token in tokens if len(token) >= 8 and _changes(token) >= 3}


def character_errors(token: str, read: str) -> int:
    """The fewest edits that make any stretch of what was read, without its blanks, into the token."""
    text = np.frombuffer("".join(read.split()).encode("utf-32-le"), np.uint32)
    row = np.zeros(len(text) + 1, np.int32)  # a stretch may begin anywhere
    steps = np.arange(len(text) + 1, dtype=np.int32)
    for number, sign in enumerate(token, 1):
        replaced = row[:-1] + (text != ord(sign))
        left_out = row[1:] + 1
        best = np.concatenate(([number], np.minimum(replaced, left_out))).astype(np.int32)
        row = np.minimum.accumulate(best - steps) + steps  # signs too many
    return int(min(row.min(), len(token)))


def _changes(token: str) -> int:
    return sum(one.isdigit() != other.isdigit() for one, other in pairwise(token))
