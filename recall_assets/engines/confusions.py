"""Settles letters that look alike, where only one of them can stand.

    9f2c4be07d1a6c55e0b8a1734dd0f7a2c91b6e3f58d24a7709ccle5a    hexadecimal: its l is a 1, its O a 0
    sha256:9f2c4be07d1a6c55…ccle5a    7d3b6cle-52f4-4a0e-…      the same inside of a longer token, and in a UUID
    2026-ll-09  l2.5O                                           number: the same
    Be1fd20c7b94a35e60c18f2277d3                                a long one in small letters: its B is an 8, its S a 5
    B0T_T0KEN  0PENAI                                           a word of capitals: its 0 is an O
    parallel    Olo5                                            anything else stays as it was read

A recogniser judges each sign alone; in many fonts `l`, `I` and `1` differ by a pixel. Pure.
"""

import re

_ALIKE = str.maketrans({"l": "1", "I": "1", "|": "1", "O": "0", "o": "0"})
# A capital, or a letter beyond f, among the small letters of a hash.
_ALIKE_IN_HASH = _ALIKE | str.maketrans({"B": "8", "S": "5", "s": "5", "Z": "2", "z": "2", "g": "9", "q": "9"})
_PIECE = re.compile(r"[0-9A-Za-z|]+")
_HEX, _DIGITS = re.compile(r"[0-9a-f]+|[0-9A-F]+"), re.compile(r"[0-9]+")
_UUID = re.compile(
    r"(?<![0-9A-Za-z|])[0-9a-fA-FlIoO|]{8}(?:-[0-9a-fA-FlIoO|]{4}){3}-[0-9a-fA-FlIoO|]{12}(?![0-9A-Za-z|])"
)
# So many such signs in a row are no word and, with other letters before them, still no accident.
_HEX_RUN = re.compile(r"[0-9a-flIoO|]{24,}|[0-9A-FlIoO|]{24,}")
_CAPITALS = re.compile(r"[A-Z]+0[A-Z]+|0[A-WYZ][A-Z]{3,}")
# Shorter words of a-f and look-alikes are too often words: `decode` has six such letters.
HEX_FROM, HEX_DIGITS_FROM = 12, 0.3
HASH_FROM, MISREAD_IN_HASH = 24, 2
# Two of three signs are digits already, or it is a name such as `l1` or `O2`.
DIGITS_FROM = 0.6


def settle(token: str) -> str:
    """The token with look-alikes made digits where its other signs leave no choice."""
    token = _UUID.sub(lambda match: match.group().translate(_ALIKE), token)
    return _PIECE.sub(lambda match: _settled(match.group()), token)


def _settled(piece: str) -> str:
    digits = sum(sign.isdigit() for sign in piece) / len(piece)
    if _CAPITALS.fullmatch(piece) and not _HEX.fullmatch(piece):
        return piece.replace("0", "O")
    if len(piece) >= HASH_FROM and digits >= HEX_DIGITS_FROM and _is_misread_hash(piece):
        return piece.translate(_ALIKE_IN_HASH)
    changed = piece.translate(_ALIKE)
    if changed == piece:
        return piece
    if len(piece) >= HEX_FROM and digits >= HEX_DIGITS_FROM and _HEX.fullmatch(changed):
        return changed
    if len(piece) >= 3 and digits >= DIGITS_FROM and _DIGITS.fullmatch(changed):
        return changed
    return _HEX_RUN.sub(_as_digits, piece)


def _is_misread_hash(piece: str) -> bool:
    """All but a sign or two are digits and small letters up to f, and those two look like digits."""
    strange = [sign for sign in piece if not (sign.isdigit() or sign in "abcdef" or sign in "lIoO|")]
    return 0 < len(strange) <= MISREAD_IN_HASH and _HEX.fullmatch(piece.translate(_ALIKE_IN_HASH)) is not None


def _as_digits(run: re.Match[str]) -> str:
    """A run of hexadecimal digits and look-alikes, if enough of it are digits already."""
    digits = sum(sign.isdigit() for sign in run.group())
    return run.group().translate(_ALIKE) if digits >= HEX_DIGITS_FROM * len(run.group()) else run.group()
