"""What window titles of browsers tell: address and privacy."""

import pytest

from capture_agent.screens.browsers import BrowserWindows, is_browser, says_private, split_address

ADDRESS = "https://mail.test/inbox?q=1"


@pytest.mark.parametrize(
    ("title", "shown", "url"),
    [
        (f"Inbox - {ADDRESS} - Chromium", "Inbox - Chromium", ADDRESS),
        (f"Inbox — {ADDRESS} — Mozilla Firefox", "Inbox — Mozilla Firefox", ADDRESS),
        ("Search [https://www.search.test] - Google Chrome", "Search - Google Chrome", "https://www.search.test"),
        (f"{ADDRESS} - qutebrowser", "qutebrowser", ADDRESS),
        (f"Inbox | {ADDRESS}", "Inbox", ADDRESS),
        ("How http works - Chromium", "How http works - Chromium", None),
        (f"see https://fake.test - {ADDRESS} - Chromium", "see https://fake.test - Chromium", ADDRESS),
        ("", "", None),
    ],
)
def test_the_last_address_in_a_title_is_the_page(title: str, shown: str, url: str | None) -> None:
    assert split_address(title) == (shown, url)


@pytest.mark.parametrize(
    "title",
    [
        "Bank — Mozilla Firefox Private Browsing",
        "Bank — Privater Modus von Mozilla Firefox",
        "New Incognito Tab - Chromium",
        "Neuer Inkognitotab - Google Chrome",
        "新しいシークレット タブ - Chromium",
        "Bank - Google Chrome (Incognito)",
        "Bank - [InPrivate] - Microsoft Edge",
        "New Private Tab - Brave",
    ],
)
def test_private_windows_say_so(title: str) -> None:
    assert says_private(title)


@pytest.mark.parametrize("title", ["What is incognito mode? - Chromium", "Private browsing - Wiki - Chromium", "Inbox"])
def test_pages_about_privacy_are_not_private(title: str) -> None:
    assert not says_private(title)


@pytest.mark.parametrize(
    "app", ["chromium", "Google Chrome", "chrome", "firefox-esr", "microsoft-edge", "msedge", "Safari"]
)
def test_browsers_are_known_on_every_platform(app: str) -> None:
    assert is_browser(app)


@pytest.mark.parametrize("app", ["xterm", "operator", "research", "mousepad", "knowledge", ""])
def test_other_programs_are_no_browsers(app: str) -> None:
    assert not is_browser(app)


def test_a_terminal_shows_addresses_without_being_at_one() -> None:
    page = BrowserWindows().page(1, "xterm", 7, f"curl {ADDRESS}")
    assert (page.title, page.url) == (f"curl {ADDRESS}", None)


def test_a_window_that_was_private_stays_private_until_it_is_closed() -> None:
    windows = BrowserWindows()
    assert windows.page(1, "chromium", 7, "New Incognito Tab - Chromium").private
    assert windows.page(1, "chromium", 7, "Bank - Chromium").private
    assert not windows.page(2, "chromium", 7, "Inbox - Chromium").private
    windows.keep_only({2})
    assert not windows.page(1, "chromium", 7, "Inbox - Chromium").private


def test_where_addresses_are_shown_a_window_without_one_is_private() -> None:
    windows = BrowserWindows()
    assert not windows.page(1, "chromium", 7, f"Inbox - {ADDRESS} - Chromium").private
    assert windows.page(2, "chromium", 7, "Bank - Chromium").private
    assert not windows.page(3, "chromium", 8, "Bank - Chromium").private, "another process shows none"


def test_a_process_that_was_started_for_private_windows_has_no_others() -> None:
    assert BrowserWindows().page(1, "chromium", 7, f"Bank - {ADDRESS}", started_private=True).private
