"""Which windows are never kept, in the words that browsers and password managers use of themselves."""

import pytest

from capture_agent.config import Exclude
from capture_agent.desktop import Window
from capture_agent.exclusions import exclusions

DEFAULT = exclusions(Exclude(), "https://recall.home.test:8787")


def window(app: str = "firefox", title: str = "Inbox — Mozilla Firefox", url: str | None = None) -> Window:
    return Window(app, title, (0, 0, 1, 1), url=url)


@pytest.mark.parametrize(
    ("app", "title"),
    [
        ("firefox", "Inbox — Mozilla Firefox Private Browsing"),
        ("Navigator", "Mozilla Firefox (Privater Modus)"),
        ("firefox", "Inbox — Mozilla Firefox Privater Modus"),
        ("firefox", "Inbox — Navigation privée de Mozilla Firefox"),
        ("firefox", "Inbox — Navegación privada de Mozilla Firefox"),
        ("firefox", "Inbox — Navigazione anonima di Mozilla Firefox"),
        ("firefox", "受信箱 — Mozilla Firefox プライベートブラウジング"),
        ("firefox", "Входящие — Mozilla Firefox Приватный просмотр"),
        ("firefox", "收件箱 — Mozilla Firefox 隐私浏览"),
        ("librewolf", "Inbox — LibreWolf Private Browsing"),
        ("msedge", "Inbox - [InPrivate] - Microsoft\u200b Edge"),
        ("microsoft-edge", "Inbox and 2 more pages - [InPrivate] - Microsoft Edge"),
        ("google-chrome", "Inbox - Google Chrome (Incognito)"),
        ("chromium", "Posteingang - Chromium (Inkognito)"),
        ("Google Chrome", "Inbox - Google Chrome (Navigation privée)"),
        ("chrome.exe", "受信トレイ - Google Chrome (シークレット)"),
        ("Safari", "Inbox — Private Browsing"),
        ("Safari", "Posteingang — Privates Surfen"),
        ("Tor Browser", "About Tor"),
    ],
)
def test_private_windows_are_told_by_their_titles(app: str, title: str) -> None:
    assert DEFAULT.why(window(app, title)) == "a private window"
    assert exclusions(Exclude(private_windows=False)).why(window(app, title)) is None


@pytest.mark.parametrize(
    ("app", "title"),
    [
        ("firefox", "Private Browsing - Wikipedia — Mozilla Firefox"),
        ("chromium", "How to open an incognito window - Help - Chromium"),
        ("geany", "notes on private browsing"),
        ("firefox", "Inbox — Mozilla Firefox"),
        ("xterm", "bash"),
        ("", ""),
    ],
)
def test_pages_about_private_windows_are_none(app: str, title: str) -> None:
    assert DEFAULT.why(window(app, title)) is None


def test_what_an_application_says_of_itself_counts() -> None:
    said = Window("chromium", "Inbox - Chromium", (0, 0, 1, 1), private=True)
    assert DEFAULT.why(said) == "a private window"


@pytest.mark.parametrize(
    "app", ["KeePassXC", "keepass", "1Password", "Bitwarden", "pinentry-gtk-2", "i3lock", "seahorse"]
)
def test_password_managers_and_lock_screens_are_excluded_by_default(app: str) -> None:
    assert DEFAULT.why(window(app, "anything"))
    assert exclusions(Exclude(defaults=False)).why(window(app, "anything")) is None


@pytest.mark.parametrize(
    ("url", "excluded"),
    [
        ("https://recall.home.test:8787/vault", True),
        ("https://recall.home.test:9999/", False),
        ("https://vault.bitwarden.com/#/login", True),
        ("chrome://password-manager/passwords", True),
        ("about:logins", True),
        ("https://example.test/inbox", False),
        (None, False),
    ],
)
def test_our_own_pages_and_pages_of_passwords_are_excluded_by_default(url: str | None, excluded: bool) -> None:
    assert (DEFAULT.why(window(url=url)) is not None) is excluded


def test_a_server_on_this_machine_has_two_names() -> None:
    rules = exclusions(Exclude(), "http://127.0.0.1:8787")
    assert rules.why(window(url="http://localhost:8787/vault"))
    assert rules.why(window(url="http://localhost:5173/")) is None


@pytest.mark.parametrize(
    ("exclude", "seen", "why"),
    [
        (Exclude(apps=("signal",)), window("Signal", "Anna"), "an excluded application"),
        (Exclude(apps=("signal",)), window("signalk", "boat"), None),
        (Exclude(apps=("steam*",)), window("steamwebhelper", ""), "an excluded application"),
        (Exclude(titles=("salary",)), window(title="Salary 2026.ods"), "an excluded title"),
        (Exclude(titles=("therapy*notes",)), window(title="Therapy: my notes.odt"), "an excluded title"),
        (Exclude(urls=("bank.example",)), window(url="https://my.BANK.example/a"), "an excluded address"),
        (Exclude(urls=("a.test/*/b",)), window(url="https://a.test/x/y/b"), "an excluded address"),
        (Exclude(titles=("a.c",)), window(title="abc"), None),
        (Exclude(titles=("", "*")), window(title="abc"), None),
    ],
)
def test_the_owners_patterns_ignore_case_and_know_the_star(exclude: Exclude, seen: Window, why: str | None) -> None:
    assert exclusions(exclude).why(seen) == why
