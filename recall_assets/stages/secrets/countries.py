"""National numbers by country: lengths of IBANs, and ids with the check that each country publishes.

    IBAN_LENGTHS   country ─► characters           (SWIFT IBAN registry)
    NATIONAL_IDS   rule, pattern with `value`, check of the value without separators

A pattern without a strong check of its own asks for the label in the languages of that country.
"""

import re
from collections.abc import Callable, Sequence

# fmt: off
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}
# fmt: on


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: str) -> bool:
    turned = [int(digit) for digit in reversed(digits)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(turned)) % 10 == 0


def _german_tax_id(value: str) -> bool:
    product = 10
    for digit in value[:10]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(value[10]) and value[0] != "0"


def _french(value: str) -> bool:
    number = value[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(value[13:])


def _spanish(value: str) -> bool:
    number = {"X": "0", "Y": "1", "Z": "2"}.get(value[0], value[0]) + value[1:-1]
    return number.isdigit() and "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == value[-1]


def _italian(value: str) -> bool:
    odd = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    odd |= dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
            strict=True,
        )
    )
    even = {c: (ord(c) - ord("A") if c.isalpha() else int(c)) for c in odd}
    total = sum(odd[c] if i % 2 == 0 else even[c] for i, c in enumerate(value[:15]))
    return chr(ord("A") + total % 26) == value[15]


def _swiss(value: str) -> bool:
    return (10 - _weighted(value[:12], [1, 3] * 6) % 10) % 10 == int(value[12])


def _polish(value: str) -> bool:
    return (10 - _weighted(value[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10 == int(value[10])


def _dutch(value: str) -> bool:
    return (_weighted(value[:8], (9, 8, 7, 6, 5, 4, 3, 2)) - int(value[8])) % 11 == 0 and int(value) > 0


def _brazilian(value: str) -> bool:
    first = _weighted(value[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weighted(value[:10], range(11, 1, -1)) * 10 % 11 % 10
    return value[9:] == f"{first}{second}" and len(set(value)) > 1


def _finnish(value: str) -> bool:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(value[:6] + value[-4:-1]) % 31] == value[-1]


def _belgian(value: str) -> bool:
    return any(97 - int(century + value[:9]) % 97 == int(value[9:]) for century in ("", "2"))


def _aadhaar(value: str) -> bool:
    """Verhoeff's check over the dihedral group D5."""
    turn = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    check = 0
    for position, digit in enumerate(map(int, reversed(value))):
        for _ in range(position % 8):
            digit = turn[digit]
        check = _d5(check, digit)
    return check == 0 and len(set(value)) > 2


def _d5(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5


def _swedish(value: str) -> bool:
    return _luhn(value[-10:]) and 1 <= int(value[-8:-6]) <= 12


def _any(value: str) -> bool:
    return any(character.isdigit() for character in value)


def _beside(label: str, value: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?i:(?:{label})\b[^\w\n]{{0,8}}(?:(?:number|nr|no|nummer|is|ist)\b\W{{0,4}})?)"
        rf"\n?[ ]*(?P<value>{value})(?!\w)"
    )


def _alone(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?P<value>{value})(?![\w-]|\.\d)")


NATIONAL_IDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("fr-nir", _alone(r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}"), _french),
    ("it-codice-fiscale", _alone(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"), _italian),
    ("es-dni", _alone(r"(?:\d{8}|[XYZ]\d{7})-?[A-HJ-NP-TV-Z]"), _spanish),
    ("ch-ahv", _alone(r"756\.?\d{4}\.?\d{4}\.?\d{2}"), _swiss),
    ("br-cpf", _alone(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), _brazilian),
    ("be-national-number", _alone(r"\d{2}\.(?:0\d|1[0-2])\.[0-3]\d-\d{3}\.\d{2}"), _belgian),
    ("fi-hetu", _alone(r"[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]"), _finnish),
    ("se-personnummer", _alone(r"(?:19|20)?\d{2}(?:0\d|1[0-2])[0-3]\d[-+]\d{4}"), _swedish),
    (
        "de-tax-id",
        _beside(
            r"steuer-?id(?:entifikationsnummer)?|steuerliche identifikationsnummer|idnr\.?|tin|tax id",
            r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        ),
        _german_tax_id,
    ),
    (
        "de-pension",
        _beside(r"sozialversicherungsnummer|sv-?nummer|rentenversicherungsnummer", r"\d{2} ?\d{6} ?[A-Z] ?\d{3}"),
        _any,
    ),
    (
        "uk-nino",
        _beside(
            r"ni(?:no)?|national insurance",
            r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        ),
        _any,
    ),
    ("nl-bsn", _beside(r"bsn|burgerservicenummer|sofinummer", r"\d{9}|\d{4}\.?\d{2}\.?\d{3}"), _dutch),
    ("pl-pesel", _beside(r"pesel", r"\d{11}"), _polish),
    ("in-aadhaar", _beside(r"aadhaar|aadhar|uidai|आधार", r"\d{4} ?\d{4} ?\d{4}"), _aadhaar),
    ("in-pan", _beside(r"pan|permanent account", r"[A-Z]{5}\d{4}[A-Z]"), _any),
    ("ca-sin", _beside(r"sin|social insurance|nas", r"\d{3}[ -]?\d{3}[ -]?\d{3}"), _luhn),
    ("no-fodselsnummer", _beside(r"f(?:ø|o)dselsnummer|personnummer|fnr", r"\d{6} ?\d{5}"), _any),
    ("dk-cpr", _beside(r"cpr(?:-?nummer|-?nr)?|personnummer", r"\d{6}-?\d{4}"), _any),
    ("at-svnr", _beside(r"sv-?nr|sozialversicherungsnummer|versicherungsnummer", r"\d{4} ?\d{6}"), _any),
    (
        "passport",
        _beside(
            r"passport|reisepass(?:nummer)?|passeport|pasaporte|passaporto|passnummer|паспорт",
            r"[A-Z]{0,2}\d[A-Z0-9]{5,8}",
        ),
        _any,
    ),
    (
        "id-card",
        _beside(
            r"personalausweis(?:nummer)?|ausweisnummer|identity card|id card|carte d'identité|dni|nie",
            r"[A-Z0-9]{8,10}",
        ),
        _any,
    ),
    (
        "driving-licence",
        _beside(
            r"driver'?s? licen[cs]e|driving licen[cs]e|führerschein(?:nummer)?|permis de conduire",
            r"[A-Z0-9][A-Z0-9 -]{6,16}\d",
        ),
        _any,
    ),
    (
        "tax-number",
        _beside(
            r"steuernummer|ssn/tin|itin|tax file number|tfn|codice fiscale|nif|cif",
            r"[A-Z0-9]{2,3}[ /-]?[0-9]{3}[ /-]?[0-9]{3,5}[A-Z]?",
        ),
        _any,
    ),
)
