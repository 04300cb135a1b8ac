"""What `recall-agent install` writes and runs, per platform; the services themselves are the systems' own."""

import plistlib
import xml.etree.ElementTree as ElementTree
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path

import pytest

from capture_agent.install import Command, InstallError, install, plan, uninstall

PYTHON = Path("/opt/a b/bin/python")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("RECALL_AGENT_HOME", "/home/a & b")


def test_the_systemd_unit_runs_this_python_and_is_restarted(tmp_path: Path) -> None:
    service = plan(PYTHON, platform="linux", home=tmp_path)
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(service.text)
    assert unit["Service"]["ExecStart"] == '"/opt/a b/bin/python" -m capture_agent run'
    assert (unit["Service"]["Restart"], unit["Service"]["UMask"]) == ("always", "0077")
    assert service.begin[-1][-3:] == ("enable", "--now", "recall-agent.service")


def test_the_launchd_agent_is_a_property_list(tmp_path: Path) -> None:
    service = plan(PYTHON, platform="darwin", home=tmp_path)
    told = plistlib.loads(service.text.encode())
    assert told["ProgramArguments"] == [str(PYTHON), "-m", "capture_agent", "run"]
    assert told["EnvironmentVariables"] == {"RECALL_AGENT_HOME": "/home/a & b"}
    assert (told["KeepAlive"], told["Umask"]) == (True, 0o77)


def test_the_windows_task_is_xml_that_starts_at_logon(tmp_path: Path) -> None:
    service = plan(PYTHON, platform="win32", home=tmp_path)
    root = ElementTree.fromstring(service.text.replace("UTF-16", "UTF-8"))
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert {"LogonTrigger", "RestartOnFailure", "Command"} <= set(names)


def test_install_writes_and_begins_and_uninstall_ends_and_removes(tmp_path: Path) -> None:
    ran: list[Command] = []
    service = plan(PYTHON, platform="linux", home=tmp_path)
    assert "status" in install(service, ran.append)
    assert service.path.read_text() == service.text
    uninstall(service, ran.append)
    assert not service.path.exists()
    assert ran == [*service.begin, *service.end]
    assert uninstall(service, ran.append) == "It is not installed."


def test_a_system_that_refuses_is_an_error_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="no-such-program"):
        install(replace(plan(PYTHON, platform="linux", home=tmp_path), begin=(("no-such-program", "x"),)))
    with pytest.raises(InstallError, match="run"):
        plan(PYTHON, platform="plan9", home=tmp_path)
