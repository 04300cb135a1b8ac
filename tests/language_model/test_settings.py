"""How a language model is set up: a key in a file that is the owner's alone, and what is another for one purpose."""

from pathlib import Path

import pytest

from recall_assets.errors import SettingsError
from recall_assets.model_settings import PURPOSES
from recall_assets.settings import Home, load_settings

EVERY = {"llm_url": "http://127.0.0.1:9/v1", "llm_model": "small"}
KEY = "key-of-the-test"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "models.key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o600)
    return file


def test_a_key_is_read_from_its_file_when_it_is_needed(home: Home, key_file: Path) -> None:
    choice = load_settings(**EVERY, llm_key_file=key_file).llm("day_summaries")

    assert choice is not None
    assert choice.read_key() == KEY


def test_a_key_that_others_can_read_that_is_none_or_is_gone_is_refused_and_not_repeated(
    home: Home, key_file: Path
) -> None:
    choice = load_settings(**EVERY, llm_key_file=key_file).llm("day_summaries")
    assert choice is not None
    key_file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        choice.read_key()
    key_file.chmod(0o600)
    key_file.write_text(f"{KEY}\nX-Other: 1")
    with pytest.raises(SettingsError, match="holds no key") as refused:
        choice.read_key()
    assert KEY not in str(refused.value)
    key_file.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        choice.read_key()


def test_a_purpose_of_another_address_is_not_sent_the_key_of_this_one(home: Home) -> None:
    own = {"activity_titles": {"url": "https://models.example/v1"}, "day_summaries": {"model": "large"}}
    settings = load_settings(**EVERY, llm_key=KEY, llm_for=own)

    titles, summaries = settings.llm("activity_titles"), settings.llm("day_summaries")
    assert titles is not None
    assert summaries is not None
    assert (titles.model, titles.read_key()) == ("small", None)
    assert (summaries.model, summaries.read_key()) == ("large", KEY)


def test_all_but_the_review_of_secrets_is_on_where_an_endpoint_is_named(home: Home) -> None:
    assert {one for one in PURPOSES if load_settings(**EVERY).llm(one)} == {*PURPOSES} - {"secret_reviews"}
    assert not any(load_settings().llm(one) for one in PURPOSES)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"llm_key": KEY, "llm_key_file": "k"}, "keep one"),
        ({"llm_for": {"activity_titles": {"url": "http://models.example/v1"}}}, "https"),
        ({"llm_for": {"activity_titles": {"key": KEY, "key_file": "k"}}}, "keep one"),
        ({"llm_for": {"poems": {}}}, "activity_titles"),
    ],
)
def test_what_cannot_hold_is_refused(home: Home, settings: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        load_settings(**EVERY | settings)
    assert KEY not in str(refused.value)
