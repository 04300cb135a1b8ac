"""Addresses as windows show them: with users, redacted parts, halves."""

import pytest

from recall_assets.stages.addresses import split_address


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://host.test:8443/a/b?q=1", "host.test", "/a/b"),
        ("https://ada:[REDACTED:password]@host.test/a", "host.test", "/a"),
        ("http://[::1]:3787/runs", "::1", "/runs"),
        ("https://host.test/mail?to=a@b.test", "host.test", "/mail"),
        ("https://[REDACTED:api_key]/a", None, ""),
        ("http://[half", None, ""),
        ("", None, ""),
        (None, None, ""),
    ],
)
def test_a_host_is_found_behind_a_user_and_no_address_ends_a_run(url: str | None, host: str | None, path: str) -> None:
    split = split_address(url)
    assert (split.hostname, split.path) == (host, path)
