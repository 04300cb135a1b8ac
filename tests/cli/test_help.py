"""`recall --help` teaches, quickly, and without loading what was not asked for."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from recall_assets.cli import COMMANDS
from tests.cli.conftest import Recall


def test_help_lists_every_first_word_and_examples(recall: Recall) -> None:
    ran = recall("--help")
    assert ran.code == 0
    assert all(f" {command.words.split()[0]} " in ran.out for command in COMMANDS)
    assert "recall demo --once" in ran.out


def test_help_loads_neither_dagster_nor_sqlalchemy() -> None:
    program = """
import sys
from pathlib import Path

import pytest
from recall_assets.cli import main
try:
    main(["--help"])
finally:
    print(sorted({"dagster", "sqlalchemy", "numpy", "fastapi"} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_mistyped_command_gets_a_suggestion(recall: Recall) -> None:
    ran = recall("lineag")
    assert ran.code == 2
    assert "lineage" in ran.err


def test_the_version_is_printed(recall: Recall) -> None:
    assert recall("--version").out.startswith("recall ")


def test_a_home_that_cannot_be_made_is_a_message(
    recall: Recall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("RECALL_HOME", str(tmp_path / "file"))
    ran = recall("status")
    assert ran.code == 1
    assert "RECALL_HOME" in ran.err


def test_a_folder_that_may_not_be_written_is_a_message_not_a_traceback(
    recall: Recall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, *_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "up.lock")

    monkeypatch.setattr(Path, "open", refuse)
    ran = recall("status")
    assert (ran.code, ran.err) == (1, "recall: Permission denied: up.lock\nSee `recall doctor`.\n")
