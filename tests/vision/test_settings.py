"""How vision is turned on: an address that is private, a model, a key that nothing shows."""

import pytest

from recall_assets.engines.vision import Endpoint
from recall_assets.errors import SettingsError
from recall_assets.settings import Home, load_settings

KEY = "key-of-the-test"


def test_it_is_off_where_nothing_is_set(home: Home) -> None:
    assert Endpoint.of(load_settings()) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:11434/v1", "http://localhost:8080/v1/", "http://[::1]:1/v1", "https://models.example/v1"]
)
def test_an_address_of_this_machine_or_with_tls_is_taken(home: Home, url: str) -> None:
    endpoint = Endpoint.of(load_settings(vision_url=url, vision_model="m", vision_key=KEY))
    assert endpoint is not None
    assert endpoint.url == url.rstrip("/")
    assert endpoint.key == KEY


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://models.example/v1", "must start with https"),
        ("http://192.168.1.5:8080/v1", "must start with https"),
        ("http://localhost.example/v1", "must start with https"),
        ("http://127.0.0.1@models.example/v1", "vision_key"),
        ("https://ada:pass@models.example/v1", "vision_key"),
        ("https://models.example/v1?key=1", "vision_key"),
        ("file:///etc/hosts", "must be an address"),
        ("models.internal", "must be an address"),
    ],
)
def test_any_other_address_is_refused_and_not_repeated(home: Home, url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        load_settings(vision_url=url, vision_model="m")
    assert url not in str(refused.value)


def test_an_address_without_a_model_is_refused(home: Home) -> None:
    with pytest.raises(SettingsError, match="vision_model must say"):
        load_settings(vision_url="https://models.example/v1")


def test_a_key_is_never_shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_VISION_KEY", KEY)
    settings = load_settings(vision_url="https://models.example/v1", vision_model="m")
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"

    monkeypatch.setenv("RECALL_VISION_KEY", f"{KEY}\nX-Other: 1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert KEY not in str(refused.value)
