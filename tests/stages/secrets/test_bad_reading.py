"""Secrets are found although OCR cut them, wrapped them or took one letter for another."""

import pytest

from recall_assets.stages.secrets import detect
from tests.stages.secrets.drawn import Drawer, in_fours, is_covered

draw = Drawer(2)
TOKEN = draw.token("glp" + "at-", 20)
LONG = draw.token("", 60)


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("see ", f"{TOKEN[:9]} {TOKEN[9:17]} {TOKEN[17:]}"),
        ("see ", TOKEN.replace("-", "–")),
        ("see ", TOKEN.replace("l", "1", 1)),
        ("API_TOKEN=", f"{LONG[:20]}\n{LONG[20:40]}\n{LONG[40:]}"),
        ("Secret access key\n", f"{LONG[:15]} {LONG[15:33]} {LONG[33:]}"),
        ("Password: ", "C omet#832"),
        ("postgres://app:", "7YXtG8ZP Eik9N@db.example.org"),
        ("https://example.org/reset-password/", f"{LONG[:30]}\n{LONG[30:]}"),
        ("Valid until\n03/30\nCVC\n", "40)|"),
        (
            "Authorization: Bearer\n",
            f"ey{'Jl'}{LONG[:14]}j {LONG[14:30]}. eyIz{LONG[30:50]} j {LONG[50:]}9.kmx2 - {LONG[5:29]}",
        ),
        ("postgres://app: ", "7YXtG8ZPEik9N@db.example.org"),
        ("Social security number ", "535-68-442 1"),
        ("the wireless network is called north-5. The new key is ", "tundra-harbor-cobalt-\n37"),
        ("the passphrase is ", "tundra-harbor-cobalt-\nember42"),
        ("wallet words: ", "ladder ocean parrot tunnel velvet harv"),
        ("SSN ", "535-68-44z1"),
        ("SIM PIN ", "47l3"),
        ("api_token; ", "876327a0-cb7c-48ca–7c15-0a05e4874011"),
        ("smtp_pass: ", "otter-maple-pew ter-harbor"),
        ("Recovery phrase\n", "copper doIphin candy velvet Iadder frozen garage orbit wisdom harvest salmon acquire"),
        ("Backup codes\n", "€27b3e-967b3e\nfb7b3e-247b3e\n§97b3e-017b3e\n617b3e-097b3e"),
        ("aws_access_key_id = ", "AK" + "IALQJUENYYVKHFMHGLT"),
        ("IBAN ", in_fours(draw.iban("DE", 22)).replace(" ", "  ", 1)),
        ("IBAN ", in_fours(draw.iban("DE", 22)).replace("DE", "DES", 1)),
        ("visa ", draw.card().replace("0", "O", 1)),
        ("", f"--- --BEGIN R SA {'PRIVATE'} KEY--- --\n{LONG}\n-----END RSA {'PRIVATE'} KEY-----"),
        ("", f"BEGIN RSA {'PRIVATE'} KEY\nw---- ae---\n{LONG[:30]} {LONG[30:]}\nEND RSA {'PRIVATE'} KEY"),
    ],
)
def test_a_value_is_found_as_ocr_gives_it(before: str, value: str) -> None:
    text = f"File  Edit  View\n{before}{value}\nNAME READY STATUS"
    assert is_covered(text, value.split("@")[0], detect(text))


def test_a_token_without_a_prefix_is_found_although_a_short_word_stands_before_it() -> None:
    key = f"{LONG}{LONG[3:25]}x7Q3=="
    text = f"RAM 4 GB\nkey1\n{key}\nkey2"
    assert is_covered(text, key, detect(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"HF_TOKEN={LONG[:37]}\nOPENAI_API_KEY={LONG[3:43]}\nSIZE=5", LONG[:37]),
        (f"password = {LONG}\nnoor@mill:~/src/quota$\n## main", LONG),
        ("MONGO_URL=mongodb+srv://app:k3lpFor7est@db.example.org/shop?retryWrites=true", "k3lpFor7est"),
        (f"origin https://oauth2:{TOKEN}@code.example.org/a/tiles.git (fetch)", TOKEN),
    ],
)
def test_a_finding_covers_the_value_and_nothing_that_only_stands_beside_it(text: str, value: str) -> None:
    findings = detect(text)
    assert value in [text[finding.start : finding.end] for finding in findings]
    hidden = "".join(text[finding.start : finding.end] for finding in findings)
    assert not any(word in hidden for word in ("OPENAI", "noor", "mongodb", "tiles"))


def test_a_finding_ends_where_the_next_line_begins() -> None:
    text = f"TOKEN={TOKEN}\nRecall - Visual Studio Code"
    (finding,) = detect(text)
    assert text[finding.start : finding.end] == TOKEN


@pytest.mark.parametrize("prefix", ["SG.", "gh" + "p_", "sk_" + "live_"])
def test_the_beginning_of_a_token_is_found_where_its_end_is_covered(prefix: str) -> None:
    value = prefix + draw.token("", 16)
    text = f"npm_package_config_registry sk_live_mode_settings SG.Holding_Partners_2024\nthe key is {value} on the left"
    (finding,) = detect(text)
    assert text[finding.start : finding.end] == value


def test_a_wrapped_web_token_is_found_up_to_the_quote_that_the_next_word_touches() -> None:
    token = f"ey{'Jh'}{LONG[:34]}.ey{'Jz'}{LONG[3:55]}.{LONG[10:53]}"
    text = f"curl -H 'Authorization: Bearer {token[:54]}\n{token[54:]}'http://127.0.0.1:9/items || echo no"
    assert is_covered(text, f"{token[:54]}\n{token[54:]}", detect(text))


@pytest.mark.parametrize("before", ["Authorization: Bearer ", "API_TOKEN=", "Secret access key: "])
@pytest.mark.parametrize("bracket", "[]({")
def test_a_letter_that_was_read_as_a_bracket_hides_no_token(before: str, bracket: str) -> None:
    whole = LONG.lstrip("0123456789")  # a name of a program begins with a letter
    read = whole[:22] + bracket + whole[23:]
    for value in (read, f"{read[:40]}\n{read[40:]}"):
        text = f"File  Edit  View\n{before}{value}\nNAME READY STATUS"
        assert is_covered(text, value, detect(text))


@pytest.mark.parametrize(
    "code",
    [
        "token = getUserById2(userId42",
        "access_tokens_v2[user_id_3]",
        "base64.b64decode(data2,",
        "settings.providers[openai2].key3",
        "get_random_secret_key50(length50)",
        "s3client.getPresignedUrl2(bucket1.name2",
    ],
)
def test_brackets_of_code_are_no_bad_reading(code: str) -> None:
    assert detect(f"api_key = {code}\n") == []
