"""The recovery code: 130 random bits that a person can write down, read and type.

    26 characters of Crockford's base 32 + 2 that check them      7K3M-Q0ZX-…  seven groups of four
    typed: blanks, hyphens and case do not count, O is 0, I and L are 1

Source: Douglas Crockford, "Base 32" (alphabet and look-alikes). The check is ten bits of SHA-256, not his modulo 37,
whose 37 symbols are harder to read. Stretching the code to a key is `opening`.
"""

import hashlib
import secrets

from recall_assets.errors import VaultError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})
_RANDOM, _CHECK = 26, 2


def make() -> str:
    """A new code in groups of four, as it is shown."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    code += _check(code)
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def normalised(typed: str) -> str:
    """The 26 random characters of a typed code.

    Raises:
        VaultError: it is not complete, or a character is wrong.
    """
    code = typed.upper().translate(_LOOK_ALIKES)
    if len(code) != _RANDOM + _CHECK:
        raise VaultError(f"A recovery code has {_RANDOM + _CHECK} characters; this has {len(code)}.", "Type it again.")
    random, check = code[:_RANDOM], code[_RANDOM:]
    if not set(code) <= set(_ALPHABET) or check != _check(random):
        raise VaultError("A character of this recovery code is wrong.", "Compare it with what you wrote down.")
    return random


def _check(random: str) -> str:
    bits = int.from_bytes(hashlib.sha256(b"recall-recovery-check/v1\0" + random.encode()).digest()[:2], "big") >> 6
    return _ALPHABET[bits >> 5] + _ALPHABET[bits & 31]
