"""The systemd units and the nginx configuration of deploy/, judged by the programs that read them."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recall_assets.home import Home
from recall_assets.server.certificates import server_certificate
from tests.architecture.tree import ROOT

pytestmark = pytest.mark.system

DEPLOY = ROOT / "deploy"


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    recall = str(Path(sys.executable).with_name("recall"))
    units = []
    for unit in (DEPLOY / "systemd").iterdir():
        copy = tmp_path / unit.name.replace("@", "@ocr")
        copy.write_text(unit.read_text().replace("/opt/recall/.venv/bin/recall", recall))
        units.append(str(copy))
    told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_nginx_takes_the_configuration(home: Home, tmp_path: Path) -> None:
    server_certificate(home, ["recall.home.arpa"], datetime.now(UTC))
    site = (DEPLOY / "nginx/recall.conf").read_text()
    for name in ("fullchain", "privkey"):
        site = site.replace(f"/etc/letsencrypt/live/recall.example.org/{name}.pem", str(home.keys / "tls/server.pem"))
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {site} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = ["nginx", "-t", "-q", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
