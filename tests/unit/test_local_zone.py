"""The zone is found where systems keep it, and is none where they say nonsense."""

from pathlib import Path

import pytest

from capture_agent.local_zone import local_zone


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    return tmp_path / "etc"


@pytest.mark.parametrize("said", ["Asia/Kolkata", ":Asia/Kolkata", "/usr/share/zoneinfo/Asia/Kolkata"])
def test_the_variable_wins(said: str, etc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (etc / "timezone").write_text("Europe/Berlin\n")
    monkeypatch.setenv("TZ", said)
    assert local_zone(etc.parent) == "Asia/Kolkata"


def test_a_variable_that_is_no_name_is_passed_over(etc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (etc / "timezone").write_text("Europe/Berlin\n")
    monkeypatch.setenv("TZ", "<+03>-3")
    assert local_zone(etc.parent) == "Europe/Berlin"


@pytest.mark.parametrize("folder", ["/usr/share/zoneinfo", "/var/db/timezone/zoneinfo"])
def test_a_link_names_the_zone_that_it_leads_to(folder: str, etc: Path) -> None:
    (etc / "localtime").symlink_to(f"{folder}/America/St_Johns")
    assert local_zone(etc.parent) == "America/St_Johns"


def test_where_nothing_tells_there_is_none(etc: Path) -> None:
    (etc / "timezone").write_text("Mars/Olympus\n")
    assert local_zone(etc.parent) is None
