"""The settings file: its template is the defaults, and what is wrong is named with its line."""

import tomllib
from datetime import time
from pathlib import Path

import pytest

from capture_agent.config import TEMPLATE, Config, ConfigError, read_config


def written(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text, "utf-8")
    return path


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path / "agent.toml") == Config()


def test_the_template_names_every_key_and_is_the_defaults(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, TEMPLATE)) == Config()
    named = {(section, key) for section, keys in tomllib.loads(TEMPLATE).items() for key in keys}
    assert named == {(section, key) for section, keys in Config().model_dump().items() for key in keys}


def test_what_is_set_is_taken_and_the_rest_stays(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, "[hours]\nstart = 08:30:00\nend = 18:00:00\ndays = ['mon']\n"))
    assert (config.hours.start, config.hours.end, config.hours.days) == (time(8, 30), time(18), ("mon",))
    assert config.capture == Config().capture


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[capture]\nevery_secs = 1\n", 2, "every_seconds"),
        ("\n[captur]\nevery_seconds = 1\n", 2, "capture, exclude"),
        ("[capture]\nevery_seconds = 0\n", 2, "greater than or equal to 0.2, not 0"),
        ("[power]\n\non_battery = 'faster'\n", 3, "'as usual', 'slower' or 'pause'"),
        ("[hours]\ndays = ['mon', 'someday']\n", 2, "someday"),
        ("[exclude]\napps = 'steam'\n", 2, "tuple"),
        ("exclude.urls = 3\n", 1, "exclude.urls"),
        ("[capture\n", 1, "Expected"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(written(tmp_path, text))
    assert f"line {line}" in str(caught.value)
    assert said in str(caught.value)


def test_every_wrong_line_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(written(tmp_path, "[capture]\nfoo = 1\nevery_seconds = 'x'\n"))
    assert [line.split(":")[0].rpartition(" ")[2] for line in str(caught.value).splitlines()] == ["3", "2"]
