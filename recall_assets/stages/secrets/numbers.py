"""Numbers that identify a person or an account, told by their check digits and ranges.

    4000 0092 9164 4626    card       issuer range, length, Luhn
    DE30 5304 4194 0060..  IBAN       country's length, mod 97, with blanks
    123-45-6789            SSN        area, group and serial in their ranges; 9.. is a taxpayer without an SSN
    others                 national   check digit of the country, most of them beside their label only

A number without a check digit counts only beside its label, since screens are full of numbers.
"""

import re

from recall_assets.records import Finding
from recall_assets.stages.secrets.countries import IBAN_LENGTHS, NATIONAL_IDS

_DIGIT_LIKE = str.maketrans("OoQDIl|!iSsBZz", "00001111155822")
_DIGIT = r"[0-9OoIlSBZ]"
_CUT_DIGIT = rf"(?:{_DIGIT}[ ]?)"  # engines see a blank beside a narrow 1
_CARD = re.compile(rf"(?<![\w.,:/#-])(?:{_DIGIT}[ -]{{0,2}}){{12,18}}{_DIGIT}(?![\w]|[-.,/:]\d)")
_NOT_A_CARD = re.compile(
    r"(?i)(?:order|parcel|tracking|shipment|invoice|bestell|auftrag|sendung|rechnung|commande|colis|pedido|"
    r"ticket|isbn|imei|serial|serien|ean|gtin|upc|id|uid|timestamp|account ?no|x)\W{0,3}"
    r"(?:(?:number|nr|no|nummer|num|numéro|id|code)\W{0,4})?[=:#]?\s*$"
)
_CARD_LABEL = re.compile(r"(?i)card|karte|carte|tarjeta|carta|cartão|visa|master|amex|kort|karta|pan\b|カード|卡")
_CARD_FORM = re.compile(
    r"(?i)card ?(?:number|no|holder)|name on card|kartennummer|karteninhaber|numéro de carte|titulaire|"
    r"número de tarjeta|numero (?:della )?carta|número do cartão|kaartnummer|kortnummer|numer karty|номер карты|"
    r"卡号|カード番号|카드 번호|"
    r"\b(?:expiry|expires|exp|valid thru|gültig bis|cvc|cvv)\b"
)
_CVV = re.compile(
    r"(?i)\b(?:cvv2?|cvc2?|cvn|csc|cid|card (?:security|verification) (?:code|value)|security code|sicherheitscode|"
    r"prüfziffer|kartenprüfnummer|cryptogramme|code de sécurité|código de seguridad|codice di sicurezza)\b"
    r"[^\w\n]{0,6}(?:\n[ ]*)?(?P<value>\d{3,4}(?!\d|[-/.]\d)|(?=\S?\d)[0-9OoDIlSBZ|()\[\]]{3,4}(?=\s|$))"
)
_LONE_CVV = re.compile(
    r"(?:^|\s)(?:0[1-9]|1[0-2])[ ]?/[ ]?(?:20)?\d\d\s{1,4}(?:[A-Za-z]{2,4}\W{1,3})?(?P<value>\d{3,4})(?=\s|$)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])(?P<country>[A-Z]{2})[ ]?[0-9OoIlSBZ]{2}(?:[ -]{0,2}\n?[A-Z0-9oils|]){11,34}")
_IBAN_IN_FOURS = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?(?!\w)")
# Beside its label a number counts although a misread or doubled digit spoils its length or its check digits.
_IBAN_LABELLED = re.compile(
    r"\bIBAN\b[^\w\n]{0,4}\n?[ ]*"
    r"(?P<value>(?P<country>[A-Z]{2})[A-Z0-9]{2,4}(?:[ -]?[A-Z0-9]{2,5}){3,8})(?![A-Za-z0-9])"
)
_SSN = re.compile(
    rf"(?<![\w.-])(?!000|666){_DIGIT}{{3}}[ ]?-[ ]?(?!00){_DIGIT}{{2}}[ ]?-[ ]?(?!0000)"
    rf"{_CUT_DIGIT}{{3}}{_DIGIT}(?![\w-]|\.\d)"
)
_SSN_LABELLED = re.compile(
    r"(?i)\b(?:ssn|itin|social security(?: (?:number|no\.?))?|social insurance|"
    r"tax(?:payer)? id(?:entification)?(?: number)?)"
    r"\W{0,5}(?P<value>(?!000|666)(?:[0-9OIlSBZz][ ]?){3}-?[ ]?(?!00)(?:[0-9OIlSBZz][ ]?){2}-?[ ]?(?!0000)"
    r"(?:[0-9OIlSBZz][ ]?){3}[0-9OIlSBZz])(?!\w)"
)


def find_numbers(text: str) -> list[Finding]:
    """Cards, their security codes, IBANs and national ids in a straightened text; may overlap."""
    cards = _cards(text)
    return [*cards, *_security_codes(text, cards), *_ibans(text), *_national_ids(text)]


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1."""
    doubled = [int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def mod97(iban: str) -> bool:
    """Whether the check digits of ISO 13616 hold; the IBAN is without blanks and in capitals."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_card(digits: str) -> bool:
    """Issuer range, length and Luhn fit together (ranges as the card schemes publish them)."""
    return in_issuer_range(digits) and luhn(digits) and len(set(digits)) > 2


def in_issuer_range(digits: str) -> bool:
    """The first digits belong to a card scheme, and the length is one of its cards'."""
    length, two, three, four = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4])
    return (
        (digits[0] == "4" and length in (13, 16, 19))
        or (length == 16 and (51 <= two <= 55 or 2221 <= four <= 2720))
        or (length == 15 and two in (34, 37))
        or (length in (16, 19) and (four == 6011 or 644 <= three <= 649 or two in (65, 62) or 3528 <= four <= 3589))
        or (length in (14, 16) and (300 <= three <= 305 or two in (36, 38, 39)))
        or (12 <= length <= 19 and (two in (50, 56, 57, 58, 63, 67) or four in (6304, 6759, 6761, 6762, 6763)))
        or (length == 16 and 2200 <= four <= 2204)
    )


def _cards(text: str) -> list[Finding]:
    findings = []
    for match in _CARD.finditer(text):
        raw = match.group()
        if sum(character.isalpha() for character in raw) > 3:
            continue
        digits = re.sub(r"[ -]", "", raw).translate(_DIGIT_LIKE)
        before = text[max(0, match.start() - 40) : match.start()].rsplit("\n\n", 1)[-1]
        if _is_card_here(text, match, digits, before):
            findings.append(Finding(*match.span(), "card", "number/card", 0.9))
    return findings


def _is_card_here(text: str, match: re.Match[str], digits: str, before: str) -> bool:
    if is_card(digits) and _CARD_LABEL.search(before):
        return True
    if not _well_grouped(match.group()) or _NOT_A_CARD.search(before):
        return False
    # In a card's form one misread digit must not leave the other fifteen readable: there the check digit may fail.
    in_form = " " in match.group() and _CARD_FORM.search(text, max(0, match.start() - 60), match.end() + 60)
    return is_card(digits) or (bool(in_form) and in_issuer_range(digits))


def _well_grouped(raw: str) -> bool:
    """Written in one piece, or in groups as on cards: 4-4-4-4, 4-6-5, 4-6-4."""
    sizes = [len(group) for group in re.split(r"[ -]+", raw)]
    return len(sizes) == 1 or sizes in ([4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3], [6, 13]) or max(sizes) <= 6


def _security_codes(text: str, cards: list[Finding]) -> list[Finding]:
    findings = [Finding(*m.span("value"), "card_security_code", "number/cvv", 0.8) for m in _CVV.finditer(text)]
    for card in cards:
        beside = _LONE_CVV.search(text, max(0, card.end - 1), card.end + 120)
        if beside:
            findings.append(Finding(*beside.span("value"), "card_security_code", "number/cvv-beside-card", 0.7))
    return findings


def _ibans(text: str) -> list[Finding]:
    findings = []
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match["country"])
        if length is None:
            continue
        kept = [i for i in range(match.start(), match.end()) if not text[i].isspace() and text[i] != "-"]
        if len(kept) < length:
            continue
        if len(kept) > length and kept[length] == kept[length - 1] + 1 and text[kept[length]].isdigit():
            continue  # it would end within a number
        raw = "".join(text[i] for i in kept[:length])
        folded = raw[:2] + raw[2:].translate(_DIGIT_LIKE)
        candidates = (raw.upper(), raw[:2] + raw[2:4].translate(_DIGIT_LIKE) + raw[4:].upper(), folded.upper())
        if any(c.isascii() and c.isalnum() and c[2:4].isdigit() and mod97(c) for c in candidates):
            findings.append(Finding(match.start(), kept[length - 1] + 1, "iban", "number/iban", 0.95))
    for match in _IBAN_IN_FOURS.finditer(text):  # its check digits tell enough, also of a country not in our table
        if mod97(match.group().replace(" ", "")):
            findings.append(Finding(*match.span(), "iban", "number/iban-in-fours", 0.9))
    for match in _IBAN_LABELLED.finditer(text):
        digits = "".join(filter(str.isdigit, match["value"]))
        if match["country"] in IBAN_LENGTHS and len(digits) >= 10 and len(set(digits)) > 3:
            findings.append(Finding(*match.span("value"), "iban", "number/iban-labelled", 0.8))
    return findings


def _national_ids(text: str) -> list[Finding]:
    findings = [
        Finding(*match.span(), "national_id", "number/us-ssn", 0.8)
        for match in _SSN.finditer(text)
        if sum(c.isalpha() for c in match.group()) <= 1
    ]
    for match in _SSN_LABELLED.finditer(text):
        findings.append(Finding(*match.span("value"), "national_id", "number/us-ssn", 0.8))
    for rule, pattern, holds in NATIONAL_IDS:
        for match in pattern.finditer(text):
            if holds(re.sub(r"[^A-Za-z0-9]", "", match["value"]).upper()):
                findings.append(Finding(*match.span("value"), "national_id", f"number/{rule}", 0.8))
    return findings
