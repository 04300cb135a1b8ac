"""What `recall mcp --config` prints can be pasted: JSON, and a command line whose words hold together."""

import json
import re
import shlex
from pathlib import Path

import pytest

from recall_assets.cli import main
from recall_assets.settings import Home


def test_what_clients_must_be_told_can_be_pasted(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = tmp_path / "Application Support" / "recall"  # as macOS has it
    monkeypatch.setenv("RECALL_HOME", str(spaced))
    with pytest.raises(SystemExit, match="0"):
        main(["mcp", "--config"])
    told = capsys.readouterr().out
    files = [json.loads(part) for part in re.findall(r"^\{.*?^\}", told, re.DOTALL | re.MULTILINE)]
    desktop, code, http = (next(iter(file.values()))["recall"] for file in files)
    assert desktop["env"] == code["env"] == {"RECALL_HOME": str(spaced)}
    assert desktop["args"] == ["mcp"]
    assert http["url"] == "http://localhost:8787/mcp"
    (typed,) = (shlex.split(line) for line in told.splitlines() if line.startswith("claude "))
    assert typed[:6] == ["claude", "mcp", "add", "recall", "--env", f"RECALL_HOME={spaced}"]
    assert typed[-2:] == [desktop["command"], "mcp"]
