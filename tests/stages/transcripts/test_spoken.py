"""Secrets that are said aloud are found; talk about numbers and passwords is left alone."""

import re

import pytest

from recall_assets.stages.transcripts import detect_spoken


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in detect_spoken(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            "The card number is four zero zero zero zero zero nine two nine one six four four six two six, okay?",
            "card",
            "four zero zero zero zero zero nine two nine one six four four six two six",
        ),
        ("My card is 4000, 0092, 9164, 4626.", "card", "4000, 0092, 9164, 4626"),
        ("Card number 4-0-0-0-0-0-9-2-9-1-6-4-4-6-2-6.", "card", "4-0-0-0-0-0-9-2-9-1-6-4-4-6-2-6"),
        ("my card: forty double zero, double zero ninety two, 91 64 forty six 26", "card", None),
        ("Good morning, my card number is 40000009291644626", "card", "40000009291644626"),  # a digit too many
        ("My account number is four zero zero, zero zero nine, two nine one.", "iban", None),
        ("Your verification code is four eight two nine one three.", "one_time_code", "four eight two nine one three"),
        ("The pin is four eight two nine.", "pin", "four eight two nine"),
        ("My password is Harbor92Kestrel47.", "password", "Harbor92Kestrel47"),
        ("The password is harbor ninety two kestrel. Got it?", "password", "harbor ninety two kestrel"),
        ("The wifi password is capital H, T, seven, hash, Q.", "password", "capital H, T, seven, hash, Q"),
        ("The guest password was purple walnut harbor.", "password", "purple walnut harbor"),
        ("So the token is G H P underscore K T 4 V.", "token", "G H P underscore K T 4 V"),
        ("Das Passwort ist Walnuss sieben acht.", "password", "Walnuss sieben acht"),
    ],
)
def test_what_is_said_aloud_is_found(text: str, kind: str, value: str | None) -> None:
    assert (kind, value or re.split(": | is ", text)[1].rstrip(".")) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The password is wrong.",
        "The password is not required for that.",
        "The password is on the sticky note under the keyboard.",
        "The key is to ask early.",
        "On the card we have 12 issues and 34 comments.",
        "We keep thirty five days, that is issue four twelve.",
        "It grew from nineteen ninety nine to twenty twenty six, one two three four times.",
        "I will call you at six, or at seven thirty, on the eleventh.",
        "Invoice number four zero zero zero zero zero nine two nine one six four four six two seven.",
    ],
)
def test_talk_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_what_is_taken_out_already_is_not_found_again() -> None:
    assert found("The password is [REDACTED:password]. The card is [REDACTED:card].") == []
