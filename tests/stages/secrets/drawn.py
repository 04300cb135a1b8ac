"""Invented secrets, drawn when a test runs, so that the repository holds nothing that looks like a real one.

Drawer(seed).token("glp" + "at-", 20)  password()  card()  iban("DE", 22)  hexadecimal(32)  seed_phrase()
"""

import random
import string

from mnemonic import Mnemonic

from recall_assets.records import Finding

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_WORDS = ("orchid", "canyon", "velvet", "marble", "copper", "falcon", "summit", "walnut", "lantern", "pebble")


class Drawer:
    """Draws the same values for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def characters(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def token(self, prefix: str, length: int) -> str:
        """The prefix and a random body, which always has a digit and both cases."""
        return prefix + self.characters(LETTERS_AND_DIGITS, length - 4) + "x7Q3"

    def hexadecimal(self, length: int) -> str:
        return self.characters("0123456789abcdef", length - 4) + "7b3e"

    def password(self) -> str:
        word, other = self._random.sample(_WORDS, 2)
        number = self._random.randrange(10, 999)
        return self._random.choice(
            (f"{word.title()}{self._random.choice('!#%&?')}{number}", f"{word}-{other}-{number}", self.token("", 14))
        )

    def card(self, prefix: str = "4", length: int = 16) -> str:
        number = prefix + self.characters(string.digits, length - len(prefix) - 1)
        total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(number)))
        return number + str(-total % 10)

    def iban(self, country: str, length: int) -> str:
        account = self.characters(string.digits, length - 4)
        remainder = int("".join(str(int(c, 36)) for c in account + country + "00")) % 97
        return f"{country}{98 - remainder:02d}{account}"

    def seed_phrase(self, language: str = "english") -> str:
        return Mnemonic(language).to_mnemonic(self._random.randbytes(16))


def in_fours(value: str) -> str:
    """The value in groups of four, as cards and IBANs are printed."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


def is_covered(text: str, value: str, findings: list[Finding]) -> bool:
    """Every character of the value's first place in the text lies in a finding."""
    start = text.index(value)
    hidden = {i for finding in findings for i in range(finding.start, finding.end)}
    return all(i in hidden or text[i].isspace() for i in range(start, start + len(value)))
