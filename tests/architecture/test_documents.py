"""Documents say what is so: links lead somewhere, commands exist and take the options that are shown."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from capture_agent.__main__ import build as build_agent
from recall_assets.cli import build
from tests.architecture.tree import ROOT, documents, modules, shown

DOCUMENTS = documents()
_FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# An index would be asked for a package of that name, which is not this project.
_FROM_AN_INDEX = re.compile(r"install\W+recall\b")
_INLINE_COMMAND = re.compile(r"`((?:recall|recall-agent|make) [^`]+)`")


def _shown_commands(path: Path, program: str) -> Iterator[list[str]]:
    """The words of each command of `program` that a document shows, in fences and inline, without comments."""
    text = path.read_text("utf-8")
    lines = [line.removeprefix("$ ") for fence in _FENCE.findall(text) for line in fence.splitlines()]
    for line in lines + _INLINE_COMMAND.findall(text):
        if line.startswith(f"{program} "):
            yield shlex.split(line, comments=True)[1:]


def _check(words: list[str]) -> None:
    command: Any = typer.main.get_command(build())
    # Alternatives are written with a bar, "deployments enrol|list".
    while words and hasattr(command, "commands") and not words[0].lstrip("[").startswith("-"):
        names, *words = words
        missing = [name for name in names.split("|") if name not in command.commands]
        assert not missing, f"no command {missing[0]!r}; there are {', '.join(command.commands)}"
        command = command.commands[names.split("|")[0]]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    options = [word.strip("[]").split("=")[0] for word in words if word.strip("[").startswith("-")]
    assert set(options) <= known, f"{command.name} takes {sorted(known)}, not {options}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_relative_links_lead_to_files(path: Path) -> None:
    targets = [link.partition("#")[0] for link in _LINK.findall(path.read_text("utf-8")) if "://" not in link]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_shown_recall_commands_exist_with_their_options(path: Path) -> None:
    for words in _shown_commands(path, "recall"):
        _check(words)


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_shown_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for words in _shown_commands(path, "make"):
        assert {word for word in words if "=" not in word} <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_shown_agent_commands_can_be_parsed(path: Path) -> None:
    for words in _shown_commands(path, "recall-agent"):
        build_agent().parse_args(words)


def test_nothing_says_to_install_recall_by_its_name() -> None:
    assert [shown(path) for path in (*documents(), *modules()) if _FROM_AN_INDEX.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("words", [["no-such"], ["export", "--no-such"], ["deployments", "list|no-such"]])
def test_the_check_of_commands_notices(words: list[str]) -> None:
    with pytest.raises(AssertionError):
        _check(words)
