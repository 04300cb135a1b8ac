"""Each kind of secret is found as screens show it, and what only looks like one stays."""

import pytest

from recall_assets.stages.secrets import detect
from recall_assets.stages.secrets.tokens import find_tokens
from tests.stages.secrets.drawn import Drawer, in_fours, is_covered

draw = Drawer(1)

PASSWORDS = (
    "Password: {}\nSign in",
    "Username\nanna\nPassword\n{}\n[x] Show",
    "Passwort: {}",
    "das neue Passwort lautet {} , bitte ändern",
    "Mot de passe : {}",
    "la contraseña es {} gracias",
    "Senha: {}",
    "Wachtwoord: {}",
    "Hasło: {}",
    "Пароль: {}",
    "パスワード：{}",
    "the guest wifi password is {} btw",
    "the password of the archive is\n{} btw",
    "login: anna / {} until friday",
    "DB_PASSWORD={}",
    '"password": "{}",',
    "ansible_become_pass: {}",
    "<password>{}</password>",
    "password            {}",
    "│ password │ {} │",
    "mysql -u root -p'{}' shop",
    "sshpass -p {} ssh a@b",
    "curl -u anna:{} https://api.example.org",
    "postgresql://app:{}@db.example.org:5432/shop",
    "CREATE USER app WITH PASSWORD '{}';",
    "net user bob {} /add",
    "openssl enc -aes-256-cbc -k {} -in notes.txt",
    "use {} as the password for staging",
    "From Thursday the wireless network is called north-5. The\nnew key is {} for everybody",
    "de wifi code is {}",
)
PASSPHRASES = ("mysql -h db -u app -p{} shop", "docker login -u anna -p {}", "smtp_pass: {}", "WLAN-Code: {}")
KEYS = (
    "api_key={}",
    "X-Api-Key: {}",
    "Authorization: Bearer {}",
    "Your API key\n{}\nRegenerate",
    "client_secret: {}",
    "$ echo $SERVICE_TOKEN\n{}",
    "Set-Cookie: sessionid={}; Path=/",
    "https://example.org/a?access_token={}&b=1",
    "https://example.org/reset-password/{}",
    "API-Schlüssel: {}",
    "--token {}",
)
OTHERS = (
    ("card", "Card number {}", in_fours(draw.card())),
    ("card", "{}", draw.card("37", 15)),
    ("iban", "pay to {} please", in_fours(draw.iban("DE", 22))),
    ("iban", "IBAN {}", draw.iban("NO", 15)),
    ("national_id", "SSN {}", f"{draw.characters('345', 3)}-{draw.characters('678', 2)}-{draw.characters('123', 4)}"),
    ("iban", "pay to {} please", in_fours(draw.iban("AO", 22))),
    ("iban", "Account (IBAN)\n{}", in_fours(draw.iban("DE", 22)).replace("DE", "DE1", 1)),
    ("national_id", "Tax identification / SSN\n{}", f"9{draw.characters('345', 2)}-70-{draw.characters('123', 4)}"),
    ("token", "MAP_TOKEN: {}", draw.token("sk.eyJ1Ijoi", 8) + "." + draw.token("j9", 18)),
    ("seed_phrase", "{}", draw.seed_phrase()),
    ("seed_phrase", "Frase de recuperación: {}", draw.seed_phrase("spanish")),
    (
        "backup_code",
        "Backup codes\n{}\nDownload",
        "\n".join(f"{draw.hexadecimal(5)}-{draw.hexadecimal(5)}" for _ in "1234"),
    ),
    ("backup_code", "Recovery code {}", draw.hexadecimal(5) + "-" + draw.hexadecimal(5)),
    ("backup_code", "Backup codes: {}", "dene-oomo-5pka"),
    ("backup_code", "Codes de secours\n{}\nAfficher", "injms-grw1x\nubloj-ppw37\nrjwdf-zmkqh"),
    ("one_time_code", "Use {} to sign in", draw.characters("123456789", 6)),
    ("one_time_code", "Your verification code is {}.", draw.characters("123456789", 6)),
    ("one_time_code", "{} ist dein Bestätigungscode", draw.characters("123456789", 6)),
    ("totp_seed", "Setup key: {}", draw.characters("ABCDEFGH234567", 32)),
    ("pin", "Your PIN is {}", draw.characters("1234567", 4)),
    ("card_security_code", "CVC {}", draw.characters("1234567", 3)),
    ("private_key", "{}", f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{draw.token('', 64)}\n{draw.token('', 64)}\n"),
)
FORMATS = (
    ("gh" + "p_", 36),
    ("glp" + "at-", 20),
    ("sk_" + "live_", 24),
    ("np" + "m_", 36),
    ("h" + "f_", 34),
    ("AI" + "za", 35),
    ("whs" + "ec_", 32),
    ("dckr_" + "pat_", 27),
)
HARMLESS = (
    "The password must be at least 12 characters long.",
    "Passwort vergessen? Link an anna@example.org senden",
    "Password: ••••••••••••",
    "password = os.environ['DB_PASSWORD']",
    "API_KEY=<your-api-key>  TOKEN=${TOKEN}  SECRET=********",
    "token usage: 12,480 in / 1,204 out",
    "commit 9f2c4be07d1a6c55e0b8a1734dd0f7a2c91b6e3f",
    "sha256:9f2c4be07d1a6c55e0b8a1734dd0f7a2c91b6e3f58d24a7709cc1e5ab3f8d610",
    "session id 7d3b6c1e-52f4-4a0e-9c0b-1f1f7a9e6b21",
    "Order number 4000-7781-2290-6143",
    "ISBN 978-3-18-554599-4   Ticket 000-14-4265   +49 30 901820",
    "Tracking number 1Z999AA10123456784, parcel 4119265406355505",
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaHR0\n-----END PUBLIC KEY-----",
    "apple banana orange grape lemon melon cherry peach plum pear fig date",
    "docker run -p 8080:80 postgres:16-alpine",
    "docker compose -p shop-dev-anna up",
    "token = settings.auth.tokens2024.current",
    "Public deploy key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3pQ7vRzB2mX1nTqWd8sYe0uKfJhLcVbNaMxZwE4tR anna@tower",
    "VAT ID DE859240473\nMo 19  Di 20  Mi 21  Do 22",
    "Recovery codes were made on 14 March 2026\nDownload",
    "You need no password\nv7.17.2-rc4+g5948c9f",
    "use ROUND_HALF_UP as the mode, press 4 to sign",
    "https://example.org/search?q=password+manager&page=2",
)


@pytest.mark.parametrize("template", PASSWORDS)
def test_a_password_beside_its_label_is_found(template: str) -> None:
    for _ in range(5):
        password = draw.password()
        text = f"Inbox (3)\n{template.format(password)}\nTuesday 10:42"
        assert is_covered(text, password, detect(text))


@pytest.mark.parametrize("template", PASSPHRASES)
def test_a_passphrase_of_words_is_found_where_nothing_else_can_stand(template: str) -> None:
    text = f"total 48\n{template.format('falcon-violet-zephyr-ginger')}\nREADY"
    assert is_covered(text, "falcon-violet-zephyr-ginger", detect(text))


@pytest.mark.parametrize("template", KEYS)
def test_a_random_value_beside_a_keys_label_is_found(template: str) -> None:
    value = draw.token("", 40)
    text = template.format(value)
    assert is_covered(text, value, detect(text))


@pytest.mark.parametrize(("kind", "template", "value"), OTHERS)
def test_a_value_of_its_own_shape_is_found_as_its_kind(kind: str, template: str, value: str) -> None:
    text = f"total 48\n{template.format(value)}\nREADY"
    findings = detect(text)
    assert is_covered(text, value.rstrip(), findings)
    assert kind in {finding.kind for finding in findings}


@pytest.mark.parametrize(("prefix", "length"), FORMATS)
def test_a_token_of_a_known_format_is_found_without_a_label(prefix: str, length: int) -> None:
    value = draw.token(prefix, length)
    text = f"see {value} in the chat"
    assert is_covered(text, value, detect(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert detect(text) == []


def test_words_on_the_screen_cannot_switch_the_token_engine_off() -> None:
    value = draw.token("gh" + "p_", 36)
    text = f"key = {value}  # kingfisher:ignore"
    assert is_covered(text, value, find_tokens(text))


def test_a_number_of_no_card_scheme_stays() -> None:
    assert detect(f"reading {draw.card('91')} at the meter") == []
